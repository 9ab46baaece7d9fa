"""What recipes share inside a fold changes no answer (law 4)."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from imbtool import registry
from imbtool.core.errors import NotApplicableError
from imbtool.core.protocols import Origin
from imbtool.core.types import Layout
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.learners.lightgbm.rounds import row_weights
from imbtool.recipe import training
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.spec import RecipeSpec, Step, unmet_need
from imbtool.recipe.workspace import Part, Workspace

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo

LEARNER = parse_learner("lightgbm(n_estimators=3, min_child_samples=5)")
STEPS = {
    "cost_weight": "cost_weight(fn=10)",  # means nothing without it
    "instance_hardness": "instance_hardness(cv=2, n_estimators=2)",
    "aioli": "aioli(rounds=2, probe=1)",
    "doge": "doge(steps=5)",
    "doremi": "doremi(steps=5)",
    "velocitune": "velocitune(steps=5)",
    "smote_ipf": "smote_ipf(n_parts=2)",
}
"""What is written for a method, in place of its name: the rest is to be quick."""


def _quick(row: MethodInfo) -> str:
    """Write a method down so that it trains little: each is trained once for every other."""
    size = next((param.name for param in row.params if param.name in ("n_bags", "n_members")), None)
    return STEPS.get(row.name, f"{row.name}({size}=2)" if size else row.name)


TRAINING = [
    _quick(row)
    for row in registry.methods().values()
    if row.kind not in ("calibrator", "threshold")
    and row.own_learner is None
    and unmet_need(RecipeSpec((Step(row.name),)), registry.learner("lightgbm")) is None
]


def _table() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(220, 4))
    X[:, 3] = rng.integers(0, 4, size=220)
    X[rng.random(X.shape) < 0.03] = np.nan
    y = (np.nan_to_num(X[:, 0]) + rng.normal(size=220) > 1.6).astype(np.int64)
    return X, y


X, Y = _table()
LAYOUT = Layout(names=("a", "b", "c", "d"), levels=(0, 0, 0, 4))


def workspace(y: Any = Y, weight: Any = None) -> Workspace:
    return Workspace(
        Part(X=X[:180], y=y[:180], weight=weight), X[180:], layout=LAYOUT, n_classes=int(y.max()) + 1, seed=3
    )


def scores(space: Workspace, method: str) -> Any:
    space.scores.clear()
    space.answers.clear()
    try:
        return training.score(space, parse_recipe(method), LEARNER).target
    except NotApplicableError as error:
        return error.message


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    return {method: scores(workspace(), method) for method in TRAINING}


@pytest.mark.parametrize("step", range(len(TRAINING)))
def test_no_method_leaves_anything_behind_for_the_next_one(step: int, alone: dict[str, Any]) -> None:
    """Over all steps, every method of the catalogue comes right after every other."""
    space, n = workspace(), len(TRAINING)
    for start in range(gcd(step, n) if step else n):
        at, before = start, "nothing"
        for _ in range(n // gcd(step, n) + 1 if step else 2):
            method = TRAINING[at]
            np.testing.assert_array_equal(
                scores(space, method), alone[method], err_msg=f"{method} after {before}"
            )
            at, before = (at + step) % n, method


def test_the_bins_of_a_fold_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    real = LightGBMLearner.prepare
    monkeypatch.setattr(
        LightGBMLearner, "prepare", lambda self, *args, **kw: made.append(1) or real(self, *args, **kw)
    )
    space = workspace()
    for method in ("none", "class_weight", "random_under", "smote", "easy_ensemble", "cooldown"):
        scores(space, method)
    assert len(made) == 1


def test_copies_out_of_the_shared_bins_train_the_model_that_binning_them_anew_trains() -> None:
    space = workspace()
    learner = space.learner(LEARNER)
    view = space.view("x", learner)
    base = space.prepared("x", learner)
    rows = np.random.default_rng(1).integers(0, 180, size=300)
    weight = np.where(Y[rows] == 1, 3.0, 1.0) / np.where(Y[rows] == 1, 3.0, 1.0).mean()
    ours = learner.fit(
        None,
        Y[rows],
        view=view,
        n_classes=2,
        sample_weight=weight,
        random_state=1,
        origin=Origin(base=base, source=rows),
    )
    order = np.argsort(rows, kind="stable")
    data = learner.bin(X[rows[order]], Y[rows[order]], view=view, reference=base.data)
    theirs = learner.train(
        data,
        row_weights(Y[rows[order]], learner.rounds, sample_weight=weight[order], schedule=None),
        n_present=2,
        random_state=1,
    )
    np.testing.assert_array_equal(ours.predict_proba(X)[:, 1], theirs.predict(X))


def test_a_class_that_resampling_takes_away_gets_probability_zero() -> None:
    y = np.where(np.arange(220) % 55 == 0, 2, Y)
    space = workspace(y)
    learner = space.learner(LEARNER)
    kept = np.flatnonzero(y[:180] != 1)
    model = learner.fit(
        None,
        y[kept],
        view=space.view("x", learner),
        n_classes=3,
        random_state=0,
        origin=Origin(base=space.prepared("x", learner), source=kept),
    )
    proba = model.predict_proba(X)
    assert (proba[:, 1] == 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert proba[y == 2, 2].mean() > proba[y != 2, 2].mean()
