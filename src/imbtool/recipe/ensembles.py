"""Training the members of an ensemble on rows of one training part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.members import Bagging, Members
from imbtool.core.protocols import SizedLearner
from imbtool.core.seeds import derive_seed
from imbtool.recipe.picture import Picture
from imbtool.recipe.rows import mean_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.protocols import FittedLearner, Learner, Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import Step
    from imbtool.recipe.workspace import Workspace


class PartTrainer:
    """Trains one model after the other on a training part; see `imbtool.core.members.MemberTrainer`.

    Parameters
    ----------
    workspace : Workspace
    rows : Resampled
        The training part after the recipe's samplers.
    weight : ndarray of float64, shape (n,), or None
        Row weights of mean 1.
    name : str
        Of the learner's view.
    learner : Learner
    settings : mapping
        Further arguments of the learner's ``fit``.
    """

    def __init__(
        self,
        workspace: Workspace,
        rows: Resampled,
        weight: FloatArray | None,
        *,
        name: str,
        learner: Learner,
        settings: Mapping[str, Any],
    ) -> None:
        self.X, self.y = rows.X, rows.y
        self.layout, self.n_classes = workspace.layout, workspace.n_classes
        self.weight = np.ones(len(rows.y)) if weight is None else weight
        self._given = weight
        self._workspace, self._learner = workspace, learner
        self._picture = Picture(workspace, rows, name, learner)
        self._view = workspace.view(name, learner)
        self._settings = settings
        schedule = settings.get("schedule")
        grouped = getattr(schedule, "uses_groups", False)
        self._levels = schedule.levels(self.X, self.layout) if schedule is not None and grouped else None
        self._sized: dict[float, Learner] = {}
        self._trained = 0

    @property
    def space(self) -> Any:
        """The space of the workspace, where no sampler has changed the rows."""
        return self._workspace.space if self.X is self._workspace.train.X else None

    def member(
        self,
        rows: IntArray | None,
        *,
        weight: FloatArray | None = None,
        made: tuple[FloatArray, IntArray] | None = None,
        share: float = 1.0,
    ) -> FittedLearner:
        """Train on these rows, all for None; see `imbtool.core.members.MemberTrainer`."""
        y = self.y if rows is None else self.y[rows]
        if weight is None and self._given is not None:
            weight = self._own_weight(rows, made)
        if made is not None:
            y = np.concatenate([y, made[1]])
        number, self._trained = self._trained, self._trained + 1
        return self._of_size(share).fit(
            y=y,
            view=self._view,
            n_classes=self.n_classes,
            sample_weight=None if weight is None else mean_one(weight),
            random_state=derive_seed(self._workspace.seed, "learner", number),
            **self._settings,
            **self._groups(rows, made),
            **self._picture.of(rows, None if made is None else made[0]),
        )

    def score(self, member: FittedLearner) -> FloatArray:
        """Return a member's probabilities for all rows, shape (n, n_classes)."""
        return member.predict_proba(self._picture.matrix)

    def _own_weight(self, rows: IntArray | None, made: tuple[FloatArray, IntArray] | None) -> FloatArray:
        own = self.weight if rows is None else self.weight[rows]
        if made is None:
            return own
        means = {k: self.weight[self.y == k].mean() for k in np.unique(made[1]).tolist()}
        return np.concatenate([own, np.array([means[k] for k in made[1].tolist()])])

    def _groups(self, rows: IntArray | None, made: tuple[FloatArray, IntArray] | None) -> dict[str, Any]:
        """Return the groups of the rows for a schedule that looks at them."""
        if self._levels is None:
            return {}
        parts = [self.X if rows is None else self.X[rows], *([] if made is None else [made[0]])]
        return {"groups": np.concatenate([self._levels.codes(X) for X in parts])}

    def _of_size(self, share: float) -> Learner:
        if share == 1.0 or not isinstance(self._learner, SizedLearner):
            return self._learner
        if share not in self._sized:
            self._sized[share] = self._learner.sized(share)
        return self._sized[share]


def train_members(
    trainer: PartTrainer, step: Step | None, *, seed: int
) -> tuple[Members, Sequence[IntArray | None]]:
    """Train what a recipe's ensemble asks for, or one model on all rows without one.

    Returns
    -------
    members : Members
    bags : sequence of (ndarray of int64 or None)
        Rows of each member where they were fixed beforehand, None for all rows; empty where they were
        not.
    """
    if step is None or step.info.own_learner:
        return Members(models=(trainer.member(None),)), (None,)
    ensemble, random_state = step.build(), derive_seed(seed, "bags", str(step))
    if isinstance(ensemble, Bagging):
        share = getattr(ensemble, "share", 1.0)
        bags = ensemble.bags(trainer.y, random_state=random_state)
        return Members(models=tuple(trainer.member(bag, share=share) for bag in bags)), bags
    members = ensemble.train(trainer, random_state=random_state)
    if not members.note:
        return members, ()
    first, *others = members.models
    return replace(members, models=(_noted(first, members.note), *others)), ()


def _noted(model: Any, note: str) -> Any:
    """Return the model with one more note, if it takes any."""
    return replace(model, notes=(*model.notes, note)) if hasattr(model, "notes") else model
