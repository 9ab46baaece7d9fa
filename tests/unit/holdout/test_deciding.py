"""Intervals, outcomes of gates, and how many rows would settle them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.holdout.made import scored

from imbtool.holdout.decide import outcome_of, rows_for_enough, rows_to_settle
from imbtool.holdout.intervals import (
    differences,
    effective,
    measured,
    resamples_for,
    unpaired,
    wilson,
)
from imbtool.holdout.measures import metric_named
from imbtool.holdout.result import Measured


def of(value, low, high):
    return Measured(value=value, low=low, high=high, how="")


@pytest.mark.parametrize(
    ("found", "sign", "limit", "outcome"),
    [
        (of(0.5, 0.45, 0.55), ">=", 0.4, "pass"),
        (of(0.5, 0.45, 0.55), ">=", 0.45, "pass"),
        (of(0.5, 0.45, 0.55), ">", 0.45, "inconclusive"),
        (of(0.5, 0.45, 0.55), ">=", 0.5, "inconclusive"),
        (of(0.5, 0.45, 0.55), ">=", 0.55, "inconclusive"),
        (of(0.5, 0.45, 0.55), ">=", 0.56, "fail"),
        (of(0.5, 0.45, 0.55), "<=", 0.56, "pass"),
        (of(0.5, 0.45, 0.55), "<", 0.44, "fail"),
        (of(0.5, 0.45, 0.55), "<=", 0.5, "inconclusive"),
        (of(0.0, 0.0, 0.0), ">=", 0.0, "pass"),
        (of(0.0, 0.0, 0.0), ">", 0.0, "fail"),
        (of(0.0, 0.0, 0.0), ">=", -0.01, "pass"),
        (of(0.1 + 0.2, 0.1 + 0.2, 0.4), ">=", 0.3, "pass"),
        (of(0.3, 0.3, 0.4), ">=", 0.1 + 0.2, "pass"),
        (of(float("nan"), float("nan"), float("nan")), ">=", 0.0, "inconclusive"),
    ],
)
def test_a_gate_is_decided_by_its_whole_interval(found, sign, limit, outcome):
    assert outcome_of(found, sign, limit) == outcome


@given(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3), st.floats(0, 1))
def test_a_condition_and_its_opposite_never_both_pass(value, below, above, limit):
    found = of(value, value - below, value + above)
    outcomes = {outcome_of(found, ">=", limit), outcome_of(found, "<", limit)}
    assert outcomes in ({"pass", "fail"}, {"inconclusive"})


@pytest.mark.parametrize(("sign", "limit"), [(">=", 0.48), (">=", 0.52), ("<=", 0.48), ("<=", 0.52)])
def test_with_the_rows_that_are_asked_for_the_interval_ends_before_the_limit(sign, limit):
    found = of(0.5, 0.4, 0.6)
    needed = rows_to_settle(found, sign, limit, 1000)
    assert needed == 25_000
    shrunk = (1000 / (needed + 1)) ** 0.5
    settled = of(0.5, 0.5 - 0.1 * shrunk, 0.5 + 0.1 * shrunk)
    assert outcome_of(settled, sign, limit) != "inconclusive"


def test_no_number_of_rows_settles_a_value_at_the_limit():
    assert rows_to_settle(of(0.5, 0.4, 0.6), ">=", 0.5, 1000) is None
    assert rows_to_settle(of(float("nan"), 0, 1), ">=", 0.5, 1000) is None


def test_a_small_slice_needs_rows_until_it_has_ten_of_each_class():
    rows = scored(100, share=0.05, seed=1)
    positives = rows.counts[1]
    assert 1 <= positives < 10
    assert rows_for_enough(rows) == pytest.approx(1000 / positives, abs=1)
    assert rows_for_enough(rows.take(rows.y == 0)) is None


def test_wilson_gives_the_published_values():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81/263, 15/148, 0/20, 1/29.
    for hits, n, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits / n, n) == pytest.approx((low, high), abs=6e-5)
    assert np.isnan(wilson(0.5, 0)).all()


def test_recall_and_precision_take_wilson_over_their_own_rows():
    rows = scored(300)
    found = measured(rows, [metric_named("recall"), metric_named("precision_default")], resamples=100, seed=0)
    assert found["recall"].how == "wilson"
    assert (found["recall"].low, found["recall"].high) == wilson(found["recall"].value, rows.counts[1])
    called = int(rows.decided_default.sum())
    assert found["precision_default"].low == wilson(found["precision_default"].value, called)[0]


def test_weights_leave_fewer_effective_rows():
    assert effective(np.ones(7)) == 7
    assert effective(np.array([1.0, 1.0, 0.0])) == 2
    weighted = scored(300, weighted=True)
    wide = measured(weighted, [metric_named("recall")], resamples=100, seed=0)["recall"]
    assert wide.high - wide.low > np.subtract(*wilson(wide.value, weighted.counts[1])[::-1])


def test_where_nothing_went_wrong_the_interval_still_has_width():
    rows = scored(60)
    perfect = np.column_stack([1.0 - rows.y, rows.y])
    rows = replace(rows, proba=perfect, decided=rows.y, decided_default=rows.y)
    found = measured(
        rows, [metric_named(n) for n in ("roc_auc", "f1", "recall", "brier")], resamples=100, seed=0
    )
    fewest = min(rows.counts)
    for name in ("roc_auc", "f1"):
        assert (found[name].value, found[name].high, found[name].how) == (1, 1, "exact")
        assert found[name].low == pytest.approx(0.025 ** (1 / fewest))
    assert found["recall"].low < 1
    assert (found["brier"].low, found["brier"].high) == pytest.approx((0, 1 - 0.025 ** (1 / fewest)))


def test_a_paired_difference_of_equal_scores_is_exactly_nothing():
    rows = scored(200)
    measure = metric_named("pr_auc")
    found = differences(rows, rows, {measure: [1.0, 0.5]}, resamples=100, seed=0)
    assert (found["pr_auc", 1.0].low, found["pr_auc", 1.0].high) == (0, 0)
    half = found["pr_auc", 0.5]
    assert half.low < half.value < half.high
    assert half.value == pytest.approx(0.5 * measured(rows, [measure], resamples=100, seed=0)["pr_auc"].value)


@pytest.mark.parametrize("seed", range(3))
def test_no_end_of_a_paired_difference_leaves_what_is_possible(seed):
    rows = scored(30, seed=seed, share=0.05)
    turned = replace(rows, proba=rows.proba[:, ::-1].copy())
    measure = metric_named("roc_auc")
    found = differences(rows, turned, {measure: [1.0, 0.5, 0.0]}, resamples=60, seed=seed)
    for factor in (1.0, 0.5, 0.0):
        one = found["roc_auc", factor]
        assert -factor <= one.low <= one.value <= one.high <= 1.0
    assert found["roc_auc", 1.0].high == 1.0


def test_an_unpaired_difference_adds_the_ends_in_squares():
    found = unpaired(of(0.5, 0.47, 0.54), of(0.4, 0.36, 0.43), 1.0)
    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1 - np.hypot(0.03, 0.03))
    assert found.high == pytest.approx(0.1 + np.hypot(0.04, 0.04))
    half = unpaired(of(0.5, 0.5, 0.5), of(0.4, 0.36, 0.43), 0.5)
    assert (half.low, half.high) == pytest.approx((0.3 - 0.015, 0.3 + 0.02))


def test_very_many_rows_get_fewer_resamples():
    rows = scored(100)
    assert resamples_for(rows, 2000) == 2000
    assert resamples_for(rows, 300) == 300
    many = replace(rows, y=np.zeros(1_000_000, dtype=np.int64))
    assert resamples_for(many, 2000) == 400


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth = measured(scored(200_000, seed=99), [metric_named("roc_auc")], resamples=2, seed=0)[
        "roc_auc"
    ].value
    held = 0
    for seed in range(120):
        found = measured(scored(250, seed=seed), [metric_named("roc_auc")], resamples=200, seed=seed)[
            "roc_auc"
        ]
        held += found.low <= truth <= found.high
    assert 0.9 <= held / 120 < 1.0
