"""Logit adjustment after training."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.core.protocols import DecisionRule, Priors
from imbtool.methods.postprocess.logit_adjustment import LogitAdjustment
from imbtool.metrics.decision import balanced_accuracy
from imbtool.recipe.finishing import finish
from imbtool.recipe.parser import parse_recipe

FORMS = ("additive", "multiplicative")


def honest(seed=0, n=20_000, alpha=(6.0, 1.5, 0.5)):
    """Calibrated posteriors and classes drawn from them."""
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(alpha, n)
    y = (proba.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return proba, np.minimum(y, len(alpha) - 1)


def shares(y, n_classes):
    return np.bincount(y, minlength=n_classes) / len(y)


@pytest.mark.parametrize("form", FORMS)
def test_tau_zero_changes_no_decision(form):
    proba, y = honest()
    rule = LogitAdjustment(tau=0.0, form=form).fit(proba, y)
    assert isinstance(rule, DecisionRule)
    assert (rule.predict(proba) == proba.argmax(axis=1)).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("tau", [0.3, 1.0, 3.0])
def test_equal_class_sizes_change_no_decision(form, tau):
    proba, _ = honest(n=3_000)
    rule = LogitAdjustment(tau=tau, form=form).fit(proba, np.arange(3_000) % 3)
    assert (rule.predict(proba) == proba.argmax(axis=1)).all()


def test_additive_at_tau_one_is_posterior_over_prior():
    proba, y = honest()
    rule = LogitAdjustment().fit(proba, y)
    assert (rule.predict(proba) == (proba / shares(y, 3)).argmax(axis=1)).all()


def test_no_other_offsets_of_calibrated_posteriors_have_a_better_balanced_accuracy():
    proba, y = honest(n=200_000)
    rule = LogitAdjustment().fit(proba, y)
    best = balanced_accuracy(y, rule.predict(proba), 3)
    rng = np.random.default_rng(1)
    for _ in range(30):
        other = (np.log(proba) + np.array(rule.values_) + rng.normal(scale=0.7, size=3)).argmax(axis=1)
        assert balanced_accuracy(y, other, 3) <= best + 0.002
    assert best > balanced_accuracy(y, proba.argmax(axis=1), 3) + 0.05


def test_two_classes_get_the_prior_as_threshold():
    y = np.array([0] * 98 + [1] * 2)
    proba = np.full((100, 2), 0.5)
    assert LogitAdjustment().fit(proba, y).values_ == pytest.approx((0.02,))
    assert LogitAdjustment(tau=0.0).fit(proba, y).values_ == pytest.approx((0.5,))
    assert LogitAdjustment(tau=0.5).fit(proba, y).values_ == pytest.approx((1 / 8,))


def test_golden_offsets_of_the_vector_scaling_example():
    y = np.repeat((0, 1, 2), (5_000, 500, 50))
    rule = LogitAdjustment().fit(np.full((5_550, 3), 1 / 3), y)
    assert np.diff(rule.values_) == pytest.approx(np.diff([0.10436, 2.40695, 4.70953]), abs=1e-5)


def test_the_multiplicative_form_multiplies_centred_logits_and_helps_rare_classes():
    proba, y = honest()
    rule = LogitAdjustment(tau=0.65, form="multiplicative").fit(proba, y)
    factors = shares(y, 3) ** -0.65
    assert np.array(rule.values_) / rule.values_[0] == pytest.approx(factors / factors[0])
    logits = np.log(proba)
    centred = logits - logits.mean(axis=1, keepdims=True)
    assert (rule.predict(proba) == (centred * factors).argmax(axis=1)).all()
    # Raw log-probabilities are negative: there the factors would turn against the rare classes.
    calls = [
        np.bincount(p, minlength=3)[2]
        for p in (rule.predict(proba), proba.argmax(1), (logits * factors).argmax(1))
    ]
    assert calls[0] > calls[1] > calls[2]


def test_factors_for_two_classes_are_not_applicable():
    with pytest.raises(NotApplicableError, match="changes no decision between two classes"):
        LogitAdjustment(form="multiplicative").fit(np.full((4, 2), 0.5), np.array([0, 0, 0, 1]))


def test_a_class_without_rows_is_not_preferred():
    y = np.array([0] * 90 + [1] * 10)
    rule = LogitAdjustment().fit(np.full((100, 3), 1 / 3), y)
    assert rule.values_[2] == rule.values_[0] < rule.values_[1]


@pytest.mark.parametrize(
    ("recipe", "training", "expected"),
    [
        ("logit_adjustment", (0.9, 0.1), 0.1),
        ("logit_adjustment", (0.5, 0.5), 0.5),
        ("temperature_scaling+logit_adjustment", (0.5, 0.5), 0.5),
        ("sigmoid+logit_adjustment", (0.5, 0.5), 0.1),
        ("prior_correction+logit_adjustment", (0.5, 0.5), 0.1),
        ("beta+logit_adjustment", None, 0.1),
    ],
)
def test_the_shares_are_taken_out_once(recipe, training, expected):
    rng = np.random.default_rng(0)
    p = rng.uniform(size=200)
    priors = Priors(
        natural=np.array([0.9, 0.1]),
        training=None if training is None else np.array(training),
        reason="unknown",
    )
    done = finish(
        parse_recipe(recipe), np.column_stack((1 - p, p)), (rng.random(200) < p).astype(int), priors=priors
    )
    assert done.rule.values_ == pytest.approx((expected,))


def test_unknown_shares_are_not_applicable():
    priors = Priors(natural=np.array([0.9, 0.1]), training=None, reason="cooldown changes the weights")
    with pytest.raises(NotApplicableError, match="logit_adjustment: cooldown changes the weights"):
        LogitAdjustment().fit(np.full((4, 2), 0.5), np.array([0, 0, 0, 1]), priors=priors)
