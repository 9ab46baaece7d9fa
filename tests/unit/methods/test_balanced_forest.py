"""The balanced forest and the learner it brings."""

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.ensemble.balanced_forest import BalancedForest, FilledView
from imbtool.methods.schedule.cooldown import Cooldown
from imbtool.testing.tables import table

LAYOUT = Layout(names=("n", "c"), levels=(0, 3))


def train(part, n_trees=20, seed=0, **more):
    learner = BalancedForest(n_trees).learner()
    view = learner.view(part.X, part.layout)
    settings = {"view": view, "n_classes": part.n_classes, "random_state": seed, **more}
    return view, learner.fit(view.transform(part.X), part.y, **settings)


def test_the_view_fills_medians_and_a_level_of_its_own():
    X = np.array([[1.0, 0], [np.nan, np.nan], [5, 2], [2, 1]])
    filled = FilledView.fit(X, LAYOUT).transform(X)
    np.testing.assert_array_equal(filled[1], [2.0, 3.0])
    np.testing.assert_array_equal(filled[[0, 2, 3]], X[[0, 2, 3]])


def test_a_column_without_values_is_filled_with_0():
    X = np.array([[np.nan, 0], [np.nan, 1]])
    assert (FilledView.fit(X, LAYOUT).transform(X)[:, 0] == 0).all()


def test_on_noise_scores_are_far_above_the_natural_share():
    part = table("noise", (1000, 50), seed=0)
    X = np.random.default_rng(0).normal(size=part.X.shape)
    view, model = train(type(part)(name="noise", X=X, y=part.y, layout=part.layout), n_trees=60)
    fresh = np.random.default_rng(1).normal(size=(500, 4))
    assert 0.3 < model.predict_proba(view.transform(fresh))[:, 1].mean() < 0.5


def test_it_finds_the_rare_class():
    part = table("separable", (300, 12), n_numeric=2, seed=0)
    X = part.X + 3 * part.y[:, None]
    view, model = train(type(part)(name="separable", X=X, y=part.y, layout=part.layout))
    proba = model.predict_proba(view.transform(X))[:, 1]
    assert proba[part.y == 1].min() > proba[part.y == 0].mean() + 0.3


def test_one_class_is_not_applicable():
    part = table("one class", (20,))
    with pytest.raises(NotApplicableError, match="at least 2 classes"):
        train(part)


def test_a_schedule_is_refused():
    with pytest.raises(NotApplicableError, match="not trained in stages"):
        train(table("numeric", (30, 10)), schedule=Cooldown())


def test_every_tree_sees_as_many_rows_of_each_class_as_the_smallest_has():
    part = table("three classes", (200, 60, 15), seed=0)
    _, model = train(part, n_trees=8)
    for tree in model.estimator.estimators_:
        assert tree.tree_.n_node_samples[0] == 3 * 15
        np.testing.assert_allclose(tree.tree_.value[0], [[1 / 3, 1 / 3, 1 / 3]])


def test_it_is_imbalanced_learns_balanced_forest_up_to_chance():
    """Mean scores over seeds differ by no more than the seeds differ among themselves."""
    from imblearn.ensemble import BalancedRandomForestClassifier

    part, fresh = table("numbers", (400, 40), seed=0), table("numbers", (400, 40), seed=1)
    ours, theirs = [], []
    for seed in range(6):
        view, model = train(part, n_trees=30, seed=seed)
        ours.append(model.predict_proba(view.transform(fresh.X))[:, 1])
        reference = BalancedRandomForestClassifier(
            n_estimators=30,
            min_samples_leaf=2,
            sampling_strategy="all",
            replacement=True,
            bootstrap=False,
            random_state=seed,
        )
        theirs.append(reference.fit(part.X, part.y).predict_proba(fresh.X)[:, 1])
    apart = np.abs(np.mean(ours, axis=0) - np.mean(theirs, axis=0))
    noise = np.sqrt((np.var(ours, axis=0, ddof=1) + np.var(theirs, axis=0, ddof=1)) / 6)
    assert np.mean(apart / noise) < 1.3
    assert abs(np.mean(ours) - np.mean(theirs)) < 0.01
