"""Training a recipe inside a workspace and scoring the rows it has not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.together import together
from imbtool.recipe.alike import Once
from imbtool.recipe.trace import all_of
from imbtool.recipe.trained import resolve_learner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.protocols import Priors
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec
    from imbtool.recipe.trace import FittedOn
    from imbtool.recipe.trained import Trained
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
        Wall time of all training and scoring behind these scores; of a training that another recipe had done
        before, what it took then.
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
        begun.keep([target, *_pieces(oof, parts)])
        own = begun.seconds + begun.block.crowd.clock() - before + begun.spared
        return Scores(
            target=target,
            oof=oof,
            oof_rows=rows,
            counts_after=trained.counts_after,
            counts_by_sampler=trained.counts_by_sampler,
            priors=trained.priors,
            seconds=own + begun.block.seconds,
            fitted={**trained.fitted, **all_of([dict(model.fitted) for _, model in parts])},
            note=trained.said,
        )


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


def _pieces(oof: FloatArray, parts: Sequence[tuple[FloatArray, Trained]]) -> list[FloatArray]:
    """Return the scores of each part as views: what is kept twice is held once."""
    stops = np.cumsum([len(proba) for proba, _ in parts], dtype=np.int64).tolist()
    return [oof[stop - len(proba) : stop] for stop, (proba, _) in zip(stops, parts, strict=True)]


class _Begun:
    """A recipe whose training on some workspaces was begun.

    `seconds` are those of its own work without the crowd's, `spared` those that trainings took which others
    had done before.
    """

    def __init__(self, spaces: Sequence[Workspace], recipe: RecipeSpec, learner: LearnerSpec) -> None:
        with together() as self.block:
            before = self.block.crowd.clock()
            self._parts = [
                Once(space, recipe, *resolve_learner(space, recipe, learner), self.block) for space in spaces
            ]
        self.seconds = self.block.crowd.clock() - before
        self.spared = math.fsum(part.spared for part in self._parts)

    def scored(self) -> list[tuple[FloatArray, Trained]]:
        """Return the scores of the target rows of each workspace, and the models."""
        return [part.scored() for part in self._parts]

    def keep(self, targets: Sequence[FloatArray]) -> None:
        """Keep these scores of each workspace's target rows for trainings that come to the same."""
        for part, target in zip(self._parts, targets, strict=True):
            part.keep(target)
