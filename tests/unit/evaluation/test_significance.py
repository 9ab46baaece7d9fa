"""Tests over folds beside the default one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.dummy import DummyClassifier

from imbtool.evaluation.significance import benjamini_hochberg, combined_f, sign_flip
from imbtool.evaluation.statistics import corrected_ttest

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


def test_the_combined_f_agrees_with_mlxtend() -> None:
    """mlxtend draws its own halves; the scores are handed to it through models that say what they scored."""
    evaluate = pytest.importorskip("mlxtend.evaluate")
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
    seen: list[tuple[float, float]] = []

    def scored(model: DummyClassifier, _X: np.ndarray, _y: np.ndarray) -> float:
        value = float(rng.normal(0.3 if model.strategy == "uniform" else 0.0, 0.2))
        seen.append((value, 1.0 if model.strategy == "uniform" else -1.0))
        return value

    one, two = DummyClassifier(strategy="uniform"), DummyClassifier(strategy="stratified")
    _, p = evaluate.combined_ftest_5x2cv(one, two, X, y, scoring=scored, random_seed=1)
    d = np.array([first + second for (first, _), (second, _) in _pairs([v * s for v, s in seen])])
    assert combined_f(d.reshape(5, 2)) == pytest.approx(p, abs=1e-12)


def _pairs(values: list[float]) -> list[tuple[tuple[float, int], tuple[float, int]]]:
    return [((a, 0), (b, 1)) for a, b in zip(values[::2], values[1::2], strict=True)]


def test_the_correction_of_the_permutation_test_is_that_of_the_t_test() -> None:
    rng = np.random.default_rng(4)
    d = rng.normal(0.9, 1.0, 14)
    flipped = np.array(list(product((-1.0, 1.0), repeat=14))) * d
    t = flipped.mean(axis=1) / (flipped.std(axis=1, ddof=1) / np.sqrt(14))
    seen = stats.ttest_1samp(d, 0.0).statistic / np.sqrt(1 + 14 * 0.25)
    assert sign_flip(d, 0.25) == pytest.approx((np.abs(t) >= abs(seen) - 1e-9).mean())
    assert sign_flip(d, 0.25) > sign_flip(d)
    assert sign_flip(d, 0.25) == pytest.approx(corrected_ttest(d, 0.25).p_value, abs=0.03)


def test_the_corrected_permutation_test_can_claim() -> None:
    d = np.random.default_rng(5).normal(3.0, 1.0, 15)
    assert sign_flip(d, 0.25) < 0.01


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_benjamini_hochberg_agrees_with_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p), atol=1e-12)


def test_missing_p_values_are_no_tests() -> None:
    found = benjamini_hochberg([0.01, float("nan"), 0.04])
    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])
