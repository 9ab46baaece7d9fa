"""Thresholds by money, floors and capacity, and decisions of least expected cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.methods.postprocess.aimed import Aim, AimedThreshold
from imbtool.methods.postprocess.cut import Floors
from imbtool.methods.postprocess.expected_cost import ExpectedCost
from imbtool.methods.postprocess.threshold import Threshold


def pair(p):
    return np.column_stack([1 - np.asarray(p), np.asarray(p)])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1), st.integers(-5, 5)), min_size=6, max_size=40))
@settings(max_examples=80, deadline=None)
def test_no_cut_brings_more_money_than_the_one_chosen(rows):
    score, y, gain = (np.array(column) for column in zip(*rows, strict=True))
    if min(np.bincount(y, minlength=2)) < 2:
        return
    rule = AimedThreshold(Aim(words="money", gain=gain.astype(float))).fit(pair(score / 10), y)
    chosen = gain[rule.predict(pair(score / 10)) == 1].sum()
    cuts = [gain[score >= cut].sum() for cut in range(11)]
    assert chosen == max(cuts)


def test_constant_costs_choose_the_cut_that_the_cost_metric_chooses():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 200)
    proba = pair(np.clip(0.3 * y + rng.random(200) * 0.7, 0, 1))
    gain = np.where(y == 1, 7.0, -2.0)
    ours = AimedThreshold(Aim(words="money", gain=gain)).fit(proba, y)
    theirs = Threshold(metric="cost", fn=7.0, fp=2.0).fit(proba, y)
    assert np.array_equal(ours.predict(proba), theirs.predict(proba))


def test_a_capacity_is_used_whole_and_never_passed():
    proba, y = pair(np.linspace(0, 0.99, 100)), np.arange(100) % 2
    rule = AimedThreshold(Aim(words="top", floors=Floors(max_share=0.2))).fit(proba, y)
    assert rule.predict(proba).sum() == 20


def test_floors_that_no_cut_keeps_are_said_so():
    y = np.array([0, 1, 0, 1, 0, 0])
    rule = AimedThreshold(Aim(words="floors", metric="recall", floors=Floors(min_precision=0.9)))
    rule.fit(pair([0.9, 0.8, 0.7, 0.6, 0.5, 0.4]), y)
    assert rule.reason_.startswith("no threshold keeps a precision of 0.9 on the out-of-fold scores")


def test_calibrated_probabilities_are_decided_by_bayes_rule():
    costs = np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 1.0], [9.0, 3.0, 0.0]])
    rule = ExpectedCost(costs=costs.tolist())
    rule.values_ = tuple(costs.ravel())
    proba = np.random.default_rng(0).dirichlet(np.ones(3), 50)
    assert np.array_equal(rule.predict(proba), (proba @ costs).argmin(axis=1))


def test_factors_mend_probabilities_that_training_has_tilted():
    rng = np.random.default_rng(2)
    costs = np.array([[0.0, 1.0, 1.0], [5.0, 0.0, 1.0], [20.0, 2.0, 0.0]])
    proba = rng.dirichlet([6, 1.0, 0.5], 1500)
    y = np.array([rng.choice(3, p=p) for p in proba])
    tilted = proba * [1, 12, 30]
    tilted /= tilted.sum(axis=1, keepdims=True)
    plain = ExpectedCost(costs=costs.tolist())
    plain.values_ = tuple(costs.ravel())
    mended = ExpectedCost(costs=costs.tolist()).fit(tilted, y)

    def paid(decided):
        return costs[y, decided].mean()

    assert paid(mended.predict(tilted)) < 0.9 * paid(plain.predict(tilted))
    assert paid(mended.predict(tilted)) == pytest.approx(paid(plain.predict(proba)), rel=0.1)
