"""Tests over folds beside the default one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from imbtool.evaluation.significance import benjamini_hochberg, combined_f, sign_flip

FINITE = st.floats(-1, 1, allow_nan=False, width=32)


def test_the_combined_f_follows_its_formula() -> None:
    d = np.array([[0.1, 0.02], [0.05, 0.07], [-0.01, 0.03], [0.04, 0.04], [0.06, 0.0]])
    s2 = ((d - d.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    f = (d**2).sum() / (2 * s2.sum())
    assert combined_f(d) == pytest.approx(stats.f.sf(f, 10, 5), abs=1e-12)


@given(arrays(np.float64, (5, 2), elements=FINITE))
def test_swapping_the_methods_changes_no_p_value(d: np.ndarray) -> None:
    assert combined_f(d) == combined_f(-d)
    assert sign_flip(d.ravel()) == sign_flip(-d.ravel())


def test_no_difference_is_never_significant() -> None:
    assert combined_f(np.zeros((5, 2))) == 1.0
    assert sign_flip(np.zeros(6)) == 1.0


def test_equal_differences_can_be_no_surer_than_their_signs() -> None:
    assert sign_flip(np.full(5, 0.1)) == 2 / 2**5


def test_many_differences_are_tested_by_draws_near_the_exact_answer() -> None:
    rng = np.random.default_rng(1)
    d = rng.normal(0.3, 1.0, size=15)
    reference = stats.permutation_test(
        (d,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert sign_flip(d) == pytest.approx(reference.pvalue, abs=0.02)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_hochberg_agrees_with_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p), atol=1e-12)


def test_missing_p_values_are_no_tests() -> None:
    found = benjamini_hochberg([0.01, float("nan"), 0.04])
    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])
