"""Calibrators and thresholds after every kind of training, in whole comparisons."""

import numpy as np
import pandas as pd
import pytest

from imbtool import Recipe, compare
from imbtool.recipe.parser import parse_recipe

METHODS = (
    "class_weight+prior_correction",
    "random_under+prior_correction",
    "class_weight+beta",
    "class_weight+logit_adjustment",
    "cooldown+prior_correction",
    "easy_ensemble(n_bags=2)+prior_correction",
    "threshold(metric=recall, min_precision=0.5)",
    "threshold(min_precision=0.99, min_recall=0.99)",
    "threshold(metric=recall, max_share=0.05)",
    "threshold(metric=cost, fn=20)",
    "logit_adjustment(form=multiplicative)",
    "weight_aligning",
    "moment_matching(columns='colour')",
    "cost_weight",
    "commonness",
)


@pytest.fixture(scope="module")
def report():
    return compare(
        table(), target="y", methods=METHODS, learners="logistic", folds=3, repeats=1, seed=0, jobs=1
    )


def table(n=1_500, n_classes=2):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(n, 3))
    score = 1.4 * x[:, 0] - x[:, 1] + rng.logistic(size=n)
    y = np.digitize(score, np.quantile(score, [0.9, 0.97][: n_classes - 1]))
    return pd.DataFrame(
        {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "colour": rng.choice(["r", "g"], n), "y": y}
    )


def row(report, recipe):
    return next(r for r in report.comparison.methods if r.recipe == str(parse_recipe(recipe)))


def mean(report, recipe, metric):
    return row(report, recipe).estimates[metric].mean


def test_prior_correction_and_beta_mend_the_intercept_that_balancing_breaks(report):
    assert mean(report, "class_weight", "calibration_intercept") < -1.5
    for recipe in METHODS[:3]:
        assert abs(mean(report, recipe, "calibration_intercept")) < 0.6, recipe
    corrected = row(report, "class_weight+prior_correction")
    assert mean(report, corrected.recipe, "pr_auc") == pytest.approx(mean(report, "class_weight", "pr_auc"))
    bagged = mean(report, "easy_ensemble(n_bags=2)+prior_correction", "calibration_intercept")
    assert abs(bagged) < 0.8


def test_what_cannot_be_applied_says_why(report):
    reasons = {r.recipe: r.reason for r in report.comparison.methods if r.status == "not-applicable"}
    assert set(reasons) == {
        "cooldown+prior_correction",
        "logit_adjustment(form=multiplicative)",
        "weight_aligning",
    }
    assert "trained in stages" in reasons["cooldown+prior_correction"]
    assert "no decision between two classes" in reasons["logit_adjustment(form=multiplicative)"]
    assert "two share one weight vector" in reasons["weight_aligning"]


def test_floors_that_cannot_be_kept_are_noted_and_the_rest_goes_on(report):
    impossible = row(report, "threshold(min_precision=0.99, min_recall=0.99)")
    assert impossible.status == "ok"
    assert "no threshold keeps min_precision=0.99" in impossible.reason
    assert "no threshold keeps min" in report.to_markdown()
    assert row(report, "threshold(metric=recall, max_share=0.05)").reason == ""


def test_floors_and_costs_show_in_the_decisions(report):
    nothing = {m: mean(report, "threshold", m) for m in ("precision", "recall")}
    capped = "threshold(max_share=0.05, metric=recall)"
    assert mean(report, capped, "recall") < nothing["recall"]
    assert mean(report, "threshold(fn=20, metric=cost)", "recall") > nothing["recall"]
    assert mean(report, "threshold(metric=recall, min_precision=0.5)", "precision") > 0.4


def test_balanced_weights_and_logit_adjustment_do_not_correct_twice(report):
    twice = row(report, "class_weight+logit_adjustment")
    assert twice.threshold == pytest.approx((0.5,), abs=1e-9)


def test_the_estimator_takes_the_same_recipes():
    frame = table(n_classes=3)
    X, y = frame.drop(columns="y"), frame.y
    decided = {
        recipe: Recipe(recipe, "logistic").fit(X, y).predict(X)
        for recipe in ("none", "logit_adjustment", "logit_adjustment(form=multiplicative)", "weight_aligning")
    }
    rare = {recipe: int((codes == 2).sum()) for recipe, codes in decided.items()}
    assert rare["logit_adjustment"] > rare["none"]
    assert (decided["weight_aligning"] != decided["none"]).any()
