"""Keep rows from all over the range of difficulty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.selection.scored import ScoredSampler
from imbtool.methods.resample.selection.shares import Policy, pools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator, RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.selection.scored import ScoredPart


def allocate(sizes: Sequence[int], budget: int) -> list[int]:
    """Return how many rows each stratum gives, the smallest strata first.

    Each gives ``min(size, remaining budget // remaining strata)``, so that what divisions leave over goes to
    larger ones. The sum is the budget, or the number of rows where that is less.
    """
    given = [0] * len(sizes)
    left = min(budget, sum(sizes))
    order = sorted(range(len(sizes)), key=lambda i: (sizes[i], i))
    for done, i in enumerate(order):
        given[i] = min(sizes[i], left // (len(order) - done))
        left -= given[i]
    return given


class CoverageSelection(ScoredSampler):
    """Coverage-centric selection (CCS): drop the hardest rows, then draw evenly over strata of difficulty.

    Parameters
    ----------
    keep : float, default=0.5
        Share of the rows that is kept, in (0, 1].
    cutoff : float, default=0.1
        Share of the rows, the hardest, that is dropped first; never so much that `keep` cannot be met.
        The paper takes 0.3 when a tenth is kept.
    n_strata : int, default=50
        Strata of equal width of the score.
    random_share : float, default=0.0
        Share of the kept rows that is drawn at random instead; 1 is the random control.
    policy : {"frequent", "each", "together"}, default="frequent"
        Which rows compete.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Zheng, Liu, Lai, Prakash, ICLR 2023, arXiv 2210.15809. Departures (ours): the score is the out-of-fold
    margin ``p_true - max p_other`` in place of its sum over epochs (AUM); budgets are per class, where the
    released code takes one class's count for all.
    """

    def __init__(
        self,
        keep: float = 0.5,
        cutoff: float = 0.1,
        n_strata: int = 50,
        random_share: float = 0.0,
        policy: Policy = "frequent",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.keep = keep
        self.cutoff = cutoff
        self.n_strata = n_strata
        self.random_share = random_share
        self.policy = policy
        self.random_state = random_state

    def _choose(self, part: ScoredPart) -> Resampled:
        rng = np.random.default_rng(part.seed)
        margin = _margin(part.scores, part.y)
        kept = [
            rows if size == len(rows) else self._chosen(margin, rows, size, rng)
            for rows, size in pools(part.y, self.keep, self.policy)
        ]
        return part.selected(np.sort(np.concatenate(kept)))

    def _chosen(self, margin: FloatArray, rows: IntArray, size: int, rng: Generator) -> IntArray:
        dropped = min(int(self.cutoff * len(rows)), len(rows) - size)
        left = rows[np.argsort(margin[rows], kind="stable")][dropped:]
        chance = rng.choice(left, round(self.random_share * size), replace=False)
        left = left[~np.isin(left, chance)]
        strata = stratum_of(margin[left], self.n_strata)
        groups = [left[strata == s] for s in range(self.n_strata)]
        given = allocate([len(g) for g in groups], size - len(chance))
        drawn = [rng.choice(g, n, replace=False) for g, n in zip(groups, given, strict=True) if n]
        return np.concatenate([chance, *drawn])


def stratum_of(score: FloatArray, n_strata: int) -> IntArray:
    """Return the stratum of each score: equal widths from the least to the largest, the last one closed."""
    low, high = score.min(), score.max()
    if high <= low:
        return np.zeros(len(score), dtype=np.int64)
    place = ((score - low) / (high - low) * n_strata).astype(np.int64)
    return np.asarray(np.minimum(place, n_strata - 1), dtype=np.int64)


def _margin(proba: FloatArray, y: IntArray) -> FloatArray:
    at = np.arange(len(y))
    others = np.array(proba, dtype=np.float64)
    others[at, y] = -np.inf
    return np.asarray(proba[at, y] - others.max(axis=1), dtype=np.float64)
