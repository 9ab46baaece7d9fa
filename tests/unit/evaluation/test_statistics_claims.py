"""How often the tests claim a difference where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from imbtool.evaluation.statistics import corrected_ttest, correlated_bayes

N_SIMULATIONS, REPEATS, FOLDS, ROWS = 400, 2, 5, 100


def accuracy_differences(rng):
    """Return fold differences of two least-squares classifiers that see equally useless features."""
    X, y = rng.normal(size=(ROWS, 6)), rng.choice([-1.0, 1.0], ROWS)
    d = []
    for _ in range(REPEATS):
        for test in np.array_split(rng.permutation(ROWS), FOLDS):
            train = np.setdiff1d(np.arange(ROWS), test)
            scores = []
            for columns in (slice(0, 3), slice(3, 6)):
                Z = X[train, columns]
                w = np.linalg.solve(Z.T @ Z, Z.T @ y[train])
                scores.append(np.mean(np.sign(X[test, columns] @ w) == y[test]))
            d.append(scores[0] - scores[1])
    return np.array(d)


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(20_26)
    return [accuracy_differences(rng) for _ in range(N_SIMULATIONS)]


def test_equal_classifiers_are_told_apart_no_more_than_one_time_in_twenty(simulated):
    claims = sum(corrected_ttest(d, 1 / (FOLDS - 1)).p_value < 0.05 for d in simulated)
    # 99.9 percent of binomial samples at the promised rate stay below this.
    assert claims <= stats.binom.ppf(0.999, N_SIMULATIONS, 0.05)


def test_the_ordinary_test_would_claim_too_much(simulated):
    claims = sum(stats.ttest_1samp(d, 0.0).pvalue < 0.05 for d in simulated)
    assert claims > stats.binom.ppf(0.999, N_SIMULATIONS, 0.05)


def test_the_posterior_is_rarely_sure_of_a_gain_that_is_not_there(simulated):
    sure = sum(correlated_bayes(d, 1 / (FOLDS - 1), 0.01).better > 0.95 for d in simulated)
    assert sure <= stats.binom.ppf(0.999, N_SIMULATIONS, 0.05)


def test_a_real_difference_is_found(simulated):
    found = sum(corrected_ttest(d + 0.3, 1 / (FOLDS - 1)).p_value < 0.05 for d in simulated)
    assert found > 0.8 * N_SIMULATIONS
