"""Training members inside a workspace: every learner, weights, hard cases."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool import registry
from imbtool.core.errors import NotApplicableError
from imbtool.core.protocols import Resampled
from imbtool.learners.forest import ForestLearner
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.recipe import trained, training
from imbtool.recipe.ensembles import PartTrainer
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.workspace import Part, Workspace
from imbtool.testing.require import are_probabilities, or_not_applicable
from imbtool.testing.tables import Table, table

LEARNERS = ["lightgbm(n_estimators=6, min_child_samples=3)", "logistic", "forest(n_estimators=4)"]
NAMES = [row.name for row in registry.methods().values() if row.kind == "ensemble" and not row.own_learner]
TWO_CLASSES = ("ada_cost", "ada_uboost", "asym_boost")
MIXED = table("mixed with gaps", (150, 20), n_numeric=3, levels=(2, 5), missing=0.05, seed=2)
THREE = table("three classes", (120, 40, 12), n_numeric=3, levels=(3,), seed=2)


def space(part: Table, weight=None, seed=0) -> Workspace:
    return Workspace(
        Part(X=part.X, y=part.y, weight=weight),
        part.X[:30],
        layout=part.layout,
        n_classes=part.n_classes,
        seed=seed,
    )


def small(name: str) -> str:
    size = "n_members" if any(p.name == "n_members" for p in registry.method(name).params) else "n_bags"
    return f"{name}({size}=3)"


def scores(part: Table, recipe: str, learner: str, weight=None, seed=0):
    return training.score(space(part, weight, seed), parse_recipe(recipe), parse_learner(learner)).target


def trainer(part: Table, learner, weight=None) -> PartTrainer:
    workspace = space(part, weight)
    rows = Resampled(X=workspace.train.X, y=part.y, source=np.arange(len(part.y)))
    return PartTrainer(workspace, rows, weight, name="any", learner=learner, settings={})


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_ensemble_takes_every_learner(name, learner):
    proba = scores(MIXED, small(name), learner)
    assert are_probabilities(proba, (30, 2))
    assert scores(MIXED, small(name), learner).tobytes() == proba.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_several_classes_work_or_are_refused_with_a_reason(name):
    if name in TWO_CLASSES:
        with pytest.raises(NotApplicableError, match="defined for two classes"):
            scores(THREE, small(name), LEARNERS[0])
    else:
        assert are_probabilities(scores(THREE, small(name), LEARNERS[0]), (30, 3))


@pytest.mark.parametrize("name", NAMES)
def test_the_users_weights_count(name):
    heavy = np.where(MIXED.X[:, 0] > 0, 4.0, 0.25)
    heavy /= heavy.mean()
    plain = scores(MIXED, small(name), "logistic")
    assert (scores(MIXED, small(name), "logistic", weight=heavy) != plain).any()
    ones = scores(MIXED, small(name), "logistic", weight=np.ones(len(MIXED.y)))
    np.testing.assert_allclose(ones, plain, atol=1e-9)


HARD = {
    "one rare row": table("one rare row", (60, 1), seed=3),
    "500 to 1": table("500 to 1", (1000, 2), seed=3),
    "all values equal": Table(
        name="equal",
        X=np.ones((90, 3)),
        y=np.repeat([0, 1], [80, 10]),
        layout=table("", (2, 2), n_numeric=3).layout,
    ),
    "a class without rows": table("a class without rows", (80, 0, 12), seed=3),
    "only categories": table("only categories", (80, 12), n_numeric=0, levels=(2, 3), seed=3),
}


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("name", NAMES)
def test_hard_cases_work_or_are_refused_with_a_reason(name, case):
    part = HARD[case]
    proba = or_not_applicable(name, lambda: scores(part, small(name), LEARNERS[0]))
    if proba is None:
        assert (name, case) in {("smote_bagging", "one rare row"), ("smote_boost", "one rare row")}
    else:
        assert are_probabilities(proba, (30, part.n_classes))


@pytest.mark.parametrize("name", NAMES)
def test_one_class_gives_a_reason_or_that_class(name):
    part = Table(name="one class", X=MIXED.X, y=np.zeros(len(MIXED.y), dtype=np.int64), layout=MIXED.layout)
    if hasattr(registry.method(name).load(), "bags"):
        np.testing.assert_array_equal(scores(part, small(name), LEARNERS[0]), 1.0)
    else:
        with pytest.raises(NotApplicableError, match="needs rows of at least 2 classes"):
            scores(part, small(name), LEARNERS[0])


@pytest.mark.parametrize("name", ["self_paced", "rus_boost", "smote_boost", "smote_bagging"])
def test_ensembles_follow_samplers(name):
    """Scores are of the resampled rows, and synthetic rows are not taken for copies."""
    proba = scores(MIXED, f"smote(ratio=0.5)+{small(name)}", LEARNERS[0])
    assert are_probabilities(proba, (30, 2))


def test_weights_of_members_weigh_their_probabilities():
    workspace = space(MIXED)
    name, learner = "logistic", workspace.learner(parse_learner("logistic"))
    found = trained.train(workspace, parse_recipe("ada_uboost(n_members=4)"), name, learner)
    Z = workspace.picture(name, learner, "target")
    assert len(found.weights) == len(found.models) > 1
    assert sum(found.weights) == pytest.approx(1.0)
    each = np.array([model.predict_proba(Z) for model in found.models])
    np.testing.assert_allclose(found.predict_proba(Z), np.tensordot(found.weights, each, 1))


def test_why_there_are_fewer_members_is_noted_on_the_first():
    part = Table(
        name="equal",
        X=np.ones((90, 3)),
        y=np.repeat([0, 1], [45, 45]),
        layout=HARD["all values equal"].layout,
    )
    workspace = space(part)
    found = trained.train(
        workspace, parse_recipe("rus_boost"), "logistic", workspace.learner(parse_learner("logistic"))
    )
    assert len(found.models) == 1
    assert "no better than chance" in found.models[0].notes[-1]


def test_members_get_a_share_of_rounds_and_trees():
    rows = np.arange(len(MIXED.y))
    boosted = trainer(MIXED, LightGBMLearner(n_estimators=10, min_child_samples=3))
    assert boosted.member(rows, share=0.3).booster.num_trees() == 3
    assert boosted.member(rows).booster.num_trees() == 10
    forest = trainer(MIXED, ForestLearner(n_estimators=10))
    assert len(forest.member(rows, share=0.01).estimator.estimators_) == 1


def test_synthetic_rows_follow_and_have_the_mean_weight_of_their_class():
    class Recorder:
        def view(self, X, layout):
            return self

        def transform(self, X):
            return X

        def fit(self, Z, y, *, sample_weight, **more):
            self.seen = Z, y, sample_weight
            return self

    weight = np.where(np.arange(len(MIXED.y)) % 3 == 0, 2.0, 0.5)
    weight /= weight.mean()
    learner = Recorder()
    rows, made = np.array([5, 5, 7]), (MIXED.X[:2] + 0.5, np.array([1, 0]))
    trainer(MIXED, learner, weight).member(rows, made=made)
    Z, y, given = learner.seen
    np.testing.assert_array_equal(Z, np.vstack([MIXED.X[rows], made[0]]))
    np.testing.assert_array_equal(y, [*MIXED.y[rows], 1, 0])
    means = [weight[MIXED.y == k].mean() for k in (1, 0)]
    expected = np.array([*weight[rows], *means])
    np.testing.assert_allclose(given, expected / expected.mean())
