"""One task in a worker: train on one fold, finish every recipe, score the untouched test part."""

from __future__ import annotations

import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import ImbtoolError, NotApplicableError
from imbtool.core.seeds import derive_seed
from imbtool.core.threads import one_thread
from imbtool.data.splits import inner_splits
from imbtool.evaluation.plan import Joint
from imbtool.evaluation.result import Trial
from imbtool.learners.nearness import search_on
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.methods.resample.certified import searched_by
from imbtool.metrics.curves import curves_of, macro_curves
from imbtool.metrics.evaluate import evaluate
from imbtool.metrics.ranking import pr_auc_flattery
from imbtool.recipe.ahead import train_ahead
from imbtool.recipe.aiming import aim_of
from imbtool.recipe.finishing import Finish, decided, finish
from imbtool.recipe.trace import fitted_on
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray, TrialStatus
    from imbtool.data.splits import Split
    from imbtool.evaluation.errands import Shared
    from imbtool.evaluation.plan import Task, Work
    from imbtool.metrics.money import Stakes
    from imbtool.recipe.spec import RecipeSpec
    from imbtool.recipe.trace import FittedOn
    from imbtool.recipe.training import Scores


_WORKSPACES: dict[tuple[str, int, int], Workspace] = {}


def run_task(shared: Shared, task: Work) -> tuple[Trial, ...]:
    """Return one trial for each recipe of the task; no exception of a method gets out.

    The networks of a `Joint` train together first. Where that fails otherwise than a training alone may, each
    of its tasks is done alone.
    """
    split = next(s for s in shared.splits if (s.repeat, s.fold) == (task.repeat, task.fold))
    # One thread each: a sum taken by another number of threads may differ in its last bits (law 3).
    alone, search = one_thread(), searched_by(search_on(shared.device))
    with alone, search, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if not isinstance(task, Joint):
                return _trials(shared, split, task)
            with suppress(Exception):
                train_ahead(_workspace(shared, split), [(t.training, t.learner) for t in task.tasks])
            return tuple(trial for one in task.tasks for trial in _trials(shared, split, one))
        except BaseException:  # stopped in the middle, so that nothing shared can be relied on (law 4)
            forget_workspaces()
            raise


def _trials(shared: Shared, split: Split, task: Task) -> tuple[Trial, ...]:
    try:
        workspace = _workspace(shared, split)
        scores = score(workspace, task.training, task.learner)
        return _finish_all(shared, split, workspace, task, scores)
    except NotApplicableError as error:
        return _without_scores(shared, split, task, "not-applicable", error.message)
    except MemoryError:
        return _without_scores(shared, split, task, "failed", "out of memory")
    except Exception as error:  # law 5: reported with its reason; the rest goes on
        text = error.message if isinstance(error, ImbtoolError) else f"{type(error).__name__}: {error}"
        return _without_scores(shared, split, task, "failed", text)


def _workspace(shared: Shared, split: Split) -> Workspace:
    """Return this fold's workspace; the last one is kept, since tasks come fold by fold."""
    key = (shared.run, split.repeat, split.fold)
    if key not in _WORKSPACES:
        _WORKSPACES.clear()
        _WORKSPACES[key] = _new_workspace(shared, split)
    return _WORKSPACES[key]


def forget_workspaces() -> None:
    """Free what this process keeps of the last fold."""
    _WORKSPACES.clear()


def _new_workspace(shared: Shared, split: Split) -> Workspace:
    weight = None if shared.weight is None else shared.weight[split.train]
    if weight is not None:
        weight = weight / weight.mean()
    y = shared.y[split.train]
    seed = derive_seed(shared.seed, "fold", split.repeat, split.fold)
    inner = shared.inner_folds and inner_splits(
        y,
        folds=shared.inner_folds,
        seed=derive_seed(seed, "inner"),
        group=None if shared.group is None else shared.group[split.train],
        time=None if shared.time is None else shared.time[split.train],
    )
    return Workspace(
        Part(
            X=shared.X[split.train], y=y, weight=weight, number=split.train, gain=gain_of(shared, split.train)
        ),
        shared.X[split.test],
        layout=shared.layout,
        n_classes=len(shared.classes),
        inner=inner or (),
        seed=seed,
        scored=split.test,
        tables=shared.tables,
    )


def _finish_all(
    shared: Shared, split: Split, workspace: Workspace, task: Task, scores: Scores
) -> tuple[Trial, ...]:
    # The training is paid for by the recipe that has nothing else, or else by the first.
    trials = []
    for number, recipe in enumerate(task.recipes):
        paid = scores.seconds if number == 0 else 0.0
        try:
            trials.append(_finish(shared, split, workspace, task, scores, recipe, paid))
        except NotApplicableError as error:
            trials.extend(
                _without_scores(shared, split, task, "not-applicable", error.message, recipes=(recipe,))
            )
        except Exception as error:  # as above, for one recipe
            reason = f"{type(error).__name__}: {error}"
            trials.extend(_without_scores(shared, split, task, "failed", reason, recipes=(recipe,)))
    return tuple(trials)


