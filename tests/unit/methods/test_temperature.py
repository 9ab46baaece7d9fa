"""Golden values and exact enumerations of temperature sampling and scalarization."""

import numpy as np
import pytest

from imbtool.core.errors import DataError, UsageError
from imbtool.methods.temperature import (
    class_shares,
    class_weights,
    effective_sample_size,
    expected_repeats,
    inflation,
    variance_gap,
)

COUNTS = [9000, 900, 90, 10]


def test_shares_at_tau_2_and_5_match_the_golden_values():
    np.testing.assert_allclose(class_shares(COUNTS, 2), [0.68986, 0.21815, 0.06899, 0.02300], atol=5e-6)
    np.testing.assert_allclose(class_shares(COUNTS, 5), [0.43752, 0.27606, 0.17418, 0.11224], atol=5e-6)


def test_weights_and_inflation_match_the_golden_values():
    np.testing.assert_allclose(class_weights(COUNTS, 5), [0.4861, 3.067, 19.35, 112.2], rtol=5e-4)
    assert inflation(COUNTS, 2) == pytest.approx(2.1152, abs=5e-5)
    assert inflation(COUNTS, 5) == pytest.approx(17.0284, abs=5e-5)
    assert inflation(COUNTS, np.inf) == pytest.approx(70.2083, abs=5e-5)


def test_tau_1_is_natural():
    np.testing.assert_allclose(class_shares(COUNTS, 1), np.array(COUNTS) / 10_000, rtol=1e-12)
    np.testing.assert_allclose(class_weights(COUNTS, 1), 1.0, rtol=1e-12)
    assert inflation(COUNTS, 1) == pytest.approx(1.0)


@pytest.mark.parametrize("tau", [1e9, np.inf])
def test_large_tau_is_balanced(tau):
    np.testing.assert_allclose(class_shares(COUNTS, tau), 0.25, rtol=1e-7)
    np.testing.assert_allclose(class_weights(COUNTS, tau), 10_000 / (4 * np.array(COUNTS)), rtol=1e-7)
    limit = np.sum(10_000 / np.array(COUNTS)) / 16
    assert inflation(COUNTS, tau) == pytest.approx(limit, rel=1e-7)


@pytest.mark.parametrize("tau", [1, 5, np.inf])
def test_a_class_without_rows_is_dropped(tau):
    shares = class_shares([50, 0, 5], tau)
    assert shares[1] == 0
    np.testing.assert_allclose(shares[[0, 2]], class_shares([50, 5], tau))
    assert class_weights([50, 0, 5], tau)[1] == 0
    assert expected_repeats([50, 0, 5], tau, 100)[1] == 0


def test_counts_beyond_float_powers_do_not_overflow():
    shares = class_shares([1e300, 1e200, 1.0], 0.5)
    np.testing.assert_allclose(shares, [1, 0, 0], atol=1e-12)


def test_effective_sample_size_is_kishs():
    weight = np.repeat(class_weights(COUNTS, 5), COUNTS)
    kish = weight.sum() ** 2 / (weight**2).sum()
    assert effective_sample_size(COUNTS, 5) == pytest.approx(kish)


def test_expected_repeats_count_the_draws_of_one_row():
    repeats = expected_repeats(COUNTS, 5, 10_000)
    assert (repeats * COUNTS).sum() == pytest.approx(10_000)
    assert repeats[3] == pytest.approx(112.24, abs=0.01)


def enumerate_gradients(seed):
    """All rows with a gradient each: three classes of 12, 5 and 3 rows."""
    rng = np.random.default_rng(seed)
    counts = np.array([12, 5, 3])
    c = np.repeat(np.arange(3), counts)
    gradients = rng.normal(size=(20, 4)) * (1 + c[:, None])
    return counts, c, gradients


@pytest.mark.parametrize("tau", [1, 1.7, 5, 100, np.inf])
def test_the_weighted_full_batch_gradient_is_the_samplers_expectation(tau):
    counts, c, g = enumerate_gradients(0)
    sampled = (class_shares(counts, tau) / counts)[c] @ g
    weighted = (class_weights(counts, tau)[c, None] * g).mean(axis=0)
    np.testing.assert_allclose(weighted, sampled, atol=1e-12)


@pytest.mark.parametrize("tau", [1, 2, 5, np.inf])
def test_the_variance_gap_is_exact(tau):
    counts, c, g = enumerate_gradients(1)
    chance = (class_shares(counts, tau) / counts)[c]
    weight = class_weights(counts, tau)[c]
    mean = chance @ g
    sampling = chance @ (g**2).sum(axis=1) - mean @ mean
    scalarized = ((weight[:, None] * g) ** 2).sum(axis=1).mean() - mean @ mean
    norms = [(g[c == k] ** 2).sum(axis=1).mean() for k in range(3)]
    assert variance_gap(counts, tau, norms) == pytest.approx(scalarized - sampling, abs=1e-10)


def test_with_equal_gradients_the_gap_is_inflation_minus_one():
    assert variance_gap(COUNTS, 5, [2.0] * 4) == pytest.approx(2 * (inflation(COUNTS, 5) - 1))


def test_with_a_large_gradient_in_the_frequent_class_scalarization_varies_less():
    assert variance_gap(COUNTS, 5, [1e4, 1, 1, 1]) < 0


@pytest.mark.parametrize("counts", [[], [0, 0], [3, -1], [[1, 2]], [1, np.nan]])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(DataError, match="one non-negative number a class"):
        class_shares(counts, 2)


@pytest.mark.parametrize("tau", [0, -1, np.nan])
def test_a_temperature_must_be_positive(tau):
    with pytest.raises(UsageError, match="`tau` must be greater than 0"):
        class_shares(COUNTS, tau)
