"""After training: calibrator and threshold, chosen on out-of-fold scores of the training part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import NotApplicableError
from imbtool.core.price import Price
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
    from imbtool.recipe.spec import RecipeSpec, Step


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
        A step cannot be applied to these classes, after this training or to what was asked.
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
    if getattr(rule, "uses_money", False):
        _check_by_row(chosen, aim)
    rule = _fitted(rule, scores, y, weight, priors)
    if getattr(rule, "uses_money", False) and recipe.training.steps and calibrator is None:
        rule.reason_ = (
            f"{recipe.training} may have moved the probabilities; put a calibrator before {chosen}."
        )
    return Finish(calibrator=calibrator, rule=rule)


def decided(rule: DecisionRule, proba: FloatArray, acting: FloatArray | None) -> IntArray:
    """Return the decisions of a rule.

    Parameters
    ----------
    rule : DecisionRule
    proba : ndarray of float64, shape (n, n_classes)
    acting : ndarray of float64, shape (n, 2), or None
        What acting on each row brings over leaving it alone, if it is negative and if it is positive; read
        by rules that decide rows by their own money.
    """
    extra: dict[str, Any] = {"acting": acting} if getattr(rule, "uses_money", False) else {}
    return rule.predict(proba, **extra)


def _check_by_row(step: Step | None, aim: Aim | None) -> None:
    """Raise `NotApplicableError` unless rows can be decided by their own money."""
    reason = Price().not_by_row if aim is None else aim.not_by_row
    if reason:
        raise NotApplicableError(
            f"{step} {reason}.",
            hint="One threshold for all rows is `threshold`.",
            code="no-row-money",
        )


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
