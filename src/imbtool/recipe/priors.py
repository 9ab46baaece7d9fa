"""What share of the rows each class has, and what share of the training it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Priors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import RecipeSpec, Step
    from imbtool.recipe.workspace import Part


def priors_of(
    recipe: RecipeSpec,
    part: Part,
    y: IntArray,
    weight: FloatArray | None,
    bags: Sequence[IntArray | None],
    n_classes: int,
) -> Priors:
    """Return the class shares of a training part before and after the recipe's training steps.

    Parameters
    ----------
    recipe : RecipeSpec
    part : Part
        The training part as it is; its weights are the users'.
    y : ndarray of int64, shape (m,)
        Classes after resampling.
    weight : ndarray of float64, shape (m,), or None
        Weights after resampling and reweighting.
    bags : sequence of (ndarray of int64 or None)
        Rows of each model; None stands for all.
    n_classes : int
    """
    natural = _shares(part.y, part.weight, n_classes)
    reason = next((why for step in recipe.steps if (why := _unknown(step))), "")
    if reason:
        return Priors(natural=natural, training=None, reason=reason)
    each = [
        _shares(y, weight, n_classes)
        if bag is None
        else _shares(y[bag], None if weight is None else weight[bag], n_classes)
        for bag in bags
    ]
    return Priors(natural=natural, training=np.mean(each, axis=0))


def _unknown(step: Step) -> str:
    """Return why the class shares that training sees cannot be told with this step; empty when they can."""
    kind = step.info.kind
    if step.info.own_learner or (kind == "ensemble" and not hasattr(step.info.load(), "bags")):
        return f"{step.name} changes the class shares inside its own training"
    if kind == "schedule":
        return f"{step.name} changes the weights while training goes on"
    if kind == "adjustment":
        return f"{step.name} changes the trained model"
    if kind in ("sampler", "reweighter", "ensemble", "training", "calibrator", "threshold"):
        return ""
    return f"{step.name} changes what the learner minimises"


def _shares(y: IntArray, weight: FloatArray | None, n_classes: int) -> FloatArray:
    sums = np.bincount(y, weights=weight, minlength=n_classes).astype(np.float64)
    shares: FloatArray = sums / sums.sum()
    return shares
