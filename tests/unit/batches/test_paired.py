"""Against SciPy, baycomp and enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from imbtool.batches.paired import Tally, signed_rank_posterior, tally, wilcoxon


def test_differences_within_the_region_are_ties_its_border_included():
    d = np.array([0.02, 0.01, 0.0, -0.01, -0.011])
    assert tally(d, 0.01) == Tally(1, 3, 1)


@pytest.mark.parametrize(("n", "shift"), [(5, 0.0), (12, 0.4), (31, 0.2), (60, 0.3)])
def test_without_ties_the_test_is_the_exact_one_of_scipy(n, shift):
    d = np.random.default_rng(n).normal(shift, 1, n)
    assert wilcoxon(d) == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, abs=1e-12)


def test_with_ties_and_zeros_the_p_value_is_that_of_all_signs():
    d = np.array([0.1, 0.1, -0.2, 0.0, 0.3, 0.3, 0.0, -0.1])
    ranks = stats.rankdata(np.abs(d))
    used = d != 0
    observed = ranks[d > 0].sum()
    sums = [np.dot(signs, ranks[used]) for signs in product((0, 1), repeat=int(used.sum()))]
    tails = np.mean([s <= observed for s in sums]), np.mean([s >= observed for s in sums])
    assert wilcoxon(d) == pytest.approx(min(1.0, 2 * min(tails)))


def test_no_difference_at_all_has_a_p_value_of_one():
    assert wilcoxon(np.array([0.0, 1e-15, -1e-15])) == 1.0


def test_five_data_sets_that_agree_are_not_significant_and_six_are():
    assert wilcoxon(np.arange(1.0, 6.0)) == pytest.approx(2 / 2**5)
    assert wilcoxon(np.arange(1.0, 7.0)) == pytest.approx(2 / 2**6)


@pytest.mark.parametrize(("n", "shift", "rope"), [(6, 0.05, 0.05), (15, -0.1, 0.1), (25, 0.1, 0.0)])
def test_the_posterior_is_that_of_baycomp(n, shift, rope):
    baycomp = pytest.importorskip("baycomp", reason="baycomp belongs to the test group")
    d = np.random.default_rng(n).normal(shift, 0.3, n)
    found = signed_rank_posterior(d, rope)
    expected = baycomp.SignedRankTest(np.zeros(n), d, rope, nsamples=5_000, random_state=1).probs()
    # both are drawn: the standard error of the difference is at most 0.0075
    assert found == pytest.approx(expected, abs=0.025)


def test_the_posterior_is_the_same_every_time_and_sums_to_one():
    d = np.random.default_rng(3).normal(0.02, 0.1, 9)
    assert signed_rank_posterior(d, 0.01) == signed_rank_posterior(d, 0.01)
    assert sum(signed_rank_posterior(d, 0.01)) == pytest.approx(1.0)


def test_equal_rows_are_equivalent_and_without_a_region_even():
    assert signed_rank_posterior(np.zeros(8), 0.01) == (0.0, 1.0, 0.0)
    assert signed_rank_posterior(np.zeros(8), 0.0) == (0.5, 0.0, 0.5)


def test_a_pair_sum_on_the_border_counts_half_although_it_cannot_be_written_exactly():
    # 0.1 + 0.2 is not 0.3 in binary; with a region of 0.15 the sum lies on its border
    exact = signed_rank_posterior(np.array([1.0, 2.0] * 4), 1.5)
    assert signed_rank_posterior(np.array([0.1, 0.2] * 4), 0.15) == exact


def test_many_data_sets_are_worked_off_in_pieces():
    d = np.random.default_rng(0).normal(0.5, 1, 300)
    assert signed_rank_posterior(d, 0.0, draws=20_000).better > 0.99
