"""Tomek links, found without looking at most rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.agreement import neighbors_for_votes
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from imbtool.core.types import IntArray
    from imbtool.methods.resample.graph import NeighborGraph

# Shares of rows outside the largest class from which it pays to settle most of them by bounds.
_MANY = 0.1


def tomek_links(graph: NeighborGraph, y: IntArray) -> tuple[IntArray, IntArray]:
    """Return the two ends of every pair of different classes that are each other's nearest neighbour.

    At least one end lies outside the largest class, so only those rows are looked up, and then their
    partners.

    Parameters
    ----------
    graph : NeighborGraph
    y : ndarray of int64, shape (n,)

    Returns
    -------
    rows, partners : ndarray of int64
        A link may be listed from both ends.
    """
    rows = _near_the_border(graph, y)
    partners = _nearest_foreigner(graph, y, rows)
    rows, partners = rows[partners >= 0], partners[partners >= 0]
    asked, place = np.unique(partners, return_inverse=True)
    mutual = _nearest_foreigner(graph, y, asked)[place] == rows
    return rows[mutual], partners[mutual]


def _near_the_border(graph: NeighborGraph, y: IntArray) -> IntArray:
    """Return rows outside the largest class, all whose nearest neighbour is a foreigner among them."""
    counts = class_counts(y)
    largest = max(counts, key=lambda k: counts[k])
    if len(y) - counts[largest] < _MANY * len(y):
        return np.flatnonzero(y != largest)
    return np.sort(np.concatenate([graph.contested(y, k, 1) for k in counts if k != largest]))


def _nearest_foreigner(graph: NeighborGraph, y: IntArray, rows: IntArray) -> IntArray:
    """Return each row's nearest other row if that is of another class, else -1."""
    everything = np.arange(len(y))
    partner = neighbors_for_votes(graph, y, rows, 1, everything)[:, 1]
    crosses = y[partner] != y[rows]
    # Of a foreigner it has to be certain which one it is.
    partner[crosses] = graph.nearest(rows[crosses], min(2, len(y)), everything)[:, 1]
    return np.where(crosses, partner, -1)
