"""Cleaning after over-sampling."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.smote import Smote

if TYPE_CHECKING:
    from imbtool.core.types import IntArray
    from imbtool.methods.resample.base import TrainingPart


class SmoteThenClean(RowSampler):
    """SMOTE, then a cleaning of all classes, synthetic rows included.

    Both steps use the space of the rows before resampling: synthetic rows do not move its centre.
    Hybrids with the same SMOTE and seed share its rows and their neighbours.
    """

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
        return more, NeighborGraph(part.space.distance(more.X))

    @abstractmethod
    def _kept(self, graph: NeighborGraph, y: IntArray) -> IntArray:
        """Return the rows that cleaning keeps."""
