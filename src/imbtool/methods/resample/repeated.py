"""Edited nearest neighbours again and again, on what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.cleaning import edited
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.targets import class_counts, cleaned_classes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.types import IntArray


def edited_in_turn(
    graph: NeighborGraph,
    y: IntArray,
    sizes: Iterable[int],
    *,
    kind: Literal["all", "mode"],
    allow_minority: bool = False,
    until_settled: bool = False,
) -> IntArray:
    """Return the rows left after several rounds of edited nearest neighbours.

    It ends early when a class is lost or, unless that is allowed, when a class has become smaller than
    the smallest was.

    Parameters
    ----------
    graph : NeighborGraph
    y : ndarray of int64, shape (n,)
    sizes : iterable of int
        Neighbours that vote in each round.
    kind : {"all", "mode"}
        As for `edited`.
    allow_minority : bool, default=False
        Go on although a class has become smaller than the smallest was.
    until_settled : bool, default=False
        End, too, after a round that removes nothing.

    Returns
    -------
    ndarray of int64
        Indices of the rows kept, class by class, ascending within a class.
    """
    before = class_counts(y)
    rare = first_smallest(y)
    rows, left = np.arange(len(y)), graph
    for size in sizes:
        kept = edited(left, y[rows], cleaned_classes(y[rows]), k=size, kind=kind)
        settled = len(kept) == len(rows)
        rows = rows[kept]
        after = class_counts(y[rows])
        overtaken = any(n < before[rare] for k, n in after.items() if k != rare)
        if (settled and until_settled) or (overtaken and not allow_minority) or len(after) < len(before):
            break
        left = NeighborGraph(graph.matrix[rows])
    return rows


def first_smallest(y: IntArray) -> int:
    """Return the smallest class; of tied ones the one that comes first in the rows."""
    counts = class_counts(y)
    least = min(counts.values())
    return int(y[np.isin(y, [k for k, n in counts.items() if n == least])][0])
