"""Which rows cleaning keeps: Tomek links and edited nearest neighbours on a distance matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.links import tomek_links
from imbtool.methods.resample.neighbors import nearest
from imbtool.methods.resample.targets import class_counts
from imbtool.methods.resample.unanimous import unanimous
from imbtool.methods.resample.votes import smallest_winner

if TYPE_CHECKING:
    from collections.abc import Collection

    from imbtool.core.types import BoolArray, FloatArray, IntArray


def without_tomek_links(matrix: FloatArray, y: IntArray, cleaned: Collection[int]) -> IntArray:
    """Return the rows left when each cleaned class gives up its rows in Tomek links.

    A Tomek link is a pair of rows of different classes that are each other's nearest neighbour.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
        Rows in the space of distances.
    y : ndarray of int64, shape (n,)
    cleaned : collection of int
        Classes that may lose rows.

    Returns
    -------
    ndarray of int64
        Indices of the rows kept, ascending.
    """
    rows, partners = tomek_links(matrix, y)
    ends = np.union1d(rows, partners)
    kept = np.ones(len(y), dtype=bool)
    kept[ends[np.isin(y[ends], list(cleaned))]] = False
    return np.flatnonzero(kept)


def edited(
    matrix: FloatArray, y: IntArray, cleaned: Collection[int], *, k: int, kind: Literal["all", "mode"]
) -> IntArray:
    """Return the rows left when each cleaned class gives up rows that their neighbours contradict.

    Parameters
    ----------
    matrix, y, cleaned
        As for `without_tomek_links`.
    k : int
        Neighbours that vote; clipped to the number of other rows.
    kind : {"all", "mode"}
        Keep a row when all its neighbours share its class, or when the most frequent class among
        them does (the smallest code of tied ones).

    Returns
    -------
    ndarray of int64
        Indices of the rows kept, class by class, ascending within a class.
    """
    k = min(k, len(y) - 1)
    kept = []
    for label in class_counts(y):
        own = np.flatnonzero(y == label)
        if label in cleaned:
            agree = unanimous(matrix, y, label, k) if kind == "all" else _most_agree(matrix, y, label, k)
            own = own[agree]
        kept.append(own)
    return np.concatenate(kept)


def _most_agree(matrix: FloatArray, y: IntArray, label: int, k: int) -> BoolArray:
    around = y[nearest(matrix, k + 1, np.flatnonzero(y == label))[:, 1:]]
    agree: BoolArray = smallest_winner(around) == label
    return agree
