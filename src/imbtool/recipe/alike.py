"""Trainings on one part that come to the same: recipes whose samplers return the same rows share one.

SMOTE followed by Tomek links is SMOTE where there are no links. What a training comes to depends on its rows,
their weights and the steps after the samplers alone, so that the second one is answered from what is kept of
the first (law 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from imbtool.recipe.trace import trace_of
from imbtool.recipe.trained import drawn_for, fit_drawn

if TYPE_CHECKING:
    from imbtool.core.protocols import Learner
    from imbtool.core.together import Block
    from imbtool.core.types import FloatArray
    from imbtool.recipe.rows import Drawn
    from imbtool.recipe.spec import RecipeSpec
    from imbtool.recipe.trained import Trained
    from imbtool.recipe.workspace import Workspace

Likeness: TypeAlias = tuple[str, tuple[str, ...], bytes]
"""Learner, steps after the samplers, digest of the rows and their weights."""
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What is kept of a training.

    Parameters
    ----------
    target : ndarray of float64, shape (m, n_classes)
        Its scores of the workspace's target rows.
    trained : Trained
        Without the models, which may be large; `note` is also what those said.
    seconds : float
        Wall time of the training and its scores.
    """

    target: FloatArray
    trained: Trained
    seconds: float


class Once:
    """A training on one workspace, unless one that comes to the same was done there before."""

    def __init__(
        self, workspace: Workspace, recipe: RecipeSpec, name: str, learner: Learner, block: Block
    ) -> None:
        self._workspace, self._name, self._learner, self._block = workspace, name, learner, block
        drawn = drawn_for(workspace, recipe, name, learner)
        self._likeness = _likeness(workspace, recipe, name, drawn)
        self._answer = workspace.answers.get(self._likeness)
        before = block.crowd.clock()
        if self._answer is None:
            self._trained = fit_drawn(workspace, recipe, name, learner, drawn)
        else:
            self._trained = _as_own(self._answer, workspace, recipe, drawn)
        self._seconds = block.crowd.clock() - before

    @property
    def spared(self) -> float:
        """Seconds of the training that this one was spared."""
        return 0.0 if self._answer is None else self._answer.seconds

    def scored(self) -> tuple[FloatArray, Trained]:
        """Return the scores of the target rows, and the models where they were trained here."""
        if self._answer is not None:
            return self._answer.target, self._trained
        before = self._block.crowd.clock()
        target = self._trained.predict_proba(self._workspace.picture(self._name, self._learner, "target"))
        self._seconds += self._block.crowd.clock() - before
        return target, self._trained

    def keep(self, target: FloatArray) -> None:
        """Keep the scores, once `scored` has returned them, for what comes to the same."""
        # What trained in company is as it would be alone but for rounding on a GPU: it answers for nobody.
        if self._answer is None and not self._block.seconds:
            trained = replace(self._trained, models=(), note=self._trained.said)
            self._workspace.answers[self._likeness] = Answer(
                target=target, trained=trained, seconds=self._seconds
            )


def _likeness(workspace: Workspace, recipe: RecipeSpec, name: str, drawn: Drawn) -> Likeness:
    """Return what is equal for trainings of one workspace that come to the same, to the last bit.

    Copies are told by the row that they are copies of, synthetic rows by all their numbers.
    """
    rows = drawn.rows
    digest = blake2b(digest_size=20)
    # A copy of all rows may lie in another order in memory, by which a linear learner takes its sums.
    digest.update(b"own" if rows.X is workspace.train.X else b"copied")
    for array in (rows.y, rows.source, drawn.weight):
        if array is None:
            digest.update(b"none")
            continue
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    synthetic = np.flatnonzero(rows.source < 0)
    for start in range(0, len(synthetic), _ROWS_AT_ONCE):  # a large table is not held twice
        digest.update(rows.X[synthetic[start : start + _ROWS_AT_ONCE]].data)
    after = tuple(str(step) for step in recipe.steps if step.info.kind != "sampler")
    return name, after, digest.digest()


def _as_own(answer: Answer, workspace: Workspace, recipe: RecipeSpec, drawn: Drawn) -> Trained:
    """Return a training that was answered from another recipe's, with this one's samplers."""
    return replace(
        answer.trained,
        counts_after=drawn.counts_after,
        counts_by_sampler=drawn.counts,
        fitted=trace_of(workspace, drawn.rows.source, sampled=bool(recipe.of("sampler"))),
    )
