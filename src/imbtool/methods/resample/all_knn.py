"""All k-nearest neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.repeated import edited_in_turn

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class AllKnn(RowSampler):
    """Edited nearest neighbours with 1, then 2, ... neighbours, each on what the last has left.

    Parameters
    ----------
    n_neighbors : int, default=3
        Neighbours that vote in the last round.
    kind_sel : {"all", "mode"}, default="all"
        Keep a row when all its neighbours share its class, or when most do.
    allow_minority : bool, default=False
        Go on although a class has become smaller than the smallest was.
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Tomek, IEEE SMC-6 (1976), doi:10.1109/TSMC.1976.4309523. imbalanced-learn's `AllKNN`, row for row,
    on the distances of `SampleSpace`. Rows come class by class. Cost: that of `enn` in each round.
    """

    selects = True

    def __init__(
        self,
        n_neighbors: int = 3,
        kind_sel: Literal["all", "mode"] = "all",
        allow_minority: bool = False,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.allow_minority = allow_minority
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        rows = edited_in_turn(
            part.space.graph(part.X),
            part.y,
            range(1, self.n_neighbors + 1),
            kind=self.kind_sel,
            allow_minority=self.allow_minority,
        )
        return part.selected(rows)
