"""After training: calibrator and threshold, chosen on out-of-fold scores of the training part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imbtool.core.protocols import Priors
from imbtool.methods.postprocess.aimed import AimedThreshold
from imbtool.methods.postprocess.aims import FLOORS
from imbtool.methods.postprocess.cut import Floors
from imbtool.methods.postprocess.expected_cost import ExpectedCost
from imbtool.methods.postprocess.threshold import Threshold

if TYPE_CHECKING:
    from imbtool.core.protocols import Calibrator, DecisionRule
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.recipe.spec import RecipeSpec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finish:
    """A fitted calibrator (or None) and a fitted decision rule."""

    calibrator: Calibrator | None
    rule: DecisionRule

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Return calibrated probabilities of raw scores."""
        return scores if self.calibrator is None else self.calibrator.transform(scores)


def finish(
    recipe: RecipeSpec,
    oof: FloatArray,
    y: IntArray,
    *,
    weight: FloatArray | None = None,
    threshold_metric: str = "f1",
    priors: Priors | None = None,
    aim: Aim | None = None,
) -> Finish:
    """Fit the recipe's calibrator, then a threshold on the calibrated out-of-fold scores.

    The rule is fitted for every recipe, with one budget; a recipe that names no threshold is also
    judged at the default one. `threshold_metric` serves recipes whose threshold names no metric, and
    before it `aim`, what a price asks on these rows; `priors` steps that correct for the change of the
    class shares by training.

    Raises
    ------
    NotApplicableError
        A step cannot be applied to these classes or after this training.
    """
    step = recipe.one("calibrator")
    calibrator = None if step is None else _fitted(step.build(), oof, y, weight, priors)
    scores = oof if calibrator is None else calibrator.transform(oof)
    if priors is not None and getattr(calibrator, "restores_priors", False):
        priors = Priors(natural=priors.natural, training=priors.natural)
    chosen = recipe.one("threshold")
    rule = Threshold() if chosen is None else chosen.build()
    if getattr(rule, "metric", "") is None:
        if aim is None:
            rule.metric = threshold_metric
        else:
            rule = _aimed(rule, aim)
    return Finish(calibrator=calibrator, rule=_fitted(rule, scores, y, weight, priors))


def _aimed(rule: Threshold, aim: Aim) -> Threshold | ExpectedCost:
    """Return the rule for what a price asks; floors that the recipe names go before."""
    if aim.costs is not None:
        return ExpectedCost(costs=aim.costs.tolist(), words=aim.words)
    own = {name: getattr(rule, name) for name in FLOORS if getattr(rule, name) is not None}
    floors = Floors(**own) if own else aim.floors
    words = ", ".join([aim.words, *(f"{name}={level:g}" for name, level in own.items())])
    return AimedThreshold(replace(aim, floors=floors, words=words))


def _fitted(
    made: Any, scores: FloatArray, y: IntArray, weight: FloatArray | None, priors: Priors | None
) -> Any:
    """Fit a calibrator or a rule; it is told the class shares where it asks for them."""
    extra = {"priors": priors} if getattr(made, "uses_priors", False) else {}
    return made.fit(scores, y, weight, **extra)
