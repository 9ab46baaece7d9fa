"""What test and training parts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.evaluation.proof.result import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.types import BoolArray
    from imbtool.data.audit import Copies
    from imbtool.data.dataset import Dataset
    from imbtool.data.splits import Split


def overlaps(dataset: Dataset, splits: Iterable[Split], copies: Copies) -> tuple[Overlap, ...]:
    """Count for every split the test rows that equal a training row, and the groups on both sides."""
    rare = dataset.y == dataset.rare
    return tuple(_overlap(dataset, split, copies, rare) for split in splits)


def _overlap(dataset: Dataset, split: Split, copies: Copies, rare: BoolArray) -> Overlap:
    seen = np.zeros(int(copies.value.max()) + 1, dtype=bool)
    seen[copies.value[split.train]] = True
    twin = seen[copies.value[split.test]]
    lonely = twin & copies.isolated[split.test]
    wanted = rare[split.test]
    groups = None
    if dataset.group is not None:
        groups = len(np.intersect1d(dataset.group[split.train], dataset.group[split.test]))
    return Overlap(
        repeat=split.repeat,
        fold=split.fold,
        test_rows=len(split.test),
        rare_rows=int(wanted.sum()),
        exact=int(twin.sum()),
        exact_rare=int((twin & wanted).sum()),
        unexplained=int(lonely.sum()),
        unexplained_rare=int((lonely & wanted).sum()),
        groups=groups,
    )
