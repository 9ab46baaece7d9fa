"""Edited nearest neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.cleaning import edited
from imbtool.methods.resample.targets import cleaned_classes

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class EditedNearestNeighbours(RowSampler):
    """Remove rows of the frequent classes that their neighbours contradict.

    Parameters
    ----------
    n_neighbors : int, default=3
        Neighbours that vote.
    kind_sel : {"all", "mode"}, default="all"
        Keep a row when all its neighbours share its class, or when most do.
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Wilson, IEEE SMC-2 (1972), doi:10.1109/TSMC.1972.4309137. imbalanced-learn's
    `EditedNearestNeighbours`, row for row, on the distances of `SampleSpace`. Every class but the
    smallest is cleaned; when that would empty a class the method is not applicable. Rows come class
    by class. Cost: one search of the frequent rows among the rare ones, and of those near a rare one
    among all rows.
    """

    selects = True

    def __init__(
        self,
        n_neighbors: int = 3,
        kind_sel: Literal["all", "mode"] = "all",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        graph, cleaned = part.space.graph(part.X), cleaned_classes(part.y)
        return part.selected(edited(graph, part.y, cleaned, k=self.n_neighbors, kind=self.kind_sel))
