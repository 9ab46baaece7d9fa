"""Neighbourhood cleaning rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.agreement import neighbors_for_votes
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.cleaning import edited
from imbtool.methods.resample.repeated import first_smallest
from imbtool.methods.resample.targets import class_counts, cleaned_classes
from imbtool.methods.resample.votes import smallest_winner

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import IntArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.graph import NeighborGraph


class NeighbourhoodCleaning(RowSampler):
    """Remove frequent rows that most neighbours contradict, and those that outvote a rare row.

    Parameters
    ----------
    n_neighbors : int, default=3
        Neighbours that vote.
    threshold_cleaning : float, default=0.5
        Of the rows that outvote a rare one, those go whose class has more rows than this share of the
        smallest class.
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Laurikkala, AIME 2001, doi:10.1007/3-540-48229-6_9. imbalanced-learn's
    `NeighbourhoodCleaningRule`, row for row, on the distances of `SampleSpace`. As there, and unlike
    the paper, a rare row counts among its own voters, and the threshold is a share of the smallest
    class. Cost: that of `enn`, and one search of the rare rows among all rows.
    """

    selects = True

    def __init__(
        self,
        n_neighbors: int = 3,
        threshold_cleaning: float = 0.5,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.threshold_cleaning = threshold_cleaning
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        graph, y = part.space.graph(part.X), part.y
        k = min(self.n_neighbors, len(y) - 1)
        kept = np.zeros(len(y), dtype=bool)
        kept[edited(graph, y, cleaned_classes(y), k=k, kind="mode")] = True
        kept[_outvoting(graph, y, k, self.threshold_cleaning)] = False
        return part.selected(np.flatnonzero(kept))


def _outvoting(graph: NeighborGraph, y: IntArray, k: int, threshold: float) -> IntArray:
    """Return neighbours, of large classes, of those rows of the smallest class that are outvoted."""
    counts, rare = class_counts(y), first_smallest(y)
    large = [c for c in cleaned_classes(y) if counts[c] > counts[rare] * threshold]
    rows = np.flatnonzero(y == rare)
    voters = neighbors_for_votes(graph, y, rows, k - 1, rows) if k > 1 else graph.nearest(rows, 1)
    outvoted = rows[smallest_winner(y[voters]) != rare]
    near = np.unique(graph.nearest(outvoted, k + 1, rows)[:, 1:])
    return near[np.isin(y[near], large)]
