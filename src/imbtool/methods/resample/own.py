"""Neighbours inside one class, by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.methods.resample.blocks import nearest_in_blocks

if TYPE_CHECKING:
    from imbtool.core.types import IntArray
    from imbtool.methods.resample.base import TrainingPart


def nearest_in_class(part: TrainingPart, rows: IntArray, k: int) -> IntArray:
    """Return the k nearest of some rows among themselves, by numbers; searched for once a space.

    Parameters
    ----------
    part : TrainingPart
    rows : ndarray of int64, shape (n,)
        Those of a class, ascending.
    k : int
        At most n - 1.

    Returns
    -------
    ndarray of int64, shape (n, k)
        Positions in `rows`, nearest first, as imbalanced-learn has them: the first of k + 1 that a
        search finds is left out as the row itself.
    """

    def search() -> IntArray:
        standard = part.space.standard(part.space.numbers(part.X[rows]))
        near: IntArray = nearest_in_blocks(standard, standard, k + 1)[:, 1:]
        return near

    return part.space.shared(("neighbours in a class", k, rows.tobytes()), part.X, search)
