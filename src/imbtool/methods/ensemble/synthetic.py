"""Synthetic rows for one member of an ensemble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.base import TrainingPart
from imbtool.methods.resample.smote import Smote

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import FloatArray, IntArray


def smote_rows(
    part: MemberTrainer, wanted: dict[int, int], k_neighbors: int, *, seed: int
) -> tuple[FloatArray, IntArray] | None:
    """Return rows that SMOTE makes of a training part and their classes, or None where none are wanted.

    Raises
    ------
    NotApplicableError
        Code ``too-few-rows``: no class that must grow has two rows.
    """
    wanted = {k: n for k, n in wanted.items() if n}
    if not wanted:
        return None
    rows = TrainingPart(part.X, part.y, layout=part.layout, seed=seed, space=part.space)
    made = Smote(k_neighbors).rows_for(rows, wanted)
    labels = np.repeat(np.array(list(made), dtype=np.int64), [len(new) for new in made.values()])
    return np.vstack(list(made.values())), labels
