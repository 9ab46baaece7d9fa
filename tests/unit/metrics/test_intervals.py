"""Intervals from the values of resamples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imbtool.metrics.intervals import (
    acceleration_of,
    delta_logit_interval,
    interval,
    logit_interval,
    percentile_interval,
    widened,
)


def test_an_interval_of_symmetric_values_is_their_percentiles():
    values = np.linspace(0, 1, 10_001)
    assert interval(values, 0.5) == pytest.approx((0.025, 0.975), abs=1e-4)
    assert percentile_interval(values, 0.5) == pytest.approx((0.025, 0.975), abs=1e-4)


def test_resamples_that_lie_above_the_value_pull_the_interval_down():
    values = np.linspace(0.2, 1.2, 1001)
    low, high = interval(values, 0.4)
    assert low < np.quantile(values, 0.025)
    assert high < np.quantile(values, 0.975)


VALUES = st.lists(st.floats(-5, 5), min_size=1, max_size=40)


@given(VALUES, st.floats(-5, 5), st.none() | st.integers(0, 200), st.floats(-0.2, 0.2))
def test_an_interval_holds_the_value_whatever_the_resamples_are(values, point, rows, skew):
    low, high = interval(np.array(values), point, rows=rows, acceleration=skew)
    assert low <= point <= high
    low, high = percentile_interval(np.array(values), point, rows=rows)
    assert low <= point <= high


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.floats(0.01, 0.99), st.booleans())
def test_an_interval_on_the_log_odds_stays_within_them_and_holds_the_value(values, point, delta):
    made = delta_logit_interval if delta else logit_interval
    low, high = made(np.array(values), point)
    assert 0.0 <= low <= point <= high <= 1.0


def test_an_interval_on_the_log_odds_is_normal_there():
    odds = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 0.4 + 2.0
    low, high = logit_interval(1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(-2.0)))
    assert np.log(low / (1 - low)) == pytest.approx(2.0 - 1.96 * 0.4, abs=1e-3)
    assert np.log(high / (1 - high)) == pytest.approx(2.0 + 1.96 * 0.4, abs=1e-3)
    assert np.isnan(logit_interval(np.array([0.5]), 1.0)).all()


def test_a_standard_error_is_carried_to_the_log_odds() -> None:
    values = 0.8 + 0.05 * stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    low, high = delta_logit_interval(values, 0.8)
    se = 0.05 / (0.8 * 0.2)
    assert np.log([low / (1 - low), high / (1 - high)]) == pytest.approx(
        np.log(4.0) + np.array([-1.96, 1.96]) * se, abs=1e-3
    )


def test_few_rows_widen_an_interval_as_students_t_does():
    assert widened(0.95, None) == pytest.approx(1.95996, abs=1e-5)
    assert widened(0.95, 20) == pytest.approx(stats.t.ppf(0.975, 19) * np.sqrt(20 / 19))
    values = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    assert interval(values, 0.0, rows=20)[1] == pytest.approx(widened(0.95, 20), abs=0.01)


def test_skewed_losses_move_the_interval_as_in_scipy():
    rng = np.random.default_rng(5)
    losses = rng.exponential(size=60)
    drawn = np.array([rng.choice(losses, 60).mean() for _ in range(20_000)])
    reference = stats.bootstrap(
        (losses,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(6), vectorized=True
    ).confidence_interval
    found = interval(drawn, losses.mean(), acceleration=acceleration_of(losses))
    assert found == pytest.approx((reference.low, reference.high), abs=0.01)
    assert acceleration_of(np.ones(5)) == 0.0
    twice = acceleration_of(losses, np.full(60, 2.0))
    assert twice == pytest.approx(acceleration_of(losses))


def test_resamples_all_on_one_side_are_mirrored_and_stay_within_the_limits():
    values = np.linspace(0.2, 0.4, 1001)
    low, high = interval(values, 0.15)
    assert (low, high) == (pytest.approx(0.3 - 0.395), 0.15)
    assert interval(values, 0.15, limits=(0.0, 1.0)) == (0.0, 0.15)
    assert interval(values, 0.5)[0] == 0.5
    assert interval(values, 0.5)[1] == pytest.approx(1 - 0.205)


@pytest.mark.parametrize("made", [interval, percentile_interval, logit_interval, delta_logit_interval])
def test_what_is_undefined_has_no_interval(made):
    assert np.isnan(made(np.array([np.nan, np.nan]), 0.5)).all()
    assert np.isnan(made(np.array([0.1, 0.2]), float("nan"))).all()


def test_resamples_that_are_all_the_value_have_no_width():
    assert interval(np.array([0.1, np.nan, 0.1]), 0.1) == (0.1, 0.1)
