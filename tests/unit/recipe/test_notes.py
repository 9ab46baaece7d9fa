"""What models say of their training reaches the trial."""

from __future__ import annotations

import numpy as np

from imbtool.core.types import Layout
from imbtool.recipe import parse_learner, parse_recipe
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace


def workspace() -> Workspace:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    y = (X[:, 0] + rng.normal(size=120) > 1.0).astype(np.int64)
    layout = Layout(names=("a", "b", "c"), levels=(0, 0, 0))
    return Workspace(Part(X=X[:100], y=y[:100]), X[100:], layout=layout, n_classes=2, seed=1)


def test_a_fit_that_did_not_converge_says_so_once_however_many_members_there_are() -> None:
    learner = parse_learner("logistic(max_iter=1)")
    one, bags = (score(workspace(), parse_recipe(r), learner) for r in ("none", "under_bagging(n_bags=3)"))
    assert one.note == bags.note == "Logistic regression did not converge in 1 steps."


def test_a_training_of_which_there_is_nothing_to_say_has_no_note() -> None:
    assert score(workspace(), parse_recipe("none"), parse_learner("logistic")).note == ""
