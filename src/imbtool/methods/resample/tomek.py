"""Removal of Tomek links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.cleaning import without_tomek_links
from imbtool.methods.resample.targets import cleaned_classes

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class Tomek(RowSampler):
    """Remove rows of the frequent classes that form a Tomek link with another class.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Tomek, IEEE SMC-6 (1976), doi:10.1109/TSMC.1976.4309452. imbalanced-learn's `TomekLinks`, row for
    row, on the distances of `SampleSpace`. Every class but the smallest is cleaned. Cost: one search
    of the rare rows among all rows.
    """

    selects = True

    def __init__(self, random_state: int | RandomState | None = None) -> None:
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        graph = part.space.graph(part.X)
        return part.selected(without_tomek_links(graph, part.y, cleaned_classes(part.y)))
