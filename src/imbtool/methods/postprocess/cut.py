"""The best threshold for two classes: exact, by one sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.postprocess.objective import best_cut

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray
    from imbtool.methods.postprocess.objective import Objective

DEFAULT = 0.5


def search_cut(ranked: Ranked, objective: Objective) -> float:
    """Return the probability from which on to predict class 1.

    Parameters
    ----------
    ranked : Ranked
        Probabilities of class 1, both classes present.
    objective : Objective

    Returns
    -------
    float
        In [0, 1]; half-way between two neighbouring distinct scores (or the last score and 0 or 1), at
        the middle of the plateau that `best_cut` chooses among all cuts.
    """
    hits, alarms = np.append(0.0, ranked.hits), np.append(0.0, ranked.alarms)
    truth = np.array([ranked.negatives, ranked.positives])
    rejected = np.column_stack((truth[0] - alarms, truth[1] - hits))
    values = objective(
        np.column_stack((rejected[:, 0], hits)),
        np.column_stack((rejected.sum(axis=1), hits + alarms)),
        truth,
    )
    if ranked.score[0] >= 1.0:  # no probability lies above the largest score
        values[0] = -np.inf
    return _between(ranked.score, best_cut(values, int((ranked.score >= DEFAULT).sum())))


def _between(descending: FloatArray, cut: int) -> float:
    """Return a threshold that `cut` of the distinct scores reach."""
    above = float(descending[cut - 1]) if cut > 0 else 1.0
    below = float(descending[cut]) if cut < len(descending) else min(0.0, above)
    middle = below + 0.5 * (above - below)
    # Between neighbouring doubles there is no middle.
    return middle if middle > below else above
