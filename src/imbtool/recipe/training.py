"""Training a recipe inside a workspace and scoring the rows it has not seen."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from imbtool.core.protocols import Origin, SharingLearner
from imbtool.core.seeds import derive_seed
from imbtool.recipe.priors import priors_of
from imbtool.recipe.rows import mean_one, resample, weights
from imbtool.recipe.spec import RecipeSpec

if TYPE_CHECKING:
    from imbtool.core.protocols import FittedLearner, Learner, Priors, Resampled, View
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import LearnerSpec
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
    priors : Priors or None
        Class shares before and after the training steps.
    seconds : float
        Wall time of all training and scoring behind these scores.
    """

    target: FloatArray
    oof: FloatArray
    oof_rows: IntArray
    counts_after: tuple[int, ...]
    priors: Priors | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A trained recipe: one or more models whose probabilities are averaged, and their view.

    `priors` are None in a model that was read from a file.
    """

    models: tuple[FittedLearner, ...]
    view: View
    counts_after: tuple[int, ...]
    priors: Priors | None = None

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return the mean of the models' probabilities on a matrix of this view."""
        total = self.models[0].predict_proba(Z)
        for model in self.models[1:]:
            total = total + model.predict_proba(Z)
        return total / len(self.models)


def score(workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> Scores:
    """Return the scores of a recipe's training part, trained once per workspace."""
    recipe = recipe.training
    key = (str(learner), str(recipe))
    if key not in workspace.scores:
        workspace.scores[key] = _score(workspace, recipe, learner)
    return workspace.scores[key]


def _score(workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec) -> Scores:
    began = time.perf_counter()
    target, counts, priors = _fit_and_score(workspace, recipe, learner)
    oof, rows = out_of_fold(workspace, recipe, learner)
    return Scores(
        target=target,
        oof=oof,
        oof_rows=rows,
        counts_after=counts,
        priors=priors,
        seconds=time.perf_counter() - began,
    )


def out_of_fold(
    workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec
) -> tuple[FloatArray, IntArray]:
    """Return out-of-fold scores of the training part and the positions of their rows."""
    parts = [_fit_and_score(inner, recipe.training, learner)[0] for inner in workspace.inner]
    rows = [scored for _, scored in workspace.inner_rows]
    if not parts:
        return np.empty((0, workspace.n_classes)), np.empty(0, dtype=np.int64)
    return np.concatenate(parts), np.concatenate(rows)


def _fit_and_score(
    workspace: Workspace, recipe: RecipeSpec, learner: LearnerSpec
) -> tuple[FloatArray, tuple[int, ...], Priors | None]:
    name, made = resolve_learner(workspace, recipe, learner)
    trained = train(workspace, recipe, name, made)
    proba = trained.predict_proba(workspace.picture(name, made, "target"))
    return proba, trained.counts_after, trained.priors


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
    view = workspace.view(name, learner)
    rows = resample(workspace, recipe, lambda: plain_scores(workspace, name, learner))
    picture = _Picture(workspace, rows, name, learner)
    weight = weights(workspace, recipe, rows)
    schedule = recipe.one("schedule")
    bags = _bags(workspace, recipe, rows.y)
    fitted = []
    for number, bag in enumerate(bags):
        whole = bag is None
        fitted.append(
            learner.fit(
                y=rows.y if whole else rows.y[bag],
                view=view,
                n_classes=workspace.n_classes,
                sample_weight=weight if whole or weight is None else mean_one(weight[bag]),
                schedule=schedule.build() if schedule else None,
                random_state=derive_seed(workspace.seed, "learner", number),
                **picture.of(bag),
            )
        )
    counts = np.bincount(rows.y, minlength=workspace.n_classes)
    return Trained(
        models=tuple(fitted),
        view=view,
        counts_after=tuple(int(c) for c in counts),
        priors=priors_of(recipe, workspace.train, rows.y, weight, bags, workspace.n_classes),
    )


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


class _Picture:
    """What a learner is given of resampled rows: its matrix, or where they come from, or both."""

    def __init__(self, workspace: Workspace, rows: Resampled, name: str, learner: Learner) -> None:
        shares = isinstance(learner, SharingLearner)
        self._base = workspace.prepared(name, learner) if shares else None
        self._shares = shares
        self._source = rows.source
        copies = bool((rows.source >= 0).all())
        self._Z = None if shares and copies else _matrix_of(workspace, rows, name, learner)

    def of(self, bag: IntArray | None) -> dict[str, Any]:
        """Return the arguments of ``fit`` that say which rows to train on; all without a bag."""
        Z = self._Z if bag is None or self._Z is None else self._Z[bag]
        if not self._shares:
            return {"Z": Z}
        source = self._source if bag is None else self._source[bag]
        return {"Z": Z, "origin": Origin(base=self._base, source=source)}


def _matrix_of(workspace: Workspace, rows: Resampled, name: str, learner: Learner) -> Any:
    """Return the learner's matrix of resampled rows; only synthetic rows are transformed anew."""
    original, view = workspace.picture(name, learner, "train"), workspace.view(name, learner)
    if rows.X is workspace.train.X:
        return original
    kept, made = np.flatnonzero(rows.source >= 0), np.flatnonzero(rows.source < 0)
    copies = original[rows.source[kept]]
    if not made.size:
        return copies
    stack = sparse.vstack if sparse.issparse(original) else np.concatenate
    order = np.argsort(np.concatenate([kept, made]), kind="stable")
    stacked: Any = stack([copies, view.transform(rows.X[made])])
    return (stacked.tocsr() if sparse.issparse(stacked) else stacked)[order]


def _bags(workspace: Workspace, recipe: RecipeSpec, y: IntArray) -> tuple[IntArray | None, ...]:
    step = recipe.one("ensemble")
    if step is None or step.info.own_learner:
        return (None,)
    bags: tuple[IntArray, ...] = step.build().bags(
        y, random_state=derive_seed(workspace.seed, "bags", str(step))
    )
    return bags
