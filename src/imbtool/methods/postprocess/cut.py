"""The best threshold for two classes: exact, by one sort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.postprocess.objective import TOLERANCE, best_cut

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray
    from imbtool.methods.postprocess.objective import Objective

DEFAULT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What a cut must keep on the scores that it is chosen on; None asks for nothing.

    Parameters
    ----------
    min_precision, min_recall : float or None
        In [0, 1]. A cut that calls no row has precision 0.
    max_share : float or None
        Largest share of the rows, by weight, that may be called.
    """

    min_precision: float | None = None
    min_recall: float | None = None
    max_share: float | None = None

    def lack(self, hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:
        """Return by how much each cut misses what is asked for, summed; 0 where all is kept."""
        missing = np.zeros(len(hits))
        if self.min_precision is not None:
            precision = hits / np.where(called > 0.0, called, 1.0)
            missing += np.maximum(self.min_precision - precision, 0.0)
        if self.min_recall is not None:
            missing += np.maximum(self.min_recall - hits / truth[1], 0.0)
        if self.max_share is not None:
            missing += np.maximum(called / truth.sum() - self.max_share, 0.0)
        return missing


def search_cut(ranked: Ranked, objective: Objective, floors: Floors | None = None) -> tuple[float, bool]:
    """Return the probability from which on to predict class 1.

    Parameters
    ----------
    ranked : Ranked
        Probabilities of class 1, both classes present.
    objective : Objective
    floors : Floors, optional
        Only cuts that keep them count; when there is none, those that come nearest.

    Returns
    -------
    float
        In [0, 1]; half-way between two neighbouring distinct scores (or the last score and 0 or 1), at
        the middle of the plateau that `best_cut` chooses among all cuts.
    bool
        Whether the floors are kept.
    """
    hits, alarms = np.append(0.0, ranked.hits), np.append(0.0, ranked.alarms)
    truth = np.array([ranked.negatives, ranked.positives])
    rejected = np.column_stack((truth[0] - alarms, truth[1] - hits))
    values = objective(
        np.column_stack((rejected[:, 0], hits)),
        np.column_stack((rejected.sum(axis=1), hits + alarms)),
        truth,
    )
    possible = np.ones(len(values), dtype=bool)
    possible[0] = ranked.score[0] < 1.0  # no probability lies above the largest score
    kept = True
    if floors is not None:
        lack = floors.lack(hits, hits + alarms, truth)
        least = float(lack[possible].min())
        kept = least <= TOLERANCE
        possible &= lack <= least + TOLERANCE
    values = np.where(possible, values, -np.inf)
    return _between(ranked.score, best_cut(values, int((ranked.score >= DEFAULT).sum()))), kept


def largest_cut(ranked: Ranked, floors: Floors) -> tuple[float, bool]:
    """Return the lowest threshold that keeps the floors: the most rows called, so the greatest recall."""
    return search_cut(ranked, lambda hits, called, truth: called[:, 1] / truth.sum(), floors)  # noqa: ARG005


def _between(descending: FloatArray, cut: int) -> float:
    """Return a threshold that `cut` of the distinct scores reach."""
    above = float(descending[cut - 1]) if cut > 0 else 1.0
    below = float(descending[cut]) if cut < len(descending) else min(0.0, above)
    middle = below + 0.5 * (above - below)
    # Between neighbouring doubles there is no middle.
    return middle if middle > below else above
