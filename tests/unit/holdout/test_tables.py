"""Reliability, top of the ranking and class shares against training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_score
from tests.unit.holdout.made import scored

from imbtool.holdout.intervals import measured, point_values
from imbtool.holdout.measures import at_top, metric_named, top_of
from imbtool.holdout.run import catalogue
from imbtool.holdout.tables import reliability, shift_of, top_table


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("decimals", [None, 1])
def test_the_bins_hold_every_row_once_and_add_up_to_the_calibration_error(weighted, decimals):
    rows = scored(500, weighted=weighted, decimals=decimals)
    (found,) = reliability(rows)
    assert found.label == "b"
    assert sum(one.rows for one in found.bins) == 500
    assert [one.low for one in found.bins] == sorted(one.low for one in found.bins)
    if not weighted:
        gap = sum(one.rows * abs(one.stated - one.observed) for one in found.bins) / 500
        error = point_values(rows, [metric_named("calibration_error")])["calibration_error"]
        assert gap == pytest.approx(error)
    for one in found.bins:
        assert one.low <= one.stated <= one.high
        assert one.observed_low <= one.observed <= one.observed_high


def test_several_classes_have_a_table_each_the_rarest_first():
    rows = scored(300, 3)
    order = [found.label for found in reliability(rows)]
    assert [rows.counts["abc".index(label)] for label in order] == sorted(rows.counts)
    assert reliability(replace(rows, probabilities=False)) == ()


def test_the_lift_is_precision_over_the_share_of_positives():
    rows = scored(400)
    tops = (top_of("10%"), top_of("25"))
    wanted = [at_top(kind, top) for top in tops for kind in ("precision@top", "recall@top")]
    known = measured(rows, wanted, resamples=100, seed=0)
    tenth, few = top_table(rows, tops, known)
    assert (tenth.top, tenth.rows, few.top, few.rows) == ("10%", 40, "25", 25)
    assert tenth.lift == pytest.approx(tenth.precision.value / (rows.counts[1] / 400))
    best = np.sort(rows.y[np.argsort(-rows.proba[:, 1])][:25])
    assert few.precision.value == pytest.approx(best.mean())
    assert top_table(scored(90, 3), tops, {}) == ()


def test_rows_weighted_to_the_shares_of_training_give_its_metrics():
    rows = scored(3000, share=0.4)
    known = measured(rows, catalogue(rows), resamples=100, seed=0)
    found = shift_of(rows, (900, 100), catalogue(rows), known)
    assert found.clear
    weight = np.where(rows.y == 1, 0.1 / (rows.y == 1).mean(), 0.9 / (rows.y == 0).mean())
    expected = average_precision_score(rows.y, rows.proba[:, 1], sample_weight=weight)
    assert found.at_training["pr_auc"] == pytest.approx(expected)
    assert found.at_training["precision"] == pytest.approx(
        precision_score(rows.y, rows.decided, sample_weight=weight)
    )
    assert found.at_training["roc_auc"] == pytest.approx(known["roc_auc"].value)
    assert found.at_training["recall"] == pytest.approx(known["recall"].value)
    (one,) = found.classes
    here = rows.counts[1] / 3000
    assert one.log_odds == pytest.approx(np.log(here / (1 - here)) - np.log(0.1 / 0.9))
    assert any(f"{one.log_odds:.2f}" in text and "too low" in text for text in found.sentences)


def test_the_log_odds_shift_is_the_calibration_intercept_that_it_causes():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 9, 200_000)
    y = (rng.random(200_000) < p).astype(np.int64)
    kept = (y == 1) | (rng.random(200_000) < 0.25)
    rows = replace(
        scored(10),
        y=y[kept],
        proba=np.column_stack([1 - p, p])[kept],
        decided=y[kept],
        decided_default=y[kept],
    )
    training = tuple(np.bincount(y).tolist())
    shift = shift_of(rows, training, [metric_named("calibration_intercept")], {})
    intercept = point_values(rows, [metric_named("calibration_intercept")])["calibration_intercept"]
    assert shift.classes[0].log_odds == pytest.approx(np.log(4), abs=0.03)
    assert intercept == pytest.approx(shift.classes[0].log_odds, abs=0.05)
    assert shift.at_training["calibration_intercept"] == pytest.approx(0, abs=0.05)


def test_equal_shares_are_said_to_be_equal_and_no_training_says_nothing():
    rows = scored(300)
    found = shift_of(rows, rows.counts, [metric_named("pr_auc")], {})
    assert not found.clear
    assert found.sentences == ("Class shares are those of training, as far as these rows can tell.",)
    assert shift_of(rows, None, [], {}) is None


def test_several_classes_have_a_share_each():
    rows = scored(300, 3)
    known = measured(rows, catalogue(rows), resamples=100, seed=0)
    found = shift_of(rows, (800, 100, 100), catalogue(rows), known)
    assert [one.label for one in found.classes] == ["a", "b", "c"]
    assert sum(one.training for one in found.classes) == pytest.approx(1)
    assert found.clear
    assert np.isfinite(found.at_training["pr_auc"])
