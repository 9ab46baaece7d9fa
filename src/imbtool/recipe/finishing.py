"""After training: calibrator and threshold, chosen on out-of-fold scores of the training part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.methods.postprocess.threshold import Threshold

if TYPE_CHECKING:
    from imbtool.core.protocols import Calibrator, DecisionRule
    from imbtool.core.types import FloatArray, IntArray
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
) -> Finish:
    """Fit the recipe's calibrator, then a threshold on the calibrated out-of-fold scores.

    The rule is fitted for every recipe, with one budget; a recipe that names no threshold is also
    judged at the default one. `threshold_metric` serves recipes whose threshold names no metric.
    """
    step = recipe.one("calibrator")
    calibrator = step.build().fit(oof, y, weight) if step else None
    chosen = recipe.one("threshold")
    metric = dict(chosen.params).get("metric") if chosen else None
    rule = Threshold(metric=str(metric or threshold_metric))
    scores = oof if calibrator is None else calibrator.transform(oof)
    return Finish(calibrator=calibrator, rule=rule.fit(scores, y, weight))
