"""Two rows over the same data sets: wins, Wilcoxon's test and the Bayesian signed-rank test."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import rankdata

from imbtool.core.seeds import derive_seed
from imbtool.evaluation.statistics import Posterior

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

DRAWS = 50_000
PRIOR = 0.5
_ROUNDING = 1e-12
_BLOCK = 4_000_000
"""Most numbers of one piece of work: 32 MB."""


class Tally(NamedTuple):
    """On how many data sets a row is better, equal and worse."""

    wins: int
    ties: int
    losses: int


def tally(d: FloatArray, rope: float) -> Tally:
    """Return wins, ties and losses; differences of at most `rope` are ties.

    Parameters
    ----------
    d : ndarray of float64, shape (n_data,)
        Differences, positive where the first row is better.
    rope : float
        Half width of the region of practical equivalence, in the unit of `d`.
    """
    wins, losses = int((d > rope).sum()), int((d < -rope).sum())
    return Tally(wins, d.shape[0] - wins - losses, losses)


def wilcoxon(d: FloatArray) -> float:
    """Return the two-sided p-value of Wilcoxon's signed-rank test, exact for any number of data sets.

    Parameters
    ----------
    d : ndarray of float64, shape (n_data,)
        Differences. Zeros (to 1e-12) take ranks and are then left out (Pratt, JASA 54, 1959); tied sizes
        share the mean of their ranks. The p-value counts all ``2^m`` signs of the ``m`` differences that
        are not zero, so no normal approximation is needed with few data sets.

    Returns
    -------
    float
        1 when every difference is zero. Never below ``2^(1-m)``.
    """
    size = np.where(np.abs(d) < _ROUNDING, 0.0, np.round(np.abs(d), 12))
    doubled = np.rint(2 * rankdata(size)).astype(np.int64)  # mean ranks are halves
    used = size > 0
    if not used.any():
        return 1.0
    parts = doubled[used]
    ways = np.zeros(int(parts.sum()) + 1)
    ways[0] = 1.0
    for part in parts:  # the share of all signs that gives each sum of positive ranks
        shifted = np.zeros_like(ways)
        shifted[part:] = ways[:-part]
        ways = (ways + shifted) / 2
    positive = int(doubled[used & (d > 0)].sum())
    tail = min(float(ways[: positive + 1].sum()), float(ways[positive:].sum()))
    return min(1.0, 2 * tail)


def signed_rank_posterior(d: FloatArray, rope: float, draws: int = DRAWS) -> Posterior:
    """Return how probable it is that the first row is worse, equivalent or better over data sets.

    The Bayesian signed-rank test: the weights of the data sets, and of one pseudo-observation 0 of weight
    0.5, are drawn from a Dirichlet distribution; each draw is for the region that holds most of the
    weighted pair sums ``d_i + d_j`` (below ``-2 rope``, between, above ``2 rope``; a sum on a border counts
    half on either side). A. Benavoli et al., A Bayesian Wilcoxon signed-rank test based on the Dirichlet
    process, ICML 2014; Time for a change, JMLR 18, 2017.

    Parameters
    ----------
    d : ndarray of float64, shape (n_data,)
        Differences, positive where the first row is better.
    rope : float
        Half width of the region of practical equivalence; with 0 only better and worse share the
        probability.
    draws : int, default 50000
        The standard error of a probability is at most 0.0023. The same draws serve every pair of rows
        over equally many data sets (law 3: they depend on nothing else).
    """
    weights = _weights(d.shape[0], draws)
    above, below = _masses(d, rope, weights), _masses(-d, rope, weights)
    if rope == 0:  # pair sums of 0 count half on either side: nothing is left between
        better = float((above > below).mean() + (above == below).mean() / 2)
        return Posterior(1 - better, 0.0, better)
    winner = np.argmax(np.stack([1 - above - below, below, above]), axis=0)
    equal, worse, better = (float(x) for x in np.bincount(winner, minlength=3) / draws)
    return Posterior(worse, equal, better)


@lru_cache(maxsize=8)
def _weights(n_data: int, draws: int) -> FloatArray:
    rng = np.random.default_rng(derive_seed("signed-rank", n_data, draws))
    return rng.dirichlet(np.r_[PRIOR, np.ones(n_data)], draws)


def _masses(d: FloatArray, rope: float, weights: FloatArray) -> FloatArray:
    """Return the weight of the pair sums above ``2 rope``, one number a draw."""
    values = np.r_[0.0, np.round(d, 12)]
    sums = values[:, None] + values[None, :]
    over = (sums > 2 * rope + _ROUNDING) + 0.5 * (np.abs(sums - 2 * rope) <= _ROUNDING)
    step = max(1, _BLOCK // values.shape[0])
    blocks = [weights[i : i + step] for i in range(0, weights.shape[0], step)]
    return np.concatenate([np.einsum("ij,ij->i", w @ over, w) for w in blocks])
