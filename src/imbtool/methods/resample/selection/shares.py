"""How many rows a choice keeps of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.targets import class_counts, cleaned_classes

if TYPE_CHECKING:
    from imbtool.core.types import IntArray

Policy = Literal["frequent", "each", "together"]
"""Which rows compete: those of each frequent class, of every class, or all rows at once."""


def pools(y: IntArray, keep: float, policy: Policy) -> list[tuple[IntArray, int]]:
    """Return groups of rows that compete with each other, and how many of each are kept.

    Parameters
    ----------
    y : ndarray of int64, shape (n,)
    keep : float
        Share of a group that is kept, in (0, 1]; at least one row.
    policy : {"frequent", "each", "together"}
        ``frequent``: every class but the smallest gives up rows, each by the same share; the smallest keeps
        all. ``each``: all classes do, so that the class shares stay. ``together``: all rows compete, which
        changes the class shares as it falls.
    """
    if policy == "together":
        groups = [np.arange(len(y))]
        sizes = [keep]
    else:
        cut = set(cleaned_classes(y)) if policy == "frequent" else set(class_counts(y))
        groups = [np.flatnonzero(y == k) for k in class_counts(y)]
        sizes = [keep if k in cut else 1.0 for k in class_counts(y)]
    return [(rows, max(1, round(share * len(rows)))) for rows, share in zip(groups, sizes, strict=True)]
