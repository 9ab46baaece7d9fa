"""Borderline-SMOTE."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.numeric_only import require_numeric
from imbtool.methods.resample.segments import with_gaps, write_between
from imbtool.methods.resample.targets import class_counts, interpolable, rows_to_add

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class BorderlineSmote(RowSampler):
    """SMOTE only from rows of the rare classes that lie near the border.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours to interpolate with; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    m_neighbors : int, default=10
        Neighbours among all rows that decide danger: a row is in danger when at least half of them,
        but not all, belong to other classes.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Interpolate towards rows of the same class, or of any class (then at most half-way).
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Han, Wang, Mao, ICIC 2005, doi:10.1007/11538059_91. The rows of imbalanced-learn's
    `BorderlineSMOTE`, on standardised numbers. Numeric features only; a synthetic row has missing
    cells where the nearest original row of its class has them. A class without rows in danger stays
    as it is. Cost: one search of the rare rows among all rows.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        m_neighbors: int = 10,
        kind: Literal["borderline-1", "borderline-2"] = "borderline-1",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.m_neighbors = m_neighbors
        self.kind = kind
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        require_numeric(part.layout, "borderline_smote")
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        counts = class_counts(part.y)
        writers: dict[int, Callable[[FloatArray], None]] = {}
        for label in wanted:
            rows = np.flatnonzero(part.y == label)
            danger = np.flatnonzero(_in_danger(part, rows, self.m_neighbors))
            if len(danger):
                k = min(self.k_neighbors, counts[label] - 1)
                near = self._partners(part, rows, danger, k)
                writers[label] = partial(self._write, part, label, rows[danger], near)
        return part.grown({label: wanted[label] for label in writers}, writers)

    def _write(
        self, part: TrainingPart, label: int, danger: IntArray, near: IntArray, room: FloatArray
    ) -> None:
        shrink = None if self.kind == "borderline-1" else _halved(part.y != label, part.seed)
        numbers = part.space.numbers(part.X)
        write_between(numbers, near, room, seed=part.seed, rows=danger, shrink=shrink)
        with_gaps(part, label, room)

    def _partners(self, part: TrainingPart, rows: IntArray, danger: IntArray, k: int) -> IntArray:
        """Return the k neighbours of rows in danger, in the class or (borderline-2) in all rows."""
        graph = part.space.number_graph(part.X)
        if self.kind == "borderline-2":
            return graph.nearest(rows[danger], k + 1)[:, 1:]
        partners: IntArray = rows[graph.among(rows).nearest(danger, k + 1)[:, 1:]]
        return partners


def _in_danger(part: TrainingPart, rows: IntArray, m_neighbors: int) -> BoolArray:
    """Return which rows of a class have at least half, but not all, neighbours of other classes."""
    m = min(m_neighbors, len(part.y) - 1)
    near = part.space.number_graph(part.X).nearest(rows, m + 1)[:, 1:]
    foreign = (part.y[near] != part.y[rows][:, None]).sum(axis=1)
    danger: BoolArray = (foreign >= m / 2) & (foreign < m)
    return danger


def _halved(foreign: BoolArray, seed: int) -> Callable[[IntArray, FloatArray], None]:
    """Return what shortens the way to a foreign row to a random share below one half."""
    rng = np.random.RandomState(seed)

    def shrink(places: IntArray, way: FloatArray) -> None:
        there = foreign[places]
        way[there] *= rng.uniform(low=0.0, high=0.5, size=(int(there.sum()), 1))

    return shrink
