"""One control in a worker: a recipe on a permuted target, and on strangers also on disguised rows."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import ImbtoolError, NotApplicableError
from imbtool.core.seeds import derive_seed
from imbtool.core.threads import one_thread
from imbtool.evaluation.proof.chance import macro_roc_auc, p_better_than_chance, permuted
from imbtool.evaluation.proof.errands import ControlOutcome
from imbtool.evaluation.proof.stranger import examine
from imbtool.evaluation.work import gain_of
from imbtool.recipe.training import score
from imbtool.recipe.workspace import Part, Workspace

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.splits import Split
    from imbtool.evaluation.errands import Shared
    from imbtool.evaluation.proof.errands import ControlTask, Suspicion
    from imbtool.metrics.money import Stakes


def run_control(shared: Shared, task: ControlTask) -> ControlOutcome:
    """Return the outcome of a control; no exception of a method gets out."""
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _run(shared, task)
        except (NotApplicableError, MemoryError) as error:
            return ControlOutcome(reason=str(getattr(error, "message", "")) or "out of memory")
        except Exception as error:  # as for a trial: told with its reason
            text = error.message if isinstance(error, ImbtoolError) else f"{type(error).__name__}: {error}"
            return ControlOutcome(reason=text)


def _run(shared: Shared, task: ControlTask) -> ControlOutcome:
    seed = derive_seed(shared.seed, "control", task.draw)
    once = [split for split in shared.splits if split.repeat == shared.splits[0].repeat]
    y = permuted(shared.y, [split.test for split in once], np.random.default_rng(seed))
    changed = replace(shared, y=y, stakes=_moved(shared, y))

    def scores(given: Shared, split: Split) -> FloatArray:
        return score(fold_workspace(given, split), task.recipe, task.learner).target

    suspicions: tuple[Suspicion, ...] = ()
    if task.stranger:
        suspicions = examine(shared, changed, once, task, scores)
    chosen = once[: max(2, task.folds)] if task.stranger else once[: task.folds]
    areas, p_values = [], []
    # The first part last: its rows were in training before, should anything remember them.
    for split in (*chosen[1:], *chosen[:1]):
        proba, truth = scores(changed, split), y[split.test]
        areas.append(macro_roc_auc(truth, proba))
        rng = np.random.default_rng(derive_seed(seed, split.fold))
        p_values.append(p_better_than_chance(truth, proba, rng))
    return ControlOutcome(roc_auc=tuple(areas), p_values=tuple(p_values), suspicions=suspicions)


def _moved(shared: Shared, y: IntArray) -> Stakes | None:
    """Return stakes that go with the permuted target: rows of a class take over those of the class."""
    if shared.stakes is None:
        return None
    source = np.empty_like(y)
    for k in range(len(shared.classes)):
        source[y == k] = np.flatnonzero(shared.y == k)
    return shared.stakes.take(source)


def fold_workspace(shared: Shared, split: Split) -> Workspace:
    """Return a workspace of a split without inner folds: a control needs test scores alone."""
    weight = None if shared.weight is None else shared.weight[split.train]
    return Workspace(
        Part(
            X=shared.X[split.train],
            y=shared.y[split.train],
            weight=None if weight is None else weight / weight.mean(),
            number=split.train,
            gain=gain_of(shared, split.train),
        ),
        shared.X[split.test],
        layout=shared.layout,
        n_classes=len(shared.classes),
        seed=derive_seed(shared.seed, "fold", split.repeat, split.fold),
        scored=split.test,
        tables=shared.tables,
    )
