"""Rows decided by their own money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError
from imbtool.core.price import Price
from imbtool.methods.postprocess.aimed import Aim
from imbtool.methods.postprocess.expected_gain import ExpectedGain
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.metrics.money import stakes_of
from imbtool.recipe.finishing import finish
from imbtool.recipe.parser import parse_recipe

MONEY = st.floats(-50, 50)
Y = np.array([0, 1, 0, 1, 0, 0])
ACTING = np.tile([-1.0, 3.0], (6, 1))


def pair(p):
    return np.column_stack([1 - np.asarray(p), np.asarray(p)])


def ruled(p, acting):
    return ExpectedGain().fit(pair(p), np.arange(len(p)) % 2).predict(pair(p), np.asarray(acting))


@given(st.lists(st.tuples(st.floats(0, 1), MONEY, MONEY), min_size=2, max_size=30))
@settings(max_examples=80, deadline=None)
def test_no_other_decisions_are_expected_to_bring_more(rows):
    p, if_negative, if_positive = np.array(rows).T
    decided = ruled(p, np.column_stack([if_negative, if_positive]))
    expected = (1 - p) * if_negative + p * if_positive
    assert (expected * decided).sum() == pytest.approx(np.maximum(expected, 0).sum())
    assert not decided[expected == 0].any()


def test_with_the_same_money_in_all_rows_it_is_the_analytic_threshold():
    p = np.random.default_rng(0).random(300)
    rule = Threshold(metric="cost", fn=7.0, fp=2.0, rule="analytic").fit(pair(p), np.arange(300) % 2)
    acting = stakes_of(Price(cost_fn=7.0, cost_fp=2.0), np.zeros(300, dtype=int), ("no", "yes")).acting
    np.testing.assert_array_equal(ruled(p, acting), rule.predict(pair(p)))


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 9), MONEY), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_what_it_is_told_of_a_row_does_not_depend_on_the_class_of_the_row(rows):
    y, cost, value = np.array(rows).T
    price = Price(cost_fn=4.0, cost_fp=2.0, cost_column="c", value_column="v")
    told = [stakes_of(price, c.astype(int), ("no", "yes"), cost=cost, value=value) for c in (y, 1 - y)]
    np.testing.assert_array_equal(told[0].acting, told[1].acting)
    here = told[0].acting[np.arange(len(y)), y.astype(int)]
    np.testing.assert_allclose(here, told[0].gain, atol=1e-12)
    np.testing.assert_array_equal(told[0].take(y == 1).acting, told[0].acting[y == 1])


def test_it_decides_two_classes_and_nothing_without_money():
    rule = ExpectedGain()
    with pytest.raises(NotApplicableError, match="is for two classes; there are 3"):
        rule.fit(np.full((6, 3), 1 / 3), np.arange(6) % 3)
    with pytest.raises(ValueError, match="none was given"):
        rule.fit(pair(np.full(6, 0.5)), Y).predict(pair(np.full(6, 0.5)))


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (None, "needs money that differs from row to row: --value-column or --cost-column"),
        (Price(cost_fn=2.0, cost_fp=1.0), "needs money that differs from row to row"),
        (Price(value_column="v", cost_fp=1.0, top_k=3), "so it keeps no capacity"),
        (Price(value_column="v", cost_fp=1.0, min_recall=0.5), "so it keeps no floor"),
    ],
)
def test_a_recipe_is_refused_where_rows_have_no_money_or_something_else_must_be_kept(price, words):
    aim = None if price is None else Aim(words="money", acting=ACTING, not_by_row=price.not_by_row)
    with pytest.raises(NotApplicableError, match=words) as caught:
        finish(parse_recipe("expected_gain"), pair(np.full(6, 0.5)), Y, aim=aim)
    assert caught.value.code == "no-row-money"


@pytest.mark.parametrize(("recipe", "told"), [("smote", True), ("smote+sigmoid", False), ("none", False)])
def test_probabilities_that_training_moved_and_nothing_mended_are_told(recipe, told):
    aim = Aim(words="money", gain=ACTING[np.arange(6), Y], acting=ACTING)
    scores = pair([0.1, 0.7, 0.2, 0.6, 0.3, 0.4])
    done = finish(parse_recipe(f"{recipe}+expected_gain"), scores, Y, aim=aim)
    assert done.rule.values_ == ()
    assert ("put a calibrator before expected_gain" in done.rule.reason_) == told
