"""Which rows cleaning keeps: Tomek links and edited nearest neighbours in a neighbour graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.agreement import agreeing
from imbtool.methods.resample.links import tomek_links
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from collections.abc import Collection

    from imbtool.core.types import IntArray
    from imbtool.methods.resample.graph import NeighborGraph


def without_tomek_links(graph: NeighborGraph, y: IntArray, cleaned: Collection[int]) -> IntArray:
    """Return the rows left when each cleaned class gives up its rows in Tomek links.

    A Tomek link is a pair of rows of different classes that are each other's nearest neighbour.

    Parameters
    ----------
    graph : NeighborGraph
    y : ndarray of int64, shape (n,)
    cleaned : collection of int
        Classes that may lose rows.

    Returns
    -------
    ndarray of int64
        Indices of the rows kept, ascending.
    """
    rows, partners = tomek_links(graph, y)
    ends = np.union1d(rows, partners)
    kept = np.ones(len(y), dtype=bool)
    kept[ends[np.isin(y[ends], list(cleaned))]] = False
    return np.flatnonzero(kept)


def edited(
    graph: NeighborGraph, y: IntArray, cleaned: Collection[int], *, k: int, kind: Literal["all", "mode"]
) -> IntArray:
    """Return the rows left when each cleaned class gives up rows that their neighbours contradict.

    Parameters
    ----------
    graph, y, cleaned
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
            own = own[agreeing(graph, y, label, k=k, kind=kind)]
        kept.append(own)
    return np.concatenate(kept)
