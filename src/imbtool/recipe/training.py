"""Training a recipe inside a workspace and scoring the rows it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.together import together
from imbtool.recipe.ensembles import PartTrainer, train_members
from imbtool.recipe.priors import priors_of
from imbtool.recipe.rows import stages, weights
from imbtool.recipe.spec import RecipeSpec
from imbtool.recipe.targeting import targeted
from imbtool.recipe.trace import all_of, trace_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.protocols import FittedLearner, Learner, Priors, View
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import LearnerSpec
    from imbtool.recipe.trace import FittedOn
    from imbtool.recipe.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Probabilities from one trained recipe.

    Parameters
    ----------
    target : ndarray of float64, shape (m, n_classes)
        Scores of the workspace's target rows.
    oof : ndarray of float64, shape (k, n_classes)
        Out-of-fold scores of training rows, in the order of `oof_rows`.
    oof_rows : ndarray of int64, shape (k,)
        Their positions in the training part (all of it, except under a time order).
    counts_after : tuple of int
        Training rows of each class after resampling.
    counts_by_sampler : mapping of str to tuple of int
        The same after each sampler of the recipe, in their order.
    priors : Priors or None
        Class shares before and after the training steps.
    seconds : float
        Wall time of all training and scoring behind these scores.
    fitted : mapping of str to FittedOn
        Which rows everything was fitted on, inner trainings too; empty where rows have no numbers.
    note : str
        What the reader should know of the training, such as an ensemble that stopped early, a fit that did
        not converge or smaller batches for want of memory.
    """

    target: FloatArray
    oof: FloatArray
    oof_rows: IntArray
    counts_after: tuple[int, ...]
    priors: Priors | None
    seconds: float
    counts_by_sampler: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fitted: Mapping[str, FittedOn] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A trained recipe: one or more models whose probabilities are averaged, and their view.

    `weights` are those of the models, positive with sum 1, or empty where all are equal. `priors` are None
    in a model that was read from a file. `counts_by_sampler` and `fitted` are those of `Scores`.
    """

    models: tuple[FittedLearner, ...]
    view: View
    counts_after: tuple[int, ...]
    priors: Priors | None = None
    weights: tuple[float, ...] = ()
    counts_by_sampler: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fitted: Mapping[str, FittedOn] = field(default_factory=dict)
    note: str = ""

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return the weighted mean of the models' probabilities on a matrix of this view."""
        total = np.zeros(1)
        for weight, model in zip(self.weights or (1.0,) * len(self.models), self.models, strict=True):
            total = total + weight * model.predict_proba(Z)
        return total if self.weights else total / len(self.models)


