"""What a synthetic row's weight, category, missing pattern and group is; docs/methods.md says it in words."""

import numpy as np
import pandas as pd
import pytest

from imbtool import compare
from imbtool.recipe import parse_recipe
from imbtool.recipe.rows import resample, weights
from imbtool.recipe.workspace import Part, Workspace
from imbtool.testing.tables import table

PART = table("mixed", (120, 30), n_numeric=3, levels=(3, 5), missing=0.1, seed=2)
WEIGHT = np.random.default_rng(1).uniform(0.2, 4.0, 150)
WEIGHT = WEIGHT / WEIGHT.mean()


def resampled(recipe):
    part = Part(X=PART.X, y=PART.y, weight=WEIGHT)
    space = Workspace(part, PART.X[:0], layout=PART.layout, n_classes=2)
    spec = parse_recipe(recipe)
    rows = resample(space, spec, list)
    return rows, weights(space, spec, rows)


@pytest.mark.parametrize("recipe", ["random_over", "random_under", "enn", "smote", "smote_tomek"])
def test_copies_keep_the_weight_of_their_originals(recipe):
    rows, weight = resampled(recipe)
    copied = rows.source >= 0
    ratio = weight[copied] / WEIGHT[rows.source[copied]]
    np.testing.assert_allclose(ratio, ratio[0])
    assert weight.mean() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "recipe", ["smote", "polynom_fit_smote", "marginal_filter", "random_under(ratio=0.5)+smote"]
)
def test_a_synthetic_row_has_the_mean_weight_of_its_class(recipe):
    rows, weight = resampled(recipe)
    rare = rows.y == 1
    made, copied = rare & (rows.source < 0), rare & (rows.source >= 0)
    assert made.any()
    np.testing.assert_allclose(weight[made], weight[copied].mean())


def test_a_reweighter_multiplies_the_weights_and_their_mean_is_one():
    rows, alone = resampled("smote(ratio=0.5)")
    _, both = resampled("smote(ratio=0.5)+class_weight")
    factor = both / alone
    for label in (0, 1):
        np.testing.assert_allclose(factor[rows.y == label], factor[rows.y == label][0])
    assert both.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("recipe", ["smote", "prowsyn", "rcal", "geometric_smote"])
def test_categories_and_gaps_of_a_synthetic_row_are_voted_by_rows_of_its_class(recipe):
    rows, _ = resampled(recipe)
    new, rare = rows.X[rows.source < 0], PART.X[PART.y == 1]
    for j in PART.layout.categorical:
        assert set(new[~np.isnan(new[:, j]), j]) <= set(rare[:, j])
    gaps = np.isnan(rare).any(axis=0)
    assert not np.isnan(new[:, ~gaps]).any()


def test_groups_hold_synthetic_rows_on_the_side_they_were_made_on():
    rng = np.random.default_rng(3)
    n = 240
    patient = np.repeat(np.arange(60), 4)
    frame = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "patient": patient})
    frame["y"] = np.where(np.isin(patient, rng.permutation(60)[:14]), "yes", "no")
    report = compare(
        frame,
        target="y",
        group="patient",
        methods="smote+threshold",
        learners="logistic",
        folds=3,
        repeats=1,
        jobs=1,
    )
    trials = [t for t in report.comparison.trials if t.recipe == "smote+threshold"]
    assert len(trials) == 3
    for trial in trials:
        assert trial.counts_after[0] == trial.counts_after[1] > trial.counts_before[1]
        assert {"inner sampler", "sampler"} <= trial.fitted.keys()
        assert all(on.test_rows == 0 for on in trial.fitted.values())
    assert all(overlap.groups == 0 for overlap in report.comparison.proof.overlaps)
