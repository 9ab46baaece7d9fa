"""Whether the neighbours of rows share their class, asked only where it is not plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.votes import smallest_winner

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, IntArray
    from imbtool.methods.resample.graph import NeighborGraph


def agreeing(
    graph: NeighborGraph, y: IntArray, label: int, *, k: int, kind: Literal["all", "mode"]
) -> BoolArray:
    """Return for each row of a class whether its k nearest others vote for the class.

    Parameters
    ----------
    graph : NeighborGraph
    y : ndarray of int64, shape (n,)
    label : int
    k : int
        At most n - 1.
    kind : {"all", "mode"}
        All of them belong to the class, or the most frequent class is it (the smallest code of tied
        ones).

    Returns
    -------
    ndarray of bool, shape (n_label,)

    Notes
    -----
    A row with enough rows of its class nearer than the nearest row of another class is settled
    without looking at its neighbours. The others are looked up as imbalanced-learn looks them up, all
    rows of the class together.
    """
    own = np.flatnonzero(y == label)
    open_rows = graph.contested(y, label, k if kind == "all" else k // 2 + 1)
    votes = y[neighbors_for_votes(graph, y, open_rows, k, own)[:, 1:]]
    keep = np.ones(len(own), dtype=bool)
    agree = (votes == label).all(axis=1) if kind == "all" else smallest_winner(votes) == label
    keep[np.searchsorted(own, open_rows)] = agree
    return keep


def neighbors_for_votes(
    graph: NeighborGraph, y: IntArray, rows: IntArray, k: int, batch: IntArray
) -> IntArray:
    """Return each row and k others, nearest first, such that the classes of the others are certain.

    Which of several tied rows of one class is among them is not.

    Parameters
    ----------
    graph : NeighborGraph
    y : ndarray of int64, shape (n,)
    rows : ndarray of int64, shape (m,)
    k : int
    batch : ndarray of int64
        Rows, ascending, that imbalanced-learn looks up together.

    Returns
    -------
    ndarray of int64, shape (m, k + 1)
    """
    places, apart = graph.told_apart(rows, min(k + 2, len(y)))
    hazy = ~_votes_are_certain(y[places], apart, k)
    places = places[:, : k + 1].copy()
    if hazy.any():
        places[hazy] = graph.look_up(rows[hazy], k + 1, batch)
    return places


def _votes_are_certain(labels: IntArray, apart: BoolArray, last: int) -> BoolArray:
    """Return whether the classes of neighbours 1 to `last` do not hang on how ties fall.

    Ties with the row itself, and ties that reach beyond `last`, matter when they are of different
    classes. Ties in between change nothing but the order.
    """
    run = np.zeros(apart.shape, dtype=np.int64)
    np.cumsum(apart[:, :-1], axis=1, out=run[:, 1:])
    switch = ~apart[:, :-1] & (labels[:, 1:] != labels[:, :-1])
    first = (switch & (run[:, :-1] == 0)).any(axis=1)
    edge = ~apart[:, last] & (switch & (run[:, :-1] == run[:, last, None])).any(axis=1)
    unended = ~apart[:, last:].any(axis=1)
    certain: BoolArray = ~(first | edge | unended)
    return certain
