"""Moving the decision threshold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn import metrics as reference
from sklearn.base import clone

from imbtool.core.errors import UsageError
from imbtool.core.protocols import DecisionRule
from imbtool.methods.baseline import Nothing
from imbtool.methods.postprocess.threshold import Threshold, default_rule
from imbtool.metrics import decision

METRICS = ("f1", "mcc", "balanced_accuracy", "g_mean")


def binary(seed=0, n=600, digits=None):
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.5, 1.5, n)
    y = (rng.random(n) < expit(odds)).astype(np.int64)
    p = expit(odds)
    p = p if digits is None else np.round(p, digits)
    return np.column_stack((1 - p, p)), y


def multiclass(seed=0, n=1_500, n_classes=4):
    rng = np.random.default_rng(seed)
    logits = 1.2 * rng.normal(size=(n, n_classes)) - np.arange(n_classes)
    y = (softmax(logits, axis=1).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return softmax(logits, axis=1), y


def value(metric, y, predicted, n_classes, weight=None):
    return getattr(decision, metric)(y, predicted, n_classes, weight)


@pytest.mark.parametrize("digits", [None, 1])
@pytest.mark.parametrize("metric", METRICS)
def test_no_cut_beats_the_chosen_one(metric, digits):
    proba, y = binary(1, digits=digits)
    rule = Threshold(metric=metric).fit(proba, y)
    cuts = [*np.unique(proba[:, 1]), 2.0]
    best = max(value(metric, y, (proba[:, 1] >= t).astype(int), 2) for t in cuts)
    assert value(metric, y, rule.predict(proba), 2) == pytest.approx(best, abs=1e-12)


def test_a_threshold_is_a_decision_rule_that_clones():
    rule = clone(Threshold(metric="mcc"))
    assert rule.metric == "mcc"
    proba, y = binary()
    assert isinstance(rule.fit(proba, y), DecisionRule)
    assert rule.predict(proba).dtype == np.int64


def test_without_a_metric_f1_is_maximised():
    proba, y = binary(2)
    assert Threshold().fit(proba, y).values_ == Threshold(metric="f1").fit(proba, y).values_


def test_the_threshold_lies_half_way_between_neighbouring_scores():
    p = np.array([0.1, 0.2, 0.6, 0.7])
    proba = np.column_stack((1 - p, p))
    assert Threshold().fit(proba, np.array([0, 0, 1, 1])).values_ == pytest.approx((0.4,))


def test_on_a_plateau_the_middle_cut_is_taken():
    # Balanced accuracy is flat over the rows of weight 1e-15 between the classes.
    p = np.array([0.1, 0.15, 0.3, 0.4, 0.5, 0.8, 0.9])
    y = np.array([0, 0, 0, 0, 0, 1, 1])
    weight = np.array([1, 1, 1e-15, 1e-15, 1e-15, 1, 1])
    rule = Threshold(metric="balanced_accuracy").fit(np.column_stack((1 - p, p)), y, weight)
    # Equally good are 0.65, 0.45, 0.35 and 0.225.
    assert rule.values_ == pytest.approx((0.45,))


def test_scores_without_skill_do_not_turn_every_row_positive_for_mcc():
    p = np.array([0.1, 0.2, 0.3, 0.4])
    rule = Threshold(metric="mcc").fit(np.column_stack((1 - p, p)), np.array([1, 1, 0, 0]))
    assert rule.predict(np.column_stack((1 - p, p))).sum() == 0


def test_neighbouring_doubles_can_still_be_told_apart():
    low = 0.3
    p = np.array([0.1, low, np.nextafter(low, 1), 0.9])
    proba = np.column_stack((1 - p, p))
    rule = Threshold().fit(proba, np.array([0, 0, 1, 1]))
    assert rule.predict(proba).tolist() == [0, 0, 1, 1]


def test_a_threshold_below_every_score_stays_a_probability():
    p = np.array([0.0, 0.0, 0.5, 0.6, 0.7])
    proba = np.column_stack((1 - p, p))
    rule = Threshold().fit(proba, np.array([1, 1, 1, 0, 0]))
    assert rule.predict(proba).tolist() == [1, 1, 1, 1, 1]
    assert 0.0 <= rule.values_[0] <= 1.0


@pytest.mark.parametrize(("y", "text"), [([0, 0, 0, 1], "3, 1"), ([0] * 4, "4, 0"), ([1, 1, 1, 0], "1, 3")])
def test_too_few_rows_of_a_class_keep_the_default_and_say_so(y, text):
    p = np.array([0.1, 0.2, 0.3, 0.4])
    rule = Threshold().fit(np.column_stack((1 - p, p)), np.array(y))
    assert rule.values_ == (0.5,)
    assert text in rule.reason_


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(3))
def test_offsets_are_never_worse_than_the_largest_probability(metric, seed):
    proba, y = multiclass(seed)
    rule = Threshold(metric=metric).fit(proba, y)
    plain = value(metric, y, proba.argmax(axis=1), 4)
    assert value(metric, y, rule.predict(proba), 4) >= plain
    assert sum(rule.values_) == pytest.approx(0.0, abs=1e-9)
    assert rule.reason_ == ""


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", METRICS)
def test_offsets_cannot_be_improved_one_class_at_a_time(metric, weighted):
    proba, y = multiclass(3, n=150, n_classes=3)
    weight = np.random.default_rng(3).uniform(0.5, 2, 150) if weighted else None
    rule = Threshold(metric=metric).fit(proba, y, weight)
    found = value(metric, y, rule.predict(proba), 3, weight)
    logs, offsets = np.log(proba), np.array(rule.values_)
    for k in range(3):
        others = np.delete(logs + offsets, k, axis=1).max(axis=1)
        needed = np.sort(others - logs[:, k])
        for offset in [needed[0] - 1, *(needed[1:] + needed[:-1]) / 2, needed[-1] + 1]:
            moved = np.where(np.arange(3) == k, offset, offsets)
            trial = value(metric, y, np.argmax(logs + moved, axis=1), 3, weight)
            assert trial <= found + 1e-9


def test_offsets_help_a_rare_class_as_much_as_a_prior_correction():
    proba, y = multiclass(4, n=5_000)
    rule = Threshold(metric="balanced_accuracy").fit(proba, y)
    shares = np.bincount(y) / len(y)
    corrected = np.argmax(proba / shares, axis=1)
    best = reference.balanced_accuracy_score(y, rule.predict(proba))
    assert best >= reference.balanced_accuracy_score(y, corrected)
    assert best > reference.balanced_accuracy_score(y, proba.argmax(axis=1)) + 0.1


def test_g_mean_climbs_out_of_two_classes_never_predicted():
    proba, y = multiclass(5, n=3_000, n_classes=6)
    proba = proba * np.array([1, 1, 1, 1, 0.01, 0.01])
    proba /= proba.sum(axis=1, keepdims=True)
    assert len(np.unique(proba.argmax(axis=1))) == 4
    rule = Threshold(metric="g_mean").fit(proba, y)
    assert decision.g_mean(y, rule.predict(proba), 6) > 0.2


def test_multiclass_with_one_class_that_has_rows_keeps_the_default():
    proba, _ = multiclass(6, n=50)
    rule = Threshold().fit(proba, np.full(50, 2))
    assert rule.values_ == (0.0,) * 4
    assert rule.reason_


def test_an_absent_class_does_not_disturb_the_search():
    proba, y = multiclass(7, n=800)
    y = np.where(y == 3, 1, y)
    rule = Threshold(metric="f1").fit(proba, y)
    assert np.isfinite(rule.values_).all()
    assert value("f1", y, rule.predict(proba), 4) >= value("f1", y, proba.argmax(axis=1), 4)


def test_the_default_rule_is_one_half_or_the_largest_probability():
    assert default_rule(2).values_ == (0.5,)
    assert default_rule(2).predict(np.array([[0.5, 0.5], [0.51, 0.49]])).tolist() == [1, 0]
    proba, _ = multiclass(8)
    assert default_rule(4).values_ == (0.0,) * 4
    assert (default_rule(4).predict(proba) == proba.argmax(axis=1)).all()


def test_an_unknown_metric_is_answered_with_a_suggestion():
    with pytest.raises(UsageError, match="must be one of f1, mcc") as caught:
        Threshold(metric="gmean").fit(*binary())
    assert "Did you mean 'g_mean'?" in caught.value.hint


def test_twenty_thousand_rows_of_twelve_classes_take_well_below_two_seconds():
    import time

    proba, y = multiclass(9, n=20_000, n_classes=12)
    start = time.process_time()
    Threshold().fit(proba, y)
    assert time.process_time() - start < 2.0


def test_nothing_is_an_estimator_without_parameters():
    assert clone(Nothing()).get_params() == {}
