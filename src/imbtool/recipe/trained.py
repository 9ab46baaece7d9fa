"""Training a recipe on one part."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.recipe.ensembles import PartTrainer, train_members
from imbtool.recipe.priors import priors_of
from imbtool.recipe.rows import draw
from imbtool.recipe.spec import RecipeSpec
from imbtool.recipe.targeting import targeted
from imbtool.recipe.trace import trace_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.protocols import FittedLearner, Learner, Priors, View
    from imbtool.core.types import FloatArray
    from imbtool.recipe.rows import Drawn
    from imbtool.recipe.spec import LearnerSpec
    from imbtool.recipe.trace import FittedOn
    from imbtool.recipe.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A trained recipe: one or more models whose probabilities are averaged, and their view.

    `weights` are those of the models, positive with sum 1, or empty where all are equal. `priors` are None
    in a model that was read from a file. `counts_by_sampler` and `fitted` are those of
    `imbtool.recipe.training.Scores`.
    """

    models: tuple[FittedLearner, ...]
    view: View
    counts_after: tuple[int, ...]
    priors: Priors | None = None
    weights: tuple[float, ...] = ()
    counts_by_sampler: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fitted: Mapping[str, FittedOn] = field(default_factory=dict)
    note: str = ""

    @property
    def said(self) -> str:
        """What the ensemble and its models say of their training, each text once."""
        texts = (self.note, *(note for model in self.models for note in getattr(model, "notes", ())))
        return " ".join(dict.fromkeys(filter(None, texts)))

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return the weighted mean of the models' probabilities on a matrix of this view."""
        total = np.zeros(1)
        for weight, model in zip(self.weights or (1.0,) * len(self.models), self.models, strict=True):
            total = total + weight * model.predict_proba(Z)
        return total if self.weights else total / len(self.models)


def resolve_learner(workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> tuple[str, Learner]:
    """Return the learner to train and the name of its view: a recipe may bring its own."""
    own = next((s for s in recipe.steps if s.info.own_learner), None)
    if own is not None:
        return str(own), own.build().learner()
    return str(learner), workspace.learner(learner)


def train(workspace: Workspace, recipe: RecipeSpec, name: str, learner: Learner) -> Trained:
    """Train a recipe on the workspace's training part."""
    return fit_drawn(workspace, recipe, name, learner, drawn_for(workspace, recipe, name, learner))


def drawn_for(workspace: Workspace, recipe: RecipeSpec, name: str, learner: Learner) -> Drawn:
    """Return the rows that a recipe trains on, and their weights."""
    return draw(workspace, recipe, lambda: plain_scores(workspace, name, learner))


def fit_drawn(workspace: Workspace, recipe: RecipeSpec, name: str, learner: Learner, drawn: Drawn) -> Trained:
    """Train a recipe on the rows that its samplers made of the training part."""
    rows, weight = drawn.rows, drawn.weight
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
    return Trained(
        models=_adjusted(recipe, members.models, workspace.n_classes),
        weights=_shares(members.weights),
        view=workspace.view(name, learner),
        counts_after=drawn.counts_after,
        counts_by_sampler=drawn.counts,
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
