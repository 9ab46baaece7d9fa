"""What test and training parts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.audit import near_values
from imbtool.evaluation.proof.result import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.types import BoolArray, IntArray
    from imbtool.data.audit import Copies
    from imbtool.data.dataset import Dataset
    from imbtool.data.splits import Split


def overlaps(dataset: Dataset, splits: Iterable[Split], copies: Copies) -> tuple[Overlap, ...]:
    """Count for every split the test rows that equal a training row, or nearly, and groups on both sides."""
    rare = dataset.y == dataset.rare
    near = near_values(dataset.X, dataset.layout)
    return tuple(_overlap(dataset, split, copies, near, rare) for split in splits)


def _overlap(
    dataset: Dataset, split: Split, copies: Copies, near: tuple[IntArray, ...], rare: BoolArray
) -> Overlap:
    twin = _met(copies.value, split)
    close = np.zeros(len(split.test), dtype=bool)
    for value in near:
        close |= _met(value, split)
    close &= ~twin
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
        near=int(close.sum()),
        near_rare=int((close & wanted).sum()),
        unexplained=int(lonely.sum()),
        unexplained_rare=int((lonely & wanted).sum()),
        groups=groups,
    )


def _met(value: IntArray, split: Split) -> BoolArray:
    """Return for each test row whether a training row has its value."""
    seen = np.zeros(int(value.max()) + 1, dtype=bool)
    seen[value[split.train]] = True
    met: BoolArray = seen[value[split.test]]
    return met