def score(workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> Scores:
    """Return the scores of a recipe's training part, trained once per workspace.

    What went wrong with a training that `imbtool.recipe.ahead.train_ahead` tried is raised.
    """
    key = key_of(recipe, learner)
    if key in workspace.failures:
        raise workspace.failures[key]
    if key not in workspace.scores:
        workspace.scores[key] = Training(workspace, recipe.training, learner).scores()
    return workspace.scores[key]


def key_of(recipe: RecipeSpec, learner: LearnerSpec) -> tuple[str, str]:
    """Return the name of a training in a workspace."""
    return str(learner), str(recipe.training)


class Training:
    """A recipe that is trained on a workspace and its inner ones: begun at once, finished by `scores`.

    Inside `imbtool.core.together.together` the learner may leave its work to the end of that block, or to
    `scores`.
    """

    def __init__(self, workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> None:
        self._workspace = workspace
        self._begun = _Begun((workspace, *workspace.inner), recipe, learner)

    def scores(self) -> Scores:
        """Return the scores; ``seconds`` are those of this recipe's own work and its share of the crowd's."""
        begun = self._begun
        before = begun.block.crowd.clock()
        (target, trained), *parts = begun.scored()
        oof, rows = _joined(self._workspace, [proba for proba, _ in parts])
        own = begun.seconds + begun.block.crowd.clock() - before
        return Scores(
            target=target,
            oof=oof,
            oof_rows=rows,
            counts_after=trained.counts_after,
            counts_by_sampler=trained.counts_by_sampler,
            priors=trained.priors,
            seconds=own + begun.block.seconds,
            fitted={**trained.fitted, **all_of([dict(model.fitted) for _, model in parts])},
            note=_said(trained),
        )


def _said(trained: Trained) -> str:
    """Return what the ensemble and its models say of their training, each text once."""
    texts = (trained.note, *(note for model in trained.models for note in getattr(model, "notes", ())))
    return " ".join(dict.fromkeys(filter(None, texts)))


def out_of_fold(
    workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec
) -> tuple[FloatArray, IntArray]:
    """Return out-of-fold scores of the training part and the positions of their rows."""
    parts = _Begun(workspace.inner, recipe.training, learner).scored()
    return _joined(workspace, [proba for proba, _ in parts])


def _joined(workspace: Workspace, parts: list[FloatArray]) -> tuple[FloatArray, IntArray]:
    rows = [scored for _, scored in workspace.inner_rows]
    if not parts:
        return np.empty((0, workspace.n_classes)), np.empty(0, dtype=np.int64)
    return np.concatenate(parts), np.concatenate(rows)


class _Begun:
    """A recipe whose training on some workspaces was begun; `seconds` are those without the crowd's work."""

    def __init__(self, spaces: Sequence[Workspace], recipe: RecipeSpec, learner: LearnerSpec) -> None:
        self._spaces = spaces
        with together() as self.block:
            before = self.block.crowd.clock()
            self._named = [resolve_learner(space, recipe, learner) for space in spaces]
            pairs = zip(spaces, self._named, strict=True)
            self._models = [train(space, recipe, *name) for space, name in pairs]
        self.seconds = self.block.crowd.clock() - before

    def scored(self) -> list[tuple[FloatArray, Trained]]:
        """Return the scores of the target rows of each workspace, and the models."""
        return [
            (model.predict_proba(space.picture(*name, "target")), model)
            for space, name, model in zip(self._spaces, self._named, self._models, strict=True)
        ]


def resolve_learner(workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> tuple[str, Learner]:
    """Return the learner to train and the name of its view: a recipe may bring its own."""
    own = next((s for s in recipe.steps if s.info.own_learner), None)
    if own is not None:
        return str(own), own.build().learner()
    return str(learner), workspace.learner(learner)


def train(workspace: Workspace, recipe: RecipeSpec, name: str, learner: Learner) -> Trained:
    """Train a recipe on the workspace's training part.

    Samplers run first, in the order written; the weights of the rows are then the user's times the
    reweighter's. A copy keeps the weight of its original; a synthetic row has the mean weight of its
    class.
    """
    after: dict[str, tuple[int, ...]] = {}
    for sampler, rows in stages(workspace, recipe, lambda: plain_scores(workspace, name, learner)):
        after[sampler] = tuple(np.bincount(rows.y, minlength=workspace.n_classes).tolist())
    weight = weights(workspace, recipe, rows)
    schedule, loss, changes = recipe.one("schedule"), recipe.one("loss"), recipe.of("training")
    built = None if loss is None else loss.build()
    trained_on, own = rows, weight
    if loss is not None and getattr(built, "uses_gain", False):
        trained_on, own = targeted(workspace.train, rows, weight, loss.name)
    trainer = PartTrainer(
        workspace,
        trained_on,
        own,
        name=name,
        learner=learner,
        settings={
            "schedule": schedule.build() if schedule else None,
            **({"loss": built} if loss else {}),
            **({"training": tuple(s.build() for s in changes)} if changes else {}),
        },
    )
    members, bags = train_members(trainer, recipe.one("ensemble"), seed=workspace.seed)
    unsampled = after.pop("")
    return Trained(
        models=_adjusted(recipe, members.models, workspace.n_classes),
        weights=_shares(members.weights),
        view=workspace.view(name, learner),
        counts_after=(unsampled, *after.values())[-1],
        counts_by_sampler=after,
        priors=priors_of(recipe, workspace.train, rows.y, weight, bags, workspace.n_classes),
        note=members.note,
        fitted=trace_of(workspace, rows.source, sampled=bool(recipe.of("sampler"))),
    )


def _adjusted(
    recipe: RecipeSpec, models: tuple[FittedLearner, ...], n_classes: int
) -> tuple[FittedLearner, ...]:
    step = recipe.one("adjustment")
    if step is None:
        return models
    change = step.build()
    return tuple(change.adjust(model, n_classes=n_classes) for model in models)


def _shares(weights: tuple[float, ...]) -> tuple[float, ...]:
    total = math.fsum(weights)
    return tuple(weight / total for weight in weights)


def plain_scores(workspace: Workspace, name: str, learner: Learner) -> FloatArray:
    """Return probabilities of the training part, each row's by a plain model that has not seen it.

    They serve samplers that choose rows by how hard they are. The folds are the inner ones, or where those
    leave rows out (under a time order, or none there) three stratified ones: no row outside the training
    part is read, so that only the training part's own order is looked through.
    """
    if name not in workspace.plain:
        proba = np.empty((workspace.train.y.shape[0], workspace.n_classes))
        for part, scored in workspace.whole_inner():
            model = train(part, RecipeSpec(), name, learner)
            proba[scored] = model.predict_proba(part.picture(name, learner, "target"))
        workspace.plain[name] = proba
    return workspace.plain[name]
