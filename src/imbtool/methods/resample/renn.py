"""Repeated edited nearest neighbours."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Literal

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.repeated import edited_in_turn

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class RepeatedEdited(RowSampler):
    """Remove rows of the frequent classes that their neighbours contradict, until there are none.

    Parameters
    ----------
    n_neighbors : int, default=3
        Neighbours that vote.
    kind_sel : {"all", "mode"}, default="all"
        Keep a row when all its neighbours share its class, or when most do.
    max_iter : int, default=100
        Rounds at most.
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Tomek, IEEE SMC-6 (1976), doi:10.1109/TSMC.1976.4309523. imbalanced-learn's
    `RepeatedEditedNearestNeighbours`, row for row, on the distances of `SampleSpace`. It ends, too,
    when a class has become smaller than the smallest was. Rows come class by class. Cost: that of
    `enn` in each round.
    """

    selects = True

    def __init__(
        self,
        n_neighbors: int = 3,
        kind_sel: Literal["all", "mode"] = "all",
        max_iter: int = 100,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.max_iter = max_iter
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        sizes = repeat(self.n_neighbors, self.max_iter)
        graph = part.space.graph(part.X)
        return part.selected(edited_in_turn(graph, part.y, sizes, kind=self.kind_sel, until_settled=True))
