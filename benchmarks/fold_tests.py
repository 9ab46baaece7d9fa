"""What tests say of the same folds: those that are offered, and others for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from imbtool.evaluation.choice import TESTS
from imbtool.evaluation.scale import Scale
from imbtool.evaluation.significance import sign_flip
from imbtool.evaluation.statistics import corrected_ttest, difference
from imbtool.evaluation.table import shown_better
from imbtool.metrics.bootstrap import Ladder, Resampler, average_precision
from imbtool.metrics.paired import delong, mcnemar

if TYPE_CHECKING:
    from benchmarks.twins import Values

LEVEL = 0.05
ROPE = 0.01
RESAMPLES = 200


def claims(d: Any, halves: Any) -> dict[str, bool]:
    """Return which tests claim a difference, in either direction.

    Parameters
    ----------
    d : ndarray, shape (3, 5)
        Paired differences of five folds drawn three times.
    halves : ndarray, shape (5, 2)
        Those of two folds drawn five times.
    """
    found = {name: _offered(name, halves if TESTS[name].folds else d) for name in TESTS}
    once, every = d[0], d.ravel()
    p_values = {
        "corrected t, 1 x 5 folds": corrected_ttest(once, 0.25).p_value,
        "ordinary t, 3 x 5 folds": float(stats.ttest_1samp(every, 0.0).pvalue) if every.std() else 1.0,
        "signed rank, 3 x 5 folds": float(stats.wilcoxon(every).pvalue) if np.any(every) else 1.0,
        "sign flips, 3 x 5 folds": sign_flip(every),
    }
    return found | {name: p < LEVEL for name, p in p_values.items()}


def _offered(name: str, d: Any) -> bool:
    """Return whether the test claims a difference: what the verdict asks, but for the size of the gain."""
    ratio = 1.0 if TESTS[name].folds else 0.25
    scale = Scale(metric="pr_auc", rope=0.0, greater_is_better=True, test_ratio=ratio, test=name)
    rope = ROPE if name == "bayes" else 0.0
    sides = [
        difference(s * d.ravel(), 0 * d.ravel(), test_ratio=ratio, rope=rope, test=name) for s in (1, -1)
    ]
    return any(shown_better(side, scale) for side in sides)


def of_predictions(y: Any, one: Values, two: Values, seed: int) -> dict[str, bool]:
    """Return what tests claim that take the rows of pooled out-of-fold predictions for a hold-out."""
    n_folds = one.folds.shape[1]
    hit, fold_of = y == 1, one.fold_of[0]
    areas, decided = [], []
    for values in (one, two):
        ranks = np.empty(len(y))
        for f in range(n_folds):
            test = fold_of == f
            ranks[test] = stats.rankdata(values.scores[0, test]) / test.sum()
        areas.append(ranks)
        decided.append((ranks > 1 - hit.mean()) == hit)
    p_values = {
        "DeLong, pooled predictions": delong(hit, areas[0], areas[1]).p_value,
        "McNemar, pooled decisions": mcnemar(decided[0], decided[1]).p_value,
        "bootstrap, pooled predictions": _bootstrap(hit, fold_of, one, two, seed),
    }
    return {name: p < LEVEL for name, p in p_values.items()}


def _bootstrap(hit: Any, fold_of: Any, one: Values, two: Values, seed: int) -> float:
    drawn = []
    for counts in Resampler(hit.astype(np.int64), resamples=RESAMPLES, seed=seed):
        gaps = np.zeros(len(counts))
        for f in range(one.folds.shape[1]):
            test = fold_of == f
            for values, sign in ((one, 1.0), (two, -1.0)):
                climb = Ladder(values.scores[0, test], hit[test]).climb(counts[:, test])
                gaps += sign * average_precision(climb) / one.folds.shape[1]
        drawn.append(gaps)
    spread = float(np.nanstd(np.concatenate(drawn), ddof=1))
    gap = float((one.folds[0] - two.folds[0]).mean())
    return float(2 * stats.norm.sf(abs(gap) / spread)) if spread else 1.0
