"""Fitting a recipe on all rows of a data set: training, out-of-fold scores, calibrator, threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.seeds import derive_seed
from imbtool.core.threads import one_thread
from imbtool.data.companion import read_companions
from imbtool.data.splits import inner_splits
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.recipe.finishing import finish
from imbtool.recipe.spec import unmet_need
from imbtool.recipe.trained import resolve_learner, train
from imbtool.recipe.training import out_of_fold
from imbtool.recipe.workspace import Part, Workspace

if TYPE_CHECKING:
    from imbtool.core.protocols import DecisionRule, Priors
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.recipe.finishing import Finish
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec
    from imbtool.recipe.trained import Trained

INNER_FOLDS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfFold:
    """Scores of rows by models that have not seen them.

    Parameters
    ----------
    scores : ndarray of float64, shape (k, n_classes)
        Uncalibrated.
    rows : ndarray of int64, shape (k,)
        Which rows of the data set they belong to (all of them, except under a time order).
    fold : ndarray of int64, shape (k,)
        The inner fold that each row was scored in.
    """

    scores: FloatArray
    rows: IntArray
    fold: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A recipe fitted on all rows: models and view, calibrator, decision rule.

    `finish` is None, and `oof` too unless it was asked for, when the recipe names neither calibrator
    nor threshold; `rule` is then the default one (0.5, largest probability).
    """

    trained: Trained
    finish: Finish | None
    rule: DecisionRule
    oof: OutOfFold | None


def fit_recipe(
    data: Dataset,
    recipe: RecipeSpec,
    learner: LearnerSpec,
    *,
    threshold_metric: str = "f1",
    inner_folds: int = INNER_FOLDS,
    seed: int = 0,
    always_score: bool = False,
    aim: Aim | None = None,
) -> Fitted:
    """Train a recipe on all rows; choose calibrator and threshold on inner out-of-fold scores.

    Parameters
    ----------
    data : Dataset
    recipe : RecipeSpec
    learner : LearnerSpec
    threshold_metric : str, default="f1"
        For a threshold that names no metric.
    inner_folds : int, default=3
    seed : int, default=0
        Same seed, same bytes.
    always_score : bool, default=False
        Compute the out-of-fold scores even where the recipe does not need them.
    aim : Aim, optional
        What a price asks of the threshold, before `threshold_metric`; for all rows of `data`.

    Raises
    ------
    UsageError
        Code ``impossible-combination``: a schedule with a learner that is not trained in stages, a loss
        with one whose loss is fixed.
    """
    _check_needs(recipe, learner)
    finishing = bool(recipe.of("calibrator", "threshold"))
    inner: list[tuple[IntArray, IntArray]] = []
    if finishing or always_score:
        inner = inner_splits(
            data.y,
            folds=inner_folds,
            seed=derive_seed(seed, "inner"),
            group=data.group,
            time=data.time,
        )
    space = Workspace(
        Part(X=data.X, y=data.y, weight=data.weight, gain=None if aim is None else aim.gain),
        data.X[:0],
        layout=data.layout,
        n_classes=data.n_classes,
        inner=inner,
        seed=derive_seed(seed, "fit"),
        tables={path: table.X for path, table in read_companions(data, recipe.tables).items()},
    )
    # One thread: a sum taken by another number of threads may differ in its last bits (law 3).
    with one_thread():
        name, made = resolve_learner(space, recipe, learner)
        trained = train(space, recipe, name, made)
        oof = _out_of_fold(space, recipe, learner) if inner else None
    done = None
    if oof is not None and finishing:
        done = finish_on(data, recipe, oof, threshold_metric, priors=trained.priors, aim=aim)
    rule: DecisionRule = default_rule(data.n_classes)
    if done is not None and recipe.of("threshold"):
        rule = done.rule
    return Fitted(trained=trained, finish=done, rule=rule, oof=oof)


def finish_on(
    data: Dataset,
    recipe: RecipeSpec,
    oof: OutOfFold,
    threshold_metric: str,
    keep: IntArray | None = None,
    *,
    priors: Priors | None = None,
    aim: Aim | None = None,
) -> Finish:
    """Fit calibrator and threshold on out-of-fold scores, or on those at the positions `keep`."""
    scores, rows = (oof.scores, oof.rows) if keep is None else (oof.scores[keep], oof.rows[keep])
    return finish(
        recipe,
        scores,
        data.y[rows],
        weight=None if data.weight is None else data.weight[rows],
        threshold_metric=threshold_metric,
        priors=priors,
        aim=None if aim is None else aim.take(rows),
    )


def _check_needs(recipe: RecipeSpec, learner: LearnerSpec) -> None:
    unmet = unmet_need(recipe, registry.learner(learner.name))
    if unmet is not None:
        raise UsageError(
            f"{unmet[0]}; {learner.name} is not one.",
            hint=f"Use it with: {unmet[1]}.",
            code="impossible-combination",
        )


def _out_of_fold(space: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> OutOfFold:
    scores, rows = out_of_fold(space, recipe, learner)
    sizes = [len(scored) for _, scored in space.inner_rows]
    return OutOfFold(scores=scores, rows=rows, fold=np.repeat(np.arange(len(sizes)), sizes))
