"""Cleaning after over-sampling."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.own import nearest_in_class
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.strips import Strips

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

# Points that a segment needs on average before distances to segments are fewer enough to pay.
_CROWDED = 3


class SmoteThenClean(RowSampler):
    """SMOTE, then a cleaning of all classes, synthetic rows included.

    Both steps use the space of the rows before resampling: synthetic rows do not move its centre.
    Hybrids with the same SMOTE and seed share its rows and their neighbours.
    """

    hull = True

    k_neighbors: int
    ratio: float

    def _resample(self, part: TrainingPart) -> Resampled:
        key = ("smote", self.k_neighbors, self.ratio, part.seed, hash(part.y.tobytes()))
        more, graph = part.space.shared(key, part.X, lambda: self._grown(part))
        kept = self._kept(graph, more.y)
        return Resampled(X=more.X[kept], y=more.y[kept], source=more.source[kept])

    def _grown(self, part: TrainingPart) -> tuple[Resampled, NeighborGraph]:
        smote = Smote(k_neighbors=self.k_neighbors, ratio=self.ratio)
        more = smote.resample(part.X, part.y, layout=part.layout, random_state=part.seed, space=part.space)
        matrix = part.space.distance(more.X)
        strips = None if part.space.has_nominal else _strips(part, matrix, more.y, self.k_neighbors)
        return more, NeighborGraph(matrix, strips)

    @abstractmethod
    def _kept(self, graph: NeighborGraph, y: IntArray) -> IntArray:
        """Return the rows that cleaning keeps."""


def _strips(part: TrainingPart, matrix: FloatArray, y: IntArray, k_neighbors: int) -> Strips | None:
    """Return the segments that SMOTE's rows lie on, where they are fewer than the rows.

    The draws of SMOTE are drawn again. Were they others, answers would be the same and slower.
    """
    n, on = len(part.y), np.full(len(y), -1)
    ends: list[IntArray] = []
    for label in np.unique(y[n:]).tolist():
        own, new = np.flatnonzero(part.y == label), n + np.flatnonzero(y[n:] == label)
        k = min(k_neighbors, len(own) - 1)
        near = nearest_in_class(part, own, k)
        pick = np.random.RandomState(part.seed).randint(0, near.size, size=len(new))
        drawn = np.sort(np.column_stack((pick // k, near.ravel()[pick])), axis=1)
        pair, which = np.unique(drawn @ [len(own), 1], return_inverse=True)
        on[new] = sum(len(e) for e in ends) + which
        ends.append(own[np.column_stack(np.divmod(pair, len(own)))])
    if not ends or _CROWDED * sum(len(e) for e in ends) > len(y) - n:
        return None
    segments = np.concatenate(ends)
    on[segments] = np.arange(len(segments))[:, None]
    return Strips(matrix, segments[:, 0], segments[:, 1], on)
