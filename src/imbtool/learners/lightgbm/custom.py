"""Growing trees on gradients of our own: any loss, weights that follow it, rows drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np

from imbtool.core.cross_entropy import PlainLoss
from imbtool.core.schedules import DynamicSchedule, SubsetSchedule
from imbtool.learners.base import combine_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.objectives import Link, Loss, Objective
    from imbtool.core.protocols import Schedule
    from imbtool.core.schedules import Draw
    from imbtool.core.types import FloatArray, IntArray


def task(n_present: int, link: Link = "softmax") -> dict[str, Any]:
    """Return LightGBM's name of the task, by which its predictions read the raw scores."""
    if n_present == 2:
        return {"objective": "binary"}
    name = "multiclass" if link == "softmax" else "multiclassova"
    return {"objective": name, "num_class": n_present}


def boost(
    data: lgb.Dataset,
    y: IntArray,
    *,
    params: Mapping[str, Any],
    n_rounds: int,
    loss: Loss | None = None,
    sample_weight: FloatArray | None = None,
    schedule: Schedule | DynamicSchedule | SubsetSchedule | None = None,
    random_state: int,
) -> tuple[lgb.Booster, Link]:
    """Grow trees on the gradients of a loss.

    The result is an ordinary LightGBM model: the score that training starts from is part of its first
    trees, as LightGBM has it for its own objectives, and it names the objective whose predictions read
    raw scores the same way.

    Parameters
    ----------
    data : lightgbm.Dataset
        Constructed; its row weights are not looked at and none of its fields is changed.
    y : ndarray of int64, shape (n,)
        Classes of its rows, counted over those present.
    params : mapping
        LightGBM's, without the objective.
    n_rounds : int
    loss : Loss, optional
        Default: cross-entropy.
    sample_weight : ndarray of float64, shape (n,), optional
        Mean 1.
    schedule : Schedule, DynamicSchedule or SubsetSchedule, optional
    random_state : int
        Seed of the draws of rows.
    """
    rounds = Rounds(y, loss or PlainLoss(), sample_weight, schedule, n_rounds, random_state)
    n_present = rounds.n_present
    settings = {**params, **task(n_present), "objective": "none"}
    part = rounds.part_of(data, 0)
    booster = lgb.Booster(params=settings, train_set=part)
    for stage in range(n_rounds):
        rounds.stage = stage
        # ``update`` lets go of the former part before LightGBM has: it is held here until then.
        former, part = part, rounds.part_of(data, stage) if stage else part
        booster.update(train_set=None if part is former else part, fobj=rounds)
    link = rounds.objective.link
    add_to_first_trees(booster, rounds.initial)
    booster.reset_parameter(task(n_present, link))
    return booster, link


def add_to_first_trees(booster: lgb.Booster, initial: FloatArray) -> None:
    """Add the score that training started from to the leaves of the first tree of each class."""
    first = booster.dump_model(num_iteration=1)["tree_info"][: len(initial)]
    for number, (tree, score) in enumerate(zip(first, initial, strict=True)):
        for leaf in range(tree["num_leaves"]):
            booster.set_leaf_output(number, leaf, booster.get_leaf_output(number, leaf) + float(score))


class Rounds:
    """What every round is given: gradients and Hessians of its rows, weighted.

    LightGBM calls it with the scores so far, without the one that training started from.
    """

    def __init__(
        self,
        y: IntArray,
        loss: Loss,
        sample_weight: FloatArray | None,
        schedule: Any,
        n_rounds: int,
        random_state: int,
    ) -> None:
        self.stage = 0
        self.n_rounds = n_rounds
        self.counts = np.bincount(y)
        self.n_present = len(self.counts)
        self._loss, self._own = loss, sample_weight
        self._all_y = self._y = y
        self._dynamic = schedule if isinstance(schedule, DynamicSchedule) else None
        self._data: lgb.Dataset | None = None
        self._weight: FloatArray | None = None
        self._part: FloatArray | None = None
        self._draws: dict[int, IntArray] = {}
        self._phases: dict[int, FloatArray] = {}
        if isinstance(schedule, SubsetSchedule):
            draws: tuple[Draw, ...] = schedule.draws(y, n_rounds, random_state=random_state)
            self._draws = {draw.start: draw.rows for draw in draws}
        elif schedule is not None and self._dynamic is None:
            self._phases = {p.start: p.weight for p in schedule.phases(y, n_rounds) if p.stop > p.start}
        self.objective: Objective = self._weigh(self._phases.get(0))
        self.initial = self.objective.initial()
        # The trees of one round step in all classes at once, so that the diagonal understates the
        # curvature; LightGBM corrects its softmax by the same factor.
        coupled = self.n_present > 2 and self.objective.link == "softmax"
        self._factor = self.n_present / (self.n_present - 1) if coupled else 1.0

    def part_of(self, data: lgb.Dataset, stage: int) -> lgb.Dataset:
        """Return the rows that a stage trains on, the same object as before where they stay.

        Rows that are left out do not exist for a tree. Rows of weight 0 would: they count for the least
        number of rows of a leaf.
        """
        rows = self._draws.get(stage)
        if rows is not None:
            self._y = self._all_y[rows]
            self._part = None if self._weight is None else self._weight[rows]
            self._data = data.subset(rows.tolist()).construct()
        return data if self._data is None else self._data

    def __call__(self, scores: FloatArray, _: lgb.Dataset) -> tuple[FloatArray, FloatArray]:
        """Return gradients and Hessians in the shape of `scores`: (n,) or (n, K)."""
        raw = scores + (self.initial[0] if scores.ndim == 1 else self.initial)
        self._update_weights(raw)
        gradient, hessian = self.objective.derivatives(self._y, raw)
        if self._factor != 1.0:
            hessian *= self._factor
        if self._part is None:
            return gradient, hessian
        weight = self._part if scores.ndim == 1 else self._part[:, None]
        return gradient * weight, hessian * weight

    def _update_weights(self, raw: FloatArray) -> None:
        if self._dynamic is not None and self.stage % self._dynamic.every == 0:
            value = self.objective.value(self._y, raw)
            self.objective = self._weigh(self._dynamic.weights(value, self._y, self.stage, self.n_rounds))
        elif self.stage and self.stage in self._phases:
            self.objective = self._weigh(self._phases[self.stage])

    def _weigh(self, weight: FloatArray | None) -> Objective:
        """Set the weights of the rows; return the loss for the class shares that they make."""
        self._weight = self._part = combine_weights(weight, self._own)
        mass = np.bincount(self._all_y, weights=self._weight).astype(np.float64)
        return self._loss.objective(self.counts, mass)