def _finish(
    shared: Shared,
    split: Split,
    workspace: Workspace,
    task: Task,
    scores: Scores,
    recipe: RecipeSpec,
    paid: float,
) -> Trial:
    began = time.perf_counter()
    part = workspace.train
    n_classes = len(shared.classes)
    done = Finish(calibrator=None, rule=default_rule(n_classes))
    if shared.inner_folds:
        done = finish(
            recipe,
            scores.oof,
            part.y[scores.oof_rows],
            weight=None if part.weight is None else part.weight[scores.oof_rows],
            threshold_metric=shared.threshold_metric,
            priors=scores.priors,
            aim=aim_of(shared.price, _stakes_of(shared, split.train[scores.oof_rows])),
        )
    proba = done.probabilities(scores.target)
    before = np.bincount(part.y, minlength=n_classes)
    at_stake = _stakes_of(shared, split.test)
    predicted = decided(done.rule, proba, None if at_stake is None else at_stake.acting)
    predicted_default = default_rule(n_classes).predict(proba)
    y, weight = shared.y[split.test], None if shared.weight is None else shared.weight[split.test]
    metrics, per_class = evaluate(
        y,
        proba,
        predicted=predicted,
        predicted_default=predicted_default,
        n_classes=n_classes,
        base_rate=np.bincount(part.y, weights=part.weight, minlength=n_classes) / part.y.shape[0],
        sample_weight=weight,
        classes=shared.classes,
    )
    if at_stake is not None:
        metrics |= at_stake.metrics(proba[:, 1], predicted, predicted_default)
    return Trial(
        learner=str(task.learner),
        recipe=str(recipe),
        repeat=split.repeat,
        fold=split.fold,
        metrics=metrics,
        per_class=per_class,
        threshold=tuple(done.rule.values_),
        reason=" ".join(filter(None, (_remark(shared, recipe, done), scores.note))),
        counts_before=tuple(int(c) for c in before),
        counts_after=scores.counts_after,
        counts_by_sampler=scores.counts_by_sampler,
        n_train=split.train.shape[0],
        n_test=split.test.shape[0],
        seconds=paid + time.perf_counter() - began,
        fitted=_trace(shared, split, recipe, scores),
        flattery={"pr_auc": pr_auc_flattery(y, proba, weight)},
        curves=(
            curves_of(y, proba[:, 1], predicted, predicted_default, weight, at_stake)
            if n_classes == 2
            else macro_curves(y, proba, predicted, predicted_default, weight)
        ),
    )


def _trace(shared: Shared, split: Split, recipe: RecipeSpec, scores: Scores) -> dict[str, FittedOn]:
    """Return what the trial's training was fitted on, and what was chosen on its out-of-fold scores."""
    found = dict(scores.fitted)
    if found and shared.inner_folds:
        finish_rows = fitted_on(split.train[scores.oof_rows], split.test)
        found |= {"calibrator": finish_rows} if recipe.of("calibrator") else {}
        found["threshold"] = finish_rows
    return found


def gain_of(shared: Shared, rows: IntArray) -> FloatArray | None:
    """Return what acting on each of these rows brings; None without money, and with several classes."""
    gain = None if shared.stakes is None or len(shared.classes) > 2 else shared.stakes.gain
    return None if gain is None else gain[rows]


def _stakes_of(shared: Shared, rows: IntArray) -> Stakes | None:
    return None if shared.stakes is None else shared.stakes.take(rows)


def _remark(shared: Shared, recipe: RecipeSpec, done: Finish) -> str:
    """Return what the threshold had to give up, where it was asked for."""
    floors = shared.price is not None and shared.price.floors
    return str(getattr(done.rule, "reason_", "")) if recipe.of("threshold") or floors else ""


def _without_scores(
    shared: Shared,
    split: Split,
    task: Task,
    status: TrialStatus,
    reason: str,
    recipes: Sequence[RecipeSpec] | None = None,
) -> tuple[Trial, ...]:
    counts = np.bincount(shared.y[split.train], minlength=len(shared.classes))
    return tuple(
        Trial(
            learner=str(task.learner),
            recipe=str(recipe),
            repeat=split.repeat,
            fold=split.fold,
            status=status,
            reason=reason,
            counts_before=tuple(int(c) for c in counts),
            n_train=split.train.shape[0],
            n_test=split.test.shape[0],
        )
        for recipe in (recipes or task.recipes)
    )
