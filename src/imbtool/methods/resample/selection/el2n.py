"""Keep the rows that a plain model finds hardest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.selection.scored import ScoredSampler
from imbtool.methods.resample.selection.shares import Policy, pools

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.selection.scored import ScoredPart


def el2n(proba: FloatArray, y: IntArray) -> FloatArray:
    """Return the length of the error vector ``p - onehot(y)``, shape (n,), in [0, sqrt 2]."""
    gap = np.array(proba, dtype=np.float64)
    gap[np.arange(len(y)), y] -= 1.0
    return np.asarray(np.sqrt((gap**2).sum(axis=1)), dtype=np.float64)


class El2nSelection(ScoredSampler):
    """Keep the share of rows with the largest EL2N score.

    Parameters
    ----------
    keep : float, default=0.5
        Share of the rows that is kept, in (0, 1].
    offset : float, default=0.0
        Share of the rows, the very hardest, that is left out first: they are often mislabelled.
    policy : {"frequent", "each", "together"}, default="frequent"
        Which rows compete. Hard rows are mostly rare ones, so that letting all rows compete
        (``"together"``) rebalances without saying so.
    random_state : int, RandomState or None, default=None
        Of the scores, in `fit_resample` only; ties keep the order of the rows.

    Notes
    -----
    Paul, Ganguli, Dziugaite, NeurIPS 2021, arXiv 2107.07075: ``||p - onehot(y)||``, in the binary case
    ``sqrt(2) |p - y|``. Departure (ours): the probabilities are out-of-fold ones of the finished model in
    place of in-sample ones early in training, averaged over no seeds.
    """

    def __init__(
        self,
        keep: float = 0.5,
        offset: float = 0.0,
        policy: Policy = "frequent",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.keep = keep
        self.offset = offset
        self.policy = policy
        self.random_state = random_state

    def _choose(self, part: ScoredPart) -> Resampled:
        score = el2n(part.scores, part.y)
        kept = []
        for rows, size in pools(part.y, self.keep, self.policy):
            if size == len(rows):
                kept.append(rows)
                continue
            falling = rows[np.argsort(-score[rows], kind="stable")]
            first = min(round(self.offset * len(rows)), len(rows) - size)
            kept.append(falling[first : first + size])
        return part.selected(np.sort(np.concatenate(kept)))
