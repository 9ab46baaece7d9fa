"""Analytic prior correction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.core.protocols import Priors
from imbtool.data.load import load_dataset
from imbtool.methods.postprocess.prior import PriorCorrection
from imbtool.recipe.fitting import fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe


def priors(natural, training):
    return Priors(natural=np.array(natural), training=np.array(training))


def fitted(shares, n_classes=2):
    proba = np.full((4, n_classes), 1.0 / n_classes)
    return PriorCorrection().fit(proba, np.arange(4) % n_classes, priors=shares)


def test_odds_are_multiplied_by_the_ratio_of_the_prior_odds():
    p = np.array([0.1, 0.5, 0.9])
    corrected = fitted(priors([0.98, 0.02], [0.5, 0.5])).transform(np.column_stack((1 - p, p)))
    assert logit(corrected[:, 1]) == pytest.approx(logit(p) + np.log(0.02 / 0.98))
    assert corrected[1, 1] == pytest.approx(0.02)


def test_saerens_formula_holds_for_several_classes():
    proba = np.array([[0.2, 0.3, 0.5], [0.8, 0.1, 0.1]])
    natural, training = np.array([0.9, 0.09, 0.01]), np.array([0.5, 0.3, 0.2])
    ratio = proba * natural / training
    expected = ratio / ratio.sum(axis=1, keepdims=True)
    assert fitted(priors(natural, training), 3).transform(proba) == pytest.approx(expected)


def test_unchanged_shares_change_nothing():
    proba = np.array([[0.25, 0.75], [0.6, 0.4]])
    for shares in (priors([0.9, 0.1], [0.9, 0.1]), None):
        assert fitted(shares).transform(proba) == pytest.approx(proba, abs=1e-12)


def test_there_and_back_again_is_where_it_began():
    proba = np.array([[0.25, 0.75], [0.6, 0.4]])
    there = fitted(priors([0.9, 0.1], [0.5, 0.5])).transform(proba)
    back = fitted(priors([0.5, 0.5], [0.9, 0.1])).transform(there)
    assert back == pytest.approx(proba)


def test_a_class_that_training_never_saw_is_left_alone():
    corrected = fitted(priors([0.9, 0.1, 0.0], [0.5, 0.5, 0.0]), 3)
    assert corrected.shifts_ == pytest.approx([np.log(1.8), np.log(0.2), 0.0])
    assert np.isfinite(corrected.transform(np.array([[0.5, 0.5, 0.0]]))).all()


def test_shares_of_other_classes_are_refused():
    with pytest.raises(DataError, match="one share a class"):
        fitted(priors([0.5, 0.5], [0.5, 0.5]), 3)


def test_unknown_shares_are_not_applicable_and_say_why():
    shares = Priors(natural=np.array([0.9, 0.1]), training=None, reason="cooldown changes the weights")
    with pytest.raises(NotApplicableError, match="prior_correction: cooldown changes the weights"):
        fitted(shares)


def test_it_takes_back_the_intercept_of_weights_in_a_well_specified_model():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60_000, 2))
    y = (rng.random(60_000) < expit(x @ [1.0, -0.5] - 4.0)).astype(int)
    weight = np.where(y == 1, 10.0, 1.0)
    plain, weighted = (LogisticRegression(C=1e6).fit(x, y, w) for w in (None, weight))
    training = np.array([(weight[y == k]).sum() for k in (0, 1)]) / weight.sum()
    natural = np.bincount(y) / len(y)
    corrected = fitted(priors(natural, training)).transform(weighted.predict_proba(x))
    # Not -log(10) of the odds twice: one constant, and what is left is the noise of the two fits.
    shift = logit(corrected[:, 1]) - weighted.decision_function(x)
    assert shift == pytest.approx(-np.log(10.0), abs=1e-9)
    assert corrected.mean(axis=0)[1] == pytest.approx(natural[1], rel=0.03)
    assert np.abs(corrected - plain.predict_proba(x)).max() < 0.05


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ("none", None),
        ("class_weight", (0.5, 0.5)),
        ("random_under(ratio=0.5)", (2 / 3, 1 / 3)),
        ("random_over+class_weight", (0.5, 0.5)),
        ("easy_ensemble(n_bags=2)", (0.5, 0.5)),
        ("easy_ensemble(n_bags=2)+class_weight", None),
    ],
)
def test_training_tells_the_shares_that_it_saw(recipe, expected):
    trained = fit_recipe(table(), parse_recipe(recipe), parse_learner("logistic")).trained
    assert trained.priors.natural == pytest.approx([0.9, 0.1])
    if recipe == "easy_ensemble(n_bags=2)+class_weight":
        # Weights are those of the whole part: inside a balanced bag they tip it over.
        expected = (0.1, 0.9)
    assert trained.priors.training == pytest.approx(expected or [0.9, 0.1], abs=1e-9)


def test_users_weights_count_in_the_shares():
    trained = fit_recipe(
        table(weighted=True), parse_recipe("class_weight"), parse_learner("logistic")
    ).trained
    assert trained.priors.natural == pytest.approx([0.75, 0.25])
    assert trained.priors.training == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize("recipe", ["cooldown(tau=3)", "balanced_forest(n_trees=10)"])
def test_trainings_that_change_shares_inside_are_not_corrected(recipe):
    learner = parse_learner("lightgbm(n_estimators=4)")
    with pytest.raises(NotApplicableError, match=f"prior_correction: {recipe.partition('(')[0]} changes the"):
        fit_recipe(table(), parse_recipe(f"{recipe}+prior_correction"), learner)


def test_it_mends_the_intercept_that_balanced_weights_break():
    data = table(n=3_000)
    means = {}
    for recipe in ("none", "class_weight", "class_weight+prior_correction"):
        fitted = fit_recipe(data, parse_recipe(recipe), parse_learner("logistic"))
        scores = fitted.trained.predict_proba(fitted.trained.view.transform(data.X))
        means[recipe] = (fitted.finish.probabilities(scores) if fitted.finish else scores)[:, 1].mean()
    assert means["class_weight"] > 0.25
    assert means["class_weight+prior_correction"] == pytest.approx(means["none"], abs=0.02)


def table(n=400, weighted=False):
    import pandas as pd

    rng = np.random.default_rng(4)
    y = np.arange(n) % 10 == 0
    frame = pd.DataFrame({"a": rng.normal(size=n) + 1.5 * y, "b": rng.normal(size=n), "y": y.astype(int)})
    if not weighted:
        return load_dataset(frame, target="y")
    frame["w"] = np.where(y, 3.0, 1.0)
    return load_dataset(frame, target="y", weight="w")
