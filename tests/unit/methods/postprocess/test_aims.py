"""Thresholds by F-beta, cost, floors and capacity."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import fbeta_score

from imbtool.core.errors import NotApplicableError, UsageError
from imbtool.methods.postprocess.aims import check_aim
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.recipe.parser import parse_recipe


def binary(seed=0, n=800, digits=None):
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.0, 1.6, n)
    y = (rng.random(n) < expit(odds)).astype(np.int64)
    p = expit(odds) if digits is None else np.round(expit(odds), digits)
    return np.column_stack((1 - p, p)), y


def cuts_of(proba):
    return [*np.unique(proba[:, 1]), 2.0]


def counts(y, called, weight=None):
    weight = np.ones(len(y)) if weight is None else weight
    hits, alarms = weight[called & (y == 1)].sum(), weight[called & (y == 0)].sum()
    return hits, alarms, weight[y == 1].sum() - hits


def precision(y, called, weight=None):
    hits, alarms, _ = counts(y, called, weight)
    return hits / (hits + alarms) if hits + alarms else 0.0


def recall(y, called, weight=None):
    hits, _, misses = counts(y, called, weight)
    return hits / (hits + misses)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("digits", [None, 1])
def test_no_cut_has_a_better_fbeta(beta, digits):
    proba, y = binary(n=250, digits=digits)
    rule = Threshold(metric="fbeta", beta=beta).fit(proba, y)
    score = [fbeta_score(y, proba[:, 1] >= t, beta=beta, zero_division=0.0) for t in cuts_of(proba)]
    assert fbeta_score(y, rule.predict(proba), beta=beta) == pytest.approx(max(score))


def test_fbeta_of_one_is_f1():
    proba, y = binary(1)
    assert (
        Threshold(metric="fbeta", beta=1.0).fit(proba, y).values_
        == Threshold(metric="f1").fit(proba, y).values_
    )


@pytest.mark.parametrize(("fp", "fn"), [(1.0, 1.0), (1.0, 10.0), (5.0, 2.0), (0.0, 3.0), (3.0, 0.0)])
@pytest.mark.parametrize("weighted", [False, True])
def test_no_cut_costs_less(fp, fn, weighted):
    proba, y = binary(2)
    weight = np.random.default_rng(0).uniform(0.5, 2.0, len(y)) if weighted else None

    def cost(called):
        _, alarms, misses = counts(y, called, weight)
        return fp * alarms + fn * misses

    rule = Threshold(metric="cost", fp=fp, fn=fn).fit(proba, y, weight)
    best = min(cost(proba[:, 1] >= t) for t in cuts_of(proba))
    assert cost(rule.predict(proba) == 1) == pytest.approx(best, abs=1e-8)


def test_the_unit_of_the_costs_does_not_matter():
    proba, y = binary(3)
    values = {
        Threshold(metric="cost", fp=2.0 * u, fn=7.0 * u).fit(proba, y).values_ for u in (1e-6, 1.0, 1e9)
    }
    assert len(values) == 1


@pytest.mark.parametrize(("fp", "fn", "t"), [(1, 1, 0.5), (1, 9, 0.1), (0, 1, 0.0), (4, 1, 0.8)])
def test_elkans_threshold_is_the_share_of_the_cost_of_false_alarms(fp, fn, t):
    proba, y = binary(4)
    assert Threshold(metric="cost", fp=fp, fn=fn, rule="analytic").fit(proba, y).values_ == (t,)


def test_the_searched_cost_threshold_of_honest_scores_is_near_elkans():
    proba, y = binary(5, n=100_000)
    found = Threshold(metric="cost", fp=1.0, fn=9.0).fit(proba, y).values_[0]
    assert found == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("digits", [None, 1])
@pytest.mark.parametrize("floor", [0.3, 0.6, 0.8])
def test_a_precision_floor_is_kept_at_the_greatest_recall(floor, digits):
    proba, y = binary(6, digits=digits)
    rule = Threshold(metric="recall", min_precision=floor).fit(proba, y)
    called = [proba[:, 1] >= t for t in cuts_of(proba)]
    best = max(recall(y, c) for c in called if precision(y, c) >= floor)
    decided = rule.predict(proba) == 1
    assert precision(y, decided) >= floor
    assert recall(y, decided) == pytest.approx(best)
    assert rule.reason_ == ""


@pytest.mark.parametrize("floor", [0.3, 0.6, 0.95, 1.0])
def test_a_recall_floor_is_kept_at_the_greatest_precision(floor):
    proba, y = binary(7)
    rule = Threshold(metric="precision", min_recall=floor).fit(proba, y)
    called = [proba[:, 1] >= t for t in cuts_of(proba)]
    best = max(precision(y, c) for c in called if recall(y, c) >= floor)
    decided = rule.predict(proba) == 1
    assert recall(y, decided) >= floor
    assert precision(y, decided) == pytest.approx(best)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 1.0])
def test_capacity_is_used_up_and_never_exceeded(share):
    proba, y = binary(8)
    rule = Threshold(metric="recall", max_share=share).fit(proba, y)
    assert rule.predict(proba).sum() == int(share * len(y) + 1e-9)


def test_capacity_does_not_split_ties():
    proba, y = binary(8, digits=1)
    called = Threshold(metric="recall", max_share=0.1).fit(proba, y).predict(proba).sum()
    sizes = [(proba[:, 1] >= t).sum() for t in cuts_of(proba)]
    assert called == max(s for s in sizes if s <= 80)


def test_any_metric_can_be_maximised_under_a_floor():
    proba, y = binary(9)
    free = Threshold(metric="f1").fit(proba, y)
    tight = Threshold(metric="f1", max_share=0.05).fit(proba, y)
    assert tight.predict(proba).mean() <= 0.05 < free.predict(proba).mean()


def test_floors_that_no_cut_keeps_are_told_with_what_was_reached():
    p = np.array([0.9, 0.8, 0.7, 0.2])
    y = np.array([0, 1, 1, 0])
    rule = Threshold(metric="recall", min_precision=0.9).fit(np.column_stack((1 - p, p)), y)
    assert rule.reason_ == (
        "no threshold keeps min_precision=0.9 (reached 0.667) on the out-of-fold scores; "
        "the nearest was taken"
    )
    assert rule.values_ == pytest.approx((0.45,))


def test_capacity_below_the_ties_at_the_top_is_told():
    proba = np.array([[0.0, 1.0]] * 5 + [[1.0, 0.0]] * 5)
    rule = Threshold(metric="recall", max_share=0.1).fit(proba, np.array([1] * 4 + [0] * 6))
    assert "max_share=0.1 (reached 0.5)" in rule.reason_
    assert rule.predict(proba).sum() == 5


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_several_classes_have_a_macro_fbeta(beta):
    rng = np.random.default_rng(0)
    logits = 1.2 * rng.normal(size=(1_000, 4)) - np.arange(4)
    proba = softmax(logits, axis=1)
    y = (proba.cumsum(axis=1) < rng.random((1_000, 1))).sum(axis=1)
    rule = Threshold(metric="fbeta", beta=beta).fit(proba, y)
    tuned, plain = (
        fbeta_score(y, c, beta=beta, average="macro") for c in (rule.predict(proba), proba.argmax(1))
    )
    assert tuned > plain
    offsets = np.array(rule.values_)
    for k in range(4):  # no single offset can be moved to a better place
        for step in np.linspace(-2.0, 2.0, 41):
            moved = offsets + step * (np.arange(4) == k)
            other = (np.log(proba) + moved).argmax(axis=1)
            assert fbeta_score(y, other, beta=beta, average="macro") <= tuned + 1e-9


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"metric": "cost"}, "threshold(metric=cost) is for two classes; there are 3"),
        ({"metric": "recall", "max_share": 0.1}, "threshold(metric=recall) is for two"),
        ({"metric": "mcc", "min_recall": 0.1}, "threshold(min_recall) is for two"),
    ],
)
def test_aims_for_two_classes_are_not_applicable_to_more(params, text):
    proba = np.full((6, 3), 1 / 3)
    with pytest.raises(NotApplicableError) as caught:
        Threshold(**params).fit(proba, np.array([0, 1, 2] * 2))
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("recipe", "text"),
    [
        ("threshold(metric=recall)", "recall alone is greatest when every row is called positive"),
        ("threshold(metric=recall, min_recall=0.5)", "recall alone"),
        ("threshold(metric=precision)", "precision alone is greatest when hardly any row"),
        ("threshold(beta=3)", "`beta` goes with metric=fbeta; got metric=f1"),
        ("threshold(metric=mcc, fn=3)", "`fn` goes with metric=cost; got metric=mcc"),
        ("threshold(metric=f1, rule=analytic)", "`rule` goes with metric=cost"),
        ("threshold(metric=cost, rule=analytic, max_share=0.1)", "cannot keep max_share"),
        ("threshold(metric=cost, fp=0, fn=0)", "cannot both be 0"),
        ("threshold(min_precision=1.5)", "of at least 0 and at most 1"),
    ],
)
def test_contradictions_are_refused_before_anything_is_trained(recipe, text):
    with pytest.raises(UsageError, match="threshold") as caught:
        parse_recipe(recipe)
    assert text in str(caught.value)
    assert caught.value.hint


def test_the_library_refuses_the_same_contradictions():
    proba, y = binary(n=50)
    with pytest.raises(UsageError, match="recall alone"):
        Threshold(metric="recall").fit(proba, y)
    check_aim({"metric": "recall", "max_share": 0.0})


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Threshold(), "f1"),
        (Threshold(metric="recall", min_precision=0.9), "recall, min_precision=0.9"),
        (Threshold(metric="cost", fp=1, fn=20), "cost, fp=1, fn=20"),
        (Threshold(metric="cost", fn=20.0, rule="analytic"), "cost, fp=1, fn=20, rule=analytic"),
        (Threshold(metric="fbeta"), "fbeta, beta=2"),
    ],
)
def test_a_threshold_says_what_it_was_chosen_by(rule, said):
    assert rule.aim == said
