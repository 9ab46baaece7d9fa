"""How good a model is on the rows that it was made of, in sample and out of fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.bundle.manifest import Metrics
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.metrics.evaluate import evaluate
from imbtool.recipe.finishing import decided
from imbtool.recipe.fitting import finish_on

if TYPE_CHECKING:
    from imbtool.bundle.model import FittedModel
    from imbtool.core.protocols import DecisionRule, Priors
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.recipe.finishing import Finish
    from imbtool.recipe.fitting import Fitted, OutOfFold
    from imbtool.recipe.spec import RecipeSpec


def metrics_of(
    model: FittedModel,
    data: Dataset,
    recipe: RecipeSpec,
    fitted: Fitted,
    threshold_metric: str,
    aim: Aim | None,
) -> Metrics:
    """Return the metrics of a fitted model on the rows of `data`: on those trained on, and out of fold."""
    proba, codes = model.score_matrix(data.X, None if aim is None else aim.acting)
    training, _ = _evaluated(data, np.arange(data.n_rows), proba, codes)
    if fitted.oof is None or not len(fitted.oof.rows):
        return Metrics(training=training, cross_validated={}, per_class={})
    proba, codes = _cross_fitted(data, recipe, fitted.oof, threshold_metric, fitted.trained.priors, aim)
    cross_validated, per_class = _evaluated(data, fitted.oof.rows, proba, codes)
    return Metrics(training=training, cross_validated=cross_validated, per_class=per_class)


def _cross_fitted(
    data: Dataset,
    recipe: RecipeSpec,
    oof: OutOfFold,
    threshold_metric: str,
    priors: Priors | None,
    aim: Aim | None,
) -> tuple[FloatArray, IntArray]:
    """Return probabilities and decisions of each fold by calibrator and threshold of the other folds.

    Those that go into the model are chosen on all these rows; measured on the same rows they would
    flatter themselves.
    """
    proba, codes = oof.scores.copy(), np.empty(len(oof.rows), dtype=np.int64)
    for fold in np.unique(oof.fold):
        here, others = np.flatnonzero(oof.fold == fold), np.flatnonzero(oof.fold != fold)
        rule: DecisionRule = default_rule(data.n_classes)
        if recipe.of("calibrator", "threshold") and len(others):
            done: Finish = finish_on(data, recipe, oof, threshold_metric, others, priors=priors, aim=aim)
            proba[here] = done.probabilities(oof.scores[here])
            rule = done.rule if recipe.of("threshold") else rule
        acting = None if aim is None or aim.acting is None else aim.acting[oof.rows[here]]
        codes[here] = decided(rule, proba[here], acting)
    return proba, codes


def _evaluated(
    data: Dataset, rows: IntArray, proba: FloatArray, codes: IntArray
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    weight = data.weight
    shares = np.bincount(data.y, weights=weight, minlength=data.n_classes)
    return evaluate(
        data.y[rows],
        proba,
        predicted=codes,
        predicted_default=default_rule(data.n_classes).predict(proba),
        n_classes=data.n_classes,
        base_rate=shares / shares.sum(),
        sample_weight=None if weight is None else weight[rows],
        classes=data.classes,
    )
