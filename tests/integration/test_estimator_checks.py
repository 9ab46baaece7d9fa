"""scikit-learn's and imbalanced-learn's own checks, on every public sampler, reweighter and classifier.

What a check asks and a method cannot give is listed in `EXCEPTIONS` with its reason. An entry that no check
needs any more fails too.
"""

import re
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from imblearn.utils.estimator_checks import estimator_checks_generator as imbalanced_checks
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import estimator_checks_generator as scikit_checks

from imbtool import Recipe
from imbtool.methods.catalog import METHODS

# Settings under which the checks are quick, or for which the rows of the checks suffice.
SETTINGS = {
    "smote_ipf": {"n_parts": 2},
    "instance_hardness": {"cv": 2, "n_estimators": 5},
    "moment_matching": {"columns": "x0"},
}

# (methods or a kind, check, what it says, why it is right)
EXCEPTIONS = (
    (
        ("sampler",),
        "check_samplers_fit",
        "No fitted attribute sampling_strategy_",
        "how many rows of a class is told by `ratio`, not by a sampling strategy",
    ),
    (
        ("sampler",),
        "check_samplers_string",
        "makes numbers; found|interpolates numbers only|draws numbers from",
        "the check's table has one column of text, and the method makes numbers",
    ),
    (
        ("enn", "renn", "all_knn", "smote_enn", "smote_ipf"),
        "check_samplers_(string|nan|fit)",
        "would remove every row of class",
        "cells drawn at random: no row agrees with its neighbours, and no class is ever emptied",
    ),
    (
        ("kmeans_smote", "lvq_smote"),
        "check_samplers_nan",
        "different rows of",
        "the check's table has two different rows a class; clusters and code vectors need more",
    ),
    (
        ("cost_weight", "ada_cost", "ada_uboost", "asym_boost"),
        "check_.*",
        r"for two classes|n_features = 1|NotApplicableError unexpectedly|raised an error when",
        "a cost of false alarms and one of misses are for two classes; the checks have three or four",
    ),
    (
        ("importance",),
        "check_.*",
        "needs a table|n_features = 1|NotApplicableError unexpectedly",
        "the checks know of no second table",
    ),
    (
        ("classifier",),
        "check_.*",
        "with 1 row only",
        "the check's table has a class of one row, which cannot be trained on and scored",
    ),
)

ROWS = {info.name: info for info in METHODS}
SAMPLERS = [name for name, info in ROWS.items() if info.kind == "sampler"]
REWEIGHTERS = [name for name, info in ROWS.items() if info.kind == "reweighter"]
ENSEMBLES = [name for name, info in ROWS.items() if info.kind == "ensemble"]


def built(name):
    method = ROWS[name].load()(**SETTINGS.get(name, {}))
    return method.set_params(random_state=0) if "random_state" in method.get_params() else method


def failures(estimator):
    """Run all checks of both libraries; return how many there were, and the text of each that failed."""
    found, n_run = {}, 0
    with np.errstate(all="ignore"):
        for generator in (scikit_checks, imbalanced_checks):
            for subject, check in generator(estimator):
                name = check.func.__name__
                try:
                    check(subject)
                except (SkipTest, SkipTestWarning):
                    continue
                except Exception as error:  # whatever a check raises is its verdict
                    found[name] = f"{error!r} {error.__cause__!r}"
                n_run += 1
    return n_run, found


def unexpected(found, *words):
    """Return the failures that no exception of these methods or kinds explains."""
    rules = [rule for rule in EXCEPTIONS if set(rule[0]) & set(words)]
    return {
        check: text
        for check, text in found.items()
        if not any(re.fullmatch(rule[1], check) and re.search(rule[2], text) for rule in rules)
    }


pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_passes_the_checks_of_both_libraries(name):
    n_run, found = failures(built(name))
    assert n_run > 40
    assert unexpected(found, "sampler", name) == {}


@pytest.mark.parametrize("name", REWEIGHTERS)
def test_a_reweighter_passes_the_checks_of_scikit_learn(name):
    n_run, found = failures(built(name))
    assert n_run > 25
    assert unexpected(found, name) == {}


