"""Against SciPy, against published numbers, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from imbtool.batches.ranks import cliques, critical_difference, friedman, nemenyi, ranks_of

# Four rows on 14 data sets, with ties.
TEXT = """
    0.763 0.768 0.771 0.798  0.599 0.591 0.590 0.569  0.954 0.971 0.968 0.967  0.628 0.661 0.654 0.657
    0.882 0.888 0.886 0.898  0.936 0.931 0.916 0.931  0.661 0.668 0.609 0.685  0.583 0.583 0.563 0.625
    0.775 0.838 0.866 0.875  1.000 1.000 1.000 1.000  0.940 0.962 0.965 0.962  0.619 0.666 0.614 0.669
    0.972 0.981 0.975 0.975  0.957 0.978 0.946 0.970"""
AUC = np.array([float(word) for word in TEXT.split()]).reshape(14, 4)


def test_the_best_score_has_rank_one_and_ties_share_their_mean():
    assert ranks_of(np.array([[0.9, 0.7, 0.9, 0.1]])).tolist() == [[1.5, 3.0, 1.5, 4.0]]


def test_scores_that_differ_by_rounding_only_are_tied():
    assert ranks_of(np.array([[0.3, 0.1 + 0.2]])).tolist() == [[1.5, 1.5]]


def test_friedman_is_that_of_scipy_ties_included():
    found = friedman(ranks_of(AUC))
    expected = stats.friedmanchisquare(*AUC.T)
    assert found.chi2 == pytest.approx(expected.statistic, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-12)


def test_without_ties_friedman_and_iman_davenport_follow_the_formulas_of_the_paper():
    rng = np.random.default_rng(0)
    ranks = ranks_of(rng.normal(size=(9, 5)))
    n, k = ranks.shape
    mean = ranks.mean(axis=0)
    chi2 = 12 * n / (k * (k + 1)) * ((mean**2).sum() - k * (k + 1) ** 2 / 4)
    f = (n - 1) * chi2 / (n * (k - 1) - chi2)
    found = friedman(ranks)
    assert found.chi2 == pytest.approx(chi2)
    assert found.f == pytest.approx(f)
    assert found.f_df == (4, 32)
    assert found.f_p_value == pytest.approx(stats.f.sf(f, 4, 32))


def test_rows_that_are_tied_everywhere_do_not_differ():
    found = friedman(ranks_of(np.ones((6, 3))))
    assert (found.chi2, found.p_value, found.f_p_value) == (0.0, 1.0, 1.0)


def test_when_all_data_sets_agree_the_p_value_is_that_of_the_permutations():
    found = friedman(ranks_of(np.tile([3.0, 2.0, 1.0], (6, 1))))
    assert found.f == np.inf
    assert found.f_p_value == pytest.approx((1 / 6) ** 5)


@pytest.mark.parametrize(
    ("k", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (8, 3.031), (10, 3.164)]
)
def test_the_critical_values_are_those_of_the_published_table(k, q):
    # Demsar (2006), table 5a, alpha = 0.05; with N = k (k + 1) / 6 the difference is the value itself
    assert critical_difference(k, 1) / np.sqrt(k * (k + 1) / 6) == pytest.approx(q, abs=1.1e-3)


def test_the_critical_difference_of_the_published_example():
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)


def test_nemenyi_p_values_are_those_of_scikit_posthocs():
    # scikit_posthocs 0.17.1, posthoc_nemenyi_friedman(AUC), first row
    found = nemenyi(ranks_of(AUC).mean(axis=0), 14)[0]
    assert found == pytest.approx([1.0, 0.08867271, 0.97168647, 0.06168326], abs=1e-8)


def test_two_rows_are_told_apart_exactly_when_their_p_value_is_below_five_percent():
    mean = np.array([1.4, 2.6, 3.1, 3.9, 4.0])
    distance = critical_difference(5, 12)
    apart = np.abs(mean[:, None] - mean[None, :]) > distance
    assert ((nemenyi(mean, 12) < 0.05) == apart).all()


@pytest.mark.parametrize(
    ("mean", "distance", "expected"),
    [
        ([1.0, 2.0, 3.0], 0.5, ()),
        ([1.0, 2.0, 3.0], 5.0, ((0, 1, 2),)),
        ([1.0, 2.0, 3.0], 1.5, ((0, 1), (1, 2))),
        ([3.0, 1.0, 2.0], 1.5, ((1, 2), (2, 0))),
        ([1.0, 1.1, 3.0, 3.1], 1.0, ((0, 1), (2, 3))),
        ([], 1.0, ()),
    ],
)
def test_cliques_are_the_largest_runs_within_the_distance(mean, distance, expected):
    assert cliques(np.array(mean), distance) == expected
