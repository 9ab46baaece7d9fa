"""How a metric is read when rows are compared: orientation, region of equivalence, test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.asked import MONEY
from imbtool.evaluation.choice import DEFAULT_CORRECTION, DEFAULT_TEST
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the ranking metric is read.

    Parameters
    ----------
    metric : str
    rope : float
        Half width of the region of practical equivalence, in the metric's unit.
    greater_is_better : bool
    test_ratio : float
        Test rows over training rows, mean over the folds.
    test, correction : str
        What decides, and how it is corrected for the number of methods (`imbtool.evaluation.choice`).
    """

    metric: str
    rope: float
    greater_is_better: bool
    test_ratio: float
    test: str = DEFAULT_TEST
    correction: str = DEFAULT_CORRECTION


def scale_of(
    metric: str, rope: float, shares: Sequence[float], test_ratio: float, stake: float = 1.0
) -> Scale:
    """Return the scale of a metric.

    Brier score and log-loss shrink with the base rate, so there the region of equivalence is `rope`
    times the loss of predicting the base rate: 0.01 is one percent of what there is to gain. For money it
    is `rope` times `stake`, what knowing everything would gain over the best policy that looks at no row;
    where right decisions cost nothing, that is what this policy costs.
    """
    p = np.asarray(shares, dtype=np.float64)
    p = p[p > 0]
    reach = {"brier": float(p @ (1 - p)) / 2, "log_loss": float(-(p @ np.log(p)))}
    reach |= dict.fromkeys(MONEY, stake)
    info = registry.metric(metric)
    return Scale(
        metric=metric,
        rope=rope * reach.get(metric, 1.0),
        greater_is_better=info.greater_is_better,
        test_ratio=test_ratio,
    )


def oriented(metric: str, values: FloatArray) -> FloatArray:
    """Return values in which more is better or worse throughout: a slope counts by its distance to 1."""
    ideal = registry.metric(metric).ideal
    return values if ideal is None else -np.abs(values - ideal)


def metric_key(metric: str, recipe: str) -> str:
    """Return the trial entry by which a recipe is judged on a metric.

    A recipe that neither trains differently nor moves the threshold decides at the default one; every
    other is judged at the threshold chosen for it, with the same budget for all.
    """
    if registry.metric(metric).family != "decision":
        return metric
    spec = parse_recipe(recipe)
    moved = spec.training.steps or spec.of("threshold")
    return metric if moved else f"{metric}_default"