CLASSIFIERS = (
    ("none", "logistic"),
    ("none", "lightgbm(n_estimators=5)"),
    ("none", "forest(n_estimators=10)"),
    ("smote+isotonic+threshold", "logistic"),
    ("class_weight+threshold", "lightgbm(n_estimators=5)"),
    ("focal", "lightgbm(n_estimators=5)"),
    ("cooldown+sigmoid", "lightgbm(n_estimators=5)"),
)


@pytest.mark.parametrize(("recipe", "learner"), CLASSIFIERS)
def test_a_recipe_passes_the_checks_of_both_libraries(recipe, learner):
    n_run, found = failures(Recipe(recipe, learner))
    assert n_run > 50
    assert unexpected(found, "classifier") == {}


def small(name):
    """Return the notation of an ensemble with the fewest members it may have."""
    size = next(p for p in ROWS[name].params if p.name in ("n_bags", "n_members", "n_trees"))
    return f"{name}({size.name}={size.low})"


@pytest.mark.parametrize("name", ENSEMBLES)
def test_an_ensemble_as_a_classifier_passes_the_checks_of_both_libraries(name):
    n_run, found = failures(Recipe(small(name), "logistic"))
    assert n_run > 50
    assert unexpected(found, "classifier", name) == {}


@pytest.mark.parametrize("learner", ["lightgbm(n_estimators=5)", "logistic", "forest(n_estimators=5)"])
@pytest.mark.parametrize("name", ENSEMBLES)
def test_an_ensemble_takes_any_base_learner(name, learner, rows):
    X, y = rows
    if ROWS[name].own_learner:
        learner = "forest"
    model = Recipe(small(name), learner).fit(X, y)
    assert model.predict_proba(X).shape == (len(y), 2)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = (np.arange(200) % 8 == 0).astype(int)
    frame = pd.DataFrame(rng.normal(size=(200, 3)) + y[:, None], columns=list("abc"))
    return frame, y


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_clones_and_works_in_pipelines_grid_search_and_with_frames(name, rows):
    X, y = rows
    sampler = built(name)
    assert clone(sampler).get_params() == sampler.get_params()
    # Frames go through the scaler, into the sampler and out of it.
    pipeline = make_pipeline(StandardScaler(), sampler, DecisionTreeClassifier(max_depth=2, random_state=0))
    pipeline.set_output(transform="pandas")
    param = next(p for p in ROWS[name].params if p.name != "variant") if ROWS[name].params else None
    grid = {} if param is None else {f"{pipeline.steps[1][0]}__{param.name}": [getattr(sampler, param.name)]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert search.predict(X).shape == y.shape
    more, labels = sampler.fit_resample(X, pd.Series(y, name="label"))
    assert isinstance(more, pd.DataFrame)
    assert isinstance(labels, pd.Series)
    assert list(sampler.get_feature_names_out()) == list("abc")


@pytest.mark.parametrize("name", REWEIGHTERS)
def test_a_reweighter_leaves_the_weights_of_the_rows(name, rows):
    X, y = rows
    method = ROWS[name].load()(
        **{"moment_matching": {"columns": "a"}, "importance": {"table": X.head(50)}}.get(name, {})
    )
    words = np.where(y == 1, "rare", "common")
    fitted = clone(method).fit(X, words)
    assert list(fitted.classes_) == ["common", "rare"]
    np.testing.assert_array_equal(fitted.sample_weight_, method.fit_weight(X, y))
    DecisionTreeClassifier().fit(X, words, sample_weight=fitted.sample_weight_)


def test_every_exception_is_needed():
    """An exception that nothing needs is taken out."""
    asked = {"sampler": "borderline_smote", "cost_weight": "cost_weight", "classifier": "none"}
    for words, check, text, _ in EXCEPTIONS:
        name = asked.get(words[0], words[0])
        _, found = failures(Recipe("none", "logistic") if name == "none" else built(name))
        assert any(re.fullmatch(check, c) and re.search(text, t) for c, t in found.items()), (words, check)
