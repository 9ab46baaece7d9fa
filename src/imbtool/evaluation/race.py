"""A comparison in a hurry: treatments that are safely behind do not run on the rest of the folds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from imbtool.evaluation.conclude import scale_for
from imbtool.evaluation.table import SURE, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.core.types import FloatArray
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.referee import Key, Place
    from imbtool.evaluation.result import Trial

LOOKS = (2, 3)
"""Folds after which the race is looked at, besides the end of each repeat."""
SAFE = SURE
"""Probability of being behind the leader by more than the region of equivalence that drops a row: what also
makes a row of the table one that is shown to be worse than the best."""
PRIOR = 4.0
"""Degrees of freedom that the spread common to all rows counts for, beside those of the row's own."""

TRADED = (
    "--fast: boosted trees in half the rounds, with 63 bins and quantised gradients; one repeat of the folds "
    "less where there would be several; treatments safely behind the best row of their learner dropped after "
    "two folds, three, and every repeat. Small differences may come out otherwise without it."
)


class Race:
    """A `Referee` that drops treatments safely behind the leader; controls always finish (law 2).

    The leader is the row of the same learner with the best mean over the folds so far: what another learner
    reaches says nothing about what treatments do for this one.

    Parameters
    ----------
    design : Design
    """

    def __init__(self, design: Design) -> None:
        self._design = design

    def batches(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """Return the folds in pieces that end where the race is looked at."""
        ends = [n for n, (a, b) in enumerate(pairwise(places), start=1) if a[0] != b[0]]
        looks = (n for n in LOOKS if n < len(places))
        edges = sorted({0, *looks, *ends, len(places)})
        return [places[a:b] for a, b in pairwise(edges)]

    def dropped(
        self, rows: Sequence[Candidate], trials: Mapping[Key, Trial], ahead: Sequence[Place]
    ) -> Mapping[Candidate, str]:
        """Return the treatments that are safely behind, and whom."""
        later = set(ahead)
        table = Table(t for t in trials.values() if (t.repeat, t.fold) not in later)
        if not ahead or len(table.folds) < LOOKS[0]:
            return {}
        scale = scale_for(self._design, table)
        sign = 1.0 if scale.greater_is_better else -1.0
        found: dict[Candidate, str] = {}
        for learner in dict.fromkeys(row.learner for row in rows):
            names = [name for name in table.rows if name[0] == str(learner)]
            values = {name[1]: sign * table.judged(name, scale.metric) for name in names}
            whole = {name: v for name, v in values.items() if not np.isnan(v).any()}
            leader, behind = safely_behind(whole, test_ratio=scale.test_ratio, rope=scale.rope)
            reason = f"safely behind {leader} after {len(table.folds)} folds"
            own = (row for row in rows if row.learner == learner and not row.recipe.control)
            found |= {row: reason for row in own if str(row.recipe) in behind}
        return found


def safely_behind(
    values: Mapping[str, FloatArray], *, test_ratio: float, rope: float
) -> tuple[str, frozenset[str]]:
    """Return the row with the best mean, and the rows that are behind it for sure.

    Behind means: by more than the region of practical equivalence, with a probability of 0.95 or more by
    the Bayesian correlated t-test (`imbtool.evaluation.statistics.correlated_bayes`), with one departure:
    over two or three folds a row's own variance is hardly more than a guess, so that it is shrunk towards the
    mean variance of all rows, which counts for four degrees of freedom (Smyth, Statistical Applications
    in Genetics and Molecular Biology 3, 2004, doi:10.2202/1544-6115.1027, with fixed degrees in place of
    estimated ones).

    Parameters
    ----------
    values : mapping of str to ndarray of float64, shape (n_folds,)
        More is better; finite; at least two folds.
    test_ratio : float
        Test rows over training rows.
    rope : float
        Half width of the region of equivalence, in the unit of the values.
    """
    if not values:
        return "", frozenset()
    leader = max(values, key=lambda name: float(np.mean(values[name])))
    others = [name for name in values if name != leader]
    if not others:
        return leader, frozenset()
    gaps = np.array([values[name] - values[leader] for name in others])
    n = gaps.shape[1]
    own = gaps.var(axis=1, ddof=1)
    df = PRIOR + n - 1
    shrunk = (PRIOR * own.mean() + (n - 1) * own) / df
    spread = np.sqrt(shrunk * (1 / n + test_ratio))
    with np.errstate(divide="ignore", invalid="ignore"):
        worse = stdtr(df, (-rope - gaps.mean(axis=1)) / spread)
    return leader, frozenset(name for name, p in zip(others, worse, strict=True) if p >= SAFE)
