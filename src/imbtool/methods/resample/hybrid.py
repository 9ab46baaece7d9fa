"""Cleaning after over-sampling."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.smote import Smote

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class SmoteThenClean(RowSampler):
    """SMOTE, then a cleaning of all classes, synthetic rows included.

    Both steps use the space of the rows before resampling: synthetic rows do not move its centre.
    """

    k_neighbors: int
    ratio: float

    def _resample(self, part: TrainingPart) -> Resampled:
        smote = Smote(k_neighbors=self.k_neighbors, ratio=self.ratio)
        more = smote.resample(part.X, part.y, layout=part.layout, random_state=part.seed, space=part.space)
        kept = self._kept(part.space.distance(more.X), more.y)
        return Resampled(X=more.X[kept], y=more.y[kept], source=more.source[kept])

    @abstractmethod
    def _kept(self, matrix: FloatArray, y: IntArray) -> IntArray:
        """Return the rows that cleaning keeps."""
