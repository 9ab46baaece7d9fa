"""A recipe as one scikit-learn classifier."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from imbtool import ImbtoolError, Recipe


@pytest.fixture(scope="module")
def rows():
    X, y = make_classification(500, 5, n_informative=3, weights=[0.85], class_sep=1.5, random_state=0)
    frame = pd.DataFrame(X, columns=list("abcde"))
    frame["f"] = np.where(X[:, 0] > 0, "high", "low")
    frame.loc[::7, "b"] = np.nan
    return frame, np.where(y == 1, "yes", "no")


@pytest.mark.parametrize(
    ("recipe", "learner"),
    [
        ("none", "logistic"),
        ("smote+isotonic+threshold", "lightgbm"),
        ("cooldown(tau=3)+sigmoid", "lightgbm"),
        ("easy_ensemble(n_bags=3)+threshold", "logistic"),
        ("balanced_forest(n_trees=20)", "forest"),
        ("tomek+class_weight+temperature_scaling", "forest(n_estimators=20)"),
    ],
)
def test_any_recipe_fits_predicts_and_ranks_better_than_chance(rows, recipe, learner):
    X, y = rows
    model = Recipe(recipe, learner).fit(X, y)
    proba = model.predict_proba(X)
    assert list(model.classes_) == ["no", "yes"]
    assert proba.shape == (500, 2)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert average_precision_score(y == "yes", proba[:, 1]) > 0.6
    assert set(model.predict(X)) <= {"no", "yes"}


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (["a"] * 20, "`y` has one class only ('a'); two classes are needed."),
        (["a"] * 19 + ["b"], "1 class of `y` with 1 row only: 'b'; at least 2 are needed."),
        ([0.0, 1.0] * 9 + [0.0, np.nan], "Input y contains NaN."),
        (["a", "b"] * 9, "Found input variables with inconsistent numbers of samples: [20, 18]"),
    ],
)
def test_labels_that_cannot_be_used_are_told_in_labels(y, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        Recipe("none", "logistic").fit(np.arange(40.0).reshape(20, 2), y)


def test_the_threshold_decides(rows):
    X, y = rows
    model = Recipe("threshold(metric=balanced_accuracy)", "logistic").fit(X, y)
    (threshold,) = model.threshold_
    assert threshold != 0.5
    np.testing.assert_array_equal(model.predict(X) == "yes", model.predict_proba(X)[:, 1] >= threshold)
    assert Recipe("none", "logistic").fit(X, y).threshold_ == (0.5,)


def test_the_same_seed_gives_the_same_model_and_another_does_not(rows):
    X, y = rows
    first, again, other = (
        Recipe("smote", "lightgbm", random_state=s).fit(X, y).predict_proba(X) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_it_clones_searches_and_cross_validates(rows):
    X, y = rows
    model = Recipe("class_weight", "logistic")
    assert clone(model).get_params() == model.get_params()
    scores = cross_val_score(model, X, y, cv=3, scoring="roc_auc")
    assert scores.min() > 0.7
    search = GridSearchCV(model, {"recipe": ["none", "random_over"]}, cv=2, scoring="roc_auc")
    assert search.fit(X, y).best_params_["recipe"] in ("none", "random_over")


def test_unseen_levels_and_missing_cells_of_new_rows_are_no_error(rows):
    X, y = rows
    model = Recipe("none", "logistic").fit(X, y)
    new = X.head(3).copy()
    new["f"] = "never seen"
    new["a"] = np.nan
    assert np.isfinite(model.predict_proba(new)).all()


def test_a_missing_column_of_new_rows_is_named(rows):
    X, y = rows
    model = Recipe("none", "logistic").fit(X, y)
    with pytest.raises(ImbtoolError, match="'c'"):
        model.predict(X.drop(columns="c"))


def test_three_classes_keep_the_order_of_their_labels():
    X, y = make_classification(
        400, 5, n_informative=4, n_redundant=0, n_classes=3, weights=[0.7, 0.2], random_state=1
    )
    labels = np.array(["z", "m", "a"])[y]
    model = Recipe("class_weight+threshold", "logistic").fit(X, labels)
    assert list(model.classes_) == ["a", "m", "z"]
    proba = model.predict_proba(X)
    assert (model.classes_[proba.argmax(axis=1)] == labels).mean() > 0.6
    assert len(model.threshold_) == 3


def test_row_weights_change_the_model(rows):
    X, y = rows
    heavy = np.where(y == "yes", 10.0, 1.0)
    plain = Recipe("none", "logistic").fit(X, y).predict_proba(X)[:, 1].mean()
    weighted = Recipe("none", "logistic").fit(X, y, sample_weight=heavy).predict_proba(X)[:, 1].mean()
    assert weighted > plain + 0.1


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks_pass_but_where_they_hand_over_a_class_of_one_row():
    results = check_estimator(Recipe("none", "logistic"), on_fail=None, on_skip=None)
    failed = {r["check_name"]: str(r["exception"]) for r in results if r["status"] == "failed"}
    assert len(results) > 50
    assert not {name: text for name, text in failed.items() if "with 1 row only" not in text}
    assert len(failed) < 10
