"""What every reweighter, training method and ensemble must hold to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool import registry
from imbtool.core.members import Bagging
from imbtool.core.protocols import Resampled
from imbtool.core.training import Change
from imbtool.recipe.ensembles import PartTrainer
from imbtool.recipe.workspace import Part, Workspace
from imbtool.testing.learner import check_learner_object
from imbtool.testing.require import are_probabilities, or_not_applicable, require, same_bits, untouched
from imbtool.testing.tables import all_tables, table

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo
    from imbtool.core.types import FloatArray
    from imbtool.testing.tables import Table


def check_reweighter(info: MethodInfo, seed: int) -> None:
    """Weights are positive with mean 1, follow their rows, and do not depend on chance."""
    parts = (*all_tables(seed), table("a class without rows", (50, 0, 5), seed=seed))
    passed = [_check_weights_on(info, part, seed) for part in parts]
    require(any(passed), f"{info.name}: not applicable to any table")


def _check_weights_on(info: MethodInfo, part: Table, seed: int) -> bool:
    what = f"{info.name} on {part.name}"
    with untouched(what, part.X, part.y):
        weight = or_not_applicable(what, partial(_weights, info, part))
    if weight is None:
        return False
    check_weight(what, weight, len(part.y))
    require(same_bits(weight, _weights(info, part)), f"{what}: chance in the weights")
    order = np.random.default_rng(seed).permutation(len(part.y))
    moved = _weights(info, replace(part, X=part.X[order], y=part.y[order]))
    require(np.allclose(moved, weight[order], rtol=1e-6), f"{what}: weights must follow their rows")
    return True


def _weights(info: MethodInfo, part: Table) -> Any:
    method = info.load()()
    extra: dict[str, Any] = {"layout": part.layout} if getattr(method, "uses_layout", False) else {}
    if getattr(method, "uses_table", False):
        extra["table"] = np.unique(part.X, axis=0)[::2]
    return method.fit_weight(part.X, part.y, **extra)


def check_weight(what: str, weight: FloatArray, n: int) -> None:
    """Check that there is one finite positive weight a row, and that their mean is 1."""
    require(weight.shape == (n,) and weight.dtype == np.float64, f"{what}: one float64 weight a row")
    require(np.isfinite(weight).all() and (weight > 0).all(), f"{what}: weights must be positive")
    require(abs(weight.mean() - 1.0) < 1e-9, f"{what}: the mean weight is {weight.mean()}, not 1")


def check_training(info: MethodInfo, seed: int) -> None:  # noqa: ARG001 - the signature of a check
    """Check that what is asked for is something that learners know, the same each time."""
    change = info.load()().change()
    require(isinstance(change, Change), f"{info.name}: `change` must return a change of core.training")
    require(change == info.load()().change(), f"{info.name}: chance in what is asked for")


def check_ensemble(info: MethodInfo, seed: int) -> None:
    """Bags hold every class; members one after the other answer with probabilities, the same each time.

    A method with a learner of its own passes as a learner.
    """
    if info.own_learner:
        check_learner_object(info.name, info.load()().learner, seed=seed)
        return
    for part in (*all_tables(seed), table("one rare row", (40, 1), seed=seed)):
        what = f"{info.name} on {part.name}"
        if isinstance(info.load()(), Bagging):
            _check_bagging(what, info, part, seed)
        else:
            or_not_applicable(what, partial(_check_members, what, info, part, seed))


def _check_bagging(what: str, info: MethodInfo, part: Table, seed: int) -> None:
    with untouched(what, part.y):
        bags = info.load()().bags(part.y, random_state=seed)
    _check_bags(what, bags, part)
    again = info.load()().bags(part.y, random_state=seed)
    same = len(bags) == len(again) and all(map(same_bits, bags, again))
    require(same, f"{what}: the same seed must give the same bags")


def _check_bags(what: str, bags: Any, part: Table) -> None:
    require(len(bags) >= 1, f"{what}: no bags")
    for bag in bags:
        require(bag.dtype == np.int64 and bag.ndim == 1, f"{what}: a bag is an array of int64")
        require(bag.min() >= 0 and bag.max() < len(part.y), f"{what}: a bag points outside the rows")
        require(set(part.y[bag]) == set(part.y), f"{what}: a bag misses a class")


def _check_members(what: str, info: MethodInfo, part: Table, seed: int) -> None:
    with untouched(what, part.X, part.y):
        found, proba = _train_members(info, part, seed)
    require(len(found.models) >= 1, f"{what}: no members")
    weights = np.array(found.weights or [1.0] * len(found.models))
    fits = len(weights) == len(found.models) and np.isfinite(weights).all() and (weights > 0).all()
    require(fits, f"{what}: weights must be positive, one a member, or none; got {found.weights}")
    for each in proba:
        require(are_probabilities(each, (len(part.y), part.n_classes)), f"{what}: no probabilities")
    again, repeated = _train_members(info, part, seed)
    same = again.weights == found.weights and len(repeated) == len(proba)
    require(
        same and all(map(same_bits, proba, repeated)), f"{what}: the same seed must give the same members"
    )


def _train_members(info: MethodInfo, part: Table, seed: int) -> tuple[Any, list[FloatArray]]:
    """Return the members trained on a table by a small learner, and their answers."""
    rows = np.arange(len(part.y))
    workspace = Workspace(
        Part(X=part.X, y=part.y), part.X, layout=part.layout, n_classes=part.n_classes, seed=seed
    )
    learner = registry.learner("lightgbm").load()(n_estimators=5, min_child_samples=5)
    whole = Resampled(X=workspace.train.X, y=part.y, source=rows)
    trainer = PartTrainer(workspace, whole, None, name="lightgbm", learner=learner, settings={})
    found = info.load()().train(trainer, random_state=seed)
    return found, [trainer.score(model) for model in found.models]
