"""The hard cases that every method must get through, inside a recipe, from training to decisions."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.types import Layout
from imbtool.data.splits import inner_splits
from imbtool.recipe.finishing import finish
from imbtool.recipe.spec import LearnerSpec, RecipeSpec, Step, unmet_need
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace
from imbtool.testing.require import are_probabilities, or_not_applicable, require, untouched
from imbtool.testing.tables import Table, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imbtool.core.info import MethodInfo
    from imbtool.core.types import FloatArray

_QUICK = {
    "lightgbm": (("n_estimators", 5),),
    "forest": (("n_estimators", 5),),
    "torch": (("epochs", 2), ("members", 1), ("width", 16)),
}
_FEW = {"n_bags": 3, "n_members": 3, "n_trees": 10, "n_parts": 2, "n_estimators": 5, "rounds": 2, "steps": 10}


def _equal(seed: int) -> Table:
    part = table("all values equal", (80, 12), seed=seed)
    return Table(name=part.name, X=np.ones_like(part.X), y=part.y, layout=part.layout)


def _doubled(seed: int) -> Table:
    part = table("duplicates everywhere", (24, 4), seed=seed)
    again = np.repeat(np.arange(len(part.y)), 5)
    return Table(name=part.name, X=part.X[again], y=part.y[again], layout=part.layout)


def _mislabelled(seed: int) -> Table:
    part = table("equal rows of both classes", (40, 40), seed=seed)
    X = np.tile(part.X[:20], (4, 1))
    return Table(name=part.name, X=X, y=np.repeat([0, 0, 0, 1], 20), layout=part.layout)


CASES: Mapping[str, Callable[[int], Table]] = {
    "one minority row": lambda seed: table("one minority row", (60, 1), seed=seed),
    "fewer rows than neighbours": lambda seed: table("fewer rows than neighbours", (60, 3), seed=seed),
    "all columns categorical": lambda seed: table(
        "all columns categorical", (90, 12), n_numeric=0, levels=(2, 5, 9), missing=0.05, seed=seed
    ),
    "all values equal": _equal,
    "duplicates everywhere": _doubled,
    "equal rows of both classes": _mislabelled,
    "a class absent from a fold": lambda seed: table("a class absent from a fold", (60, 0, 12), seed=seed),
    "500 to 1": lambda seed: table("500 to 1", (1000, 2), seed=seed),
    "200 columns of noise": lambda seed: _noise(seed),  # noqa: PLW0108 - defined below
    "one column, all cells missing": lambda seed: _empty(seed),  # noqa: PLW0108 - defined below
}
"""Name of each case, and what makes its table from a seed."""


def _noise(seed: int) -> Table:
    rng = np.random.default_rng(seed)
    layout = Layout(names=tuple(f"x{j}" for j in range(200)), levels=(0,) * 200)
    y = np.repeat([0, 1], [90, 12]).astype(np.int64)
    return Table(name="200 columns of noise", X=rng.normal(size=(102, 200)), y=y, layout=layout)


def _empty(seed: int) -> Table:
    part = table("one column, all cells missing", (60, 9), seed=seed)
    X = part.X.copy()
    X[:, 1] = np.nan
    return Table(name=part.name, X=X, y=part.y, layout=part.layout)


def check_hard_cases(info: MethodInfo, seed: int) -> None:
    """Run a method through every hard case: probabilities and decisions, or not applicable for a reason.

    A method that the registry does not know, or whose learner needs a package that is not installed, is
    left out.
    """
    spec = learner_for(info)
    if spec is not None:
        for make in CASES.values():
            check_case(info, spec, make(seed), seed)


def learner_for(info: MethodInfo) -> LearnerSpec | None:
    """Return a quick learner that can take the method; None where none is here."""
    if registry.methods().get(info.name) != info:
        return None
    recipe = _recipe(info)
    order = [recipe.own_learner] if recipe.own_learner else ["lightgbm", "logistic", *registry.learners()]
    for name in order:
        missing = name == "torch" and find_spec("torch") is None
        if not missing and unmet_need(recipe, registry.learner(name)) is None:
            known = {param.name for param in registry.learner(name).params}
            return LearnerSpec(name, tuple(p for p in _QUICK.get(name, ()) if p[0] in known))
    return None


def _recipe(info: MethodInfo) -> RecipeSpec:
    few = tuple(
        (p.name, max(_FEW[p.name], int(p.low or 1)))
        for p in info.params
        if p.name in _FEW and p.type == "int"
    )
    return RecipeSpec(() if info.kind == "baseline" else (Step(info.name, few),))


def check_case(info: MethodInfo, learner: LearnerSpec, part: Table, seed: int) -> bool:
    """Train, score and finish on one table; return whether the method was applicable."""
    what = f"{info.name} on {part.name}"
    with untouched(what, part.X, part.y):
        proba = or_not_applicable(what, partial(scored, info, learner, part, seed))
    if proba is None:
        return False
    require(are_probabilities(proba, (len(part.X), part.n_classes)), f"{what}: no probabilities")
    return True


def scored(info: MethodInfo, learner: LearnerSpec, part: Table, seed: int) -> FloatArray:
    """Return the probabilities of the rows trained on, calibrated where the method calibrates."""
    recipe = _recipe(info)
    finishing = bool(recipe.of("calibrator", "threshold"))
    workspace = Workspace(
        Part(X=part.X, y=part.y),
        part.X,
        layout=part.layout,
        n_classes=part.n_classes,
        inner=inner_splits(part.y, folds=3, seed=seed) if finishing else (),
        seed=seed,
    )
    scores = score(workspace, recipe, learner)
    if not finishing:
        return scores.target
    done = finish(recipe, scores.oof, part.y[scores.oof_rows], priors=scores.priors)
    proba = done.probabilities(scores.target)
    codes = done.rule.predict(proba)
    require(set(codes) <= set(range(part.n_classes)), f"{recipe} on {part.name}: decisions are no classes")
    return proba
