"""AdaBoost.M2 with rows drawn anew for each member."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.members import Members
from imbtool.methods.ensemble.draws import two_classes
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.protocols import FittedLearner
    from imbtool.core.types import FloatArray, IntArray

PERFECT = 1e-10
"""Pseudo-loss down to which a member has a fault; below, its vote would be infinite."""
CHANCE = 0.5 - 1e-9
"""Pseudo-loss from which on a member is no better than chance, up to rounding."""

Made = tuple["FloatArray", "IntArray"] | None


class DrawnBoosting(Estimator, ABC):
    """Template of RUSBoost, SMOTEBoost and OverBoost; a subclass writes `_drawn`.

    AdaBoost.M2 of Freund and Schapire (JCSS 55, 1997, section 4.2). A distribution D(i, y) over rows
    and their wrong classes starts out flat (in proportion to the row weights). A member is trained on
    drawn rows with weights W(i) = sum_y D(i, y); its confidences h are its probabilities; with

        loss = 1/2 sum D(i, y) (1 - h(x_i, y_i) + h(x_i, y)),   beta = loss / (1 - loss),

    its vote is log(1 / beta) and D(i, y) is multiplied by beta^(1/2 (1 + h(x_i, y_i) - h(x_i, y))). The
    final hypothesis is the weighted mean of the probabilities, as in the source. A member no better than
    chance (loss >= 1/2) ends the training and is not used, unless it is the first.
    """

    name = "boosting"

    n_members: int
    share: float

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return the members; see `imbtool.core.members.SequentialEnsemble`."""
        rng = np.random.default_rng(random_state)
        rows = two_classes(part.y, self.name)
        wrong = wrong_classes(part.y, list(rows), part.n_classes)
        D = wrong * part.weight[:, None]
        models: list[FittedLearner] = []
        votes: list[float] = []
        for number in range(self.n_members):
            D = D / D.sum()
            drawn, made = self._drawn(part, rows, rng)
            weight = D.sum(axis=1)
            model = part.member(
                drawn, weight=with_made(weight, part.y, drawn, made), made=made, share=self.share
            )
            loss, D = reweighted(D, part.score(model), part.y)
            if loss >= CHANCE:
                return stopped(models or [model], votes, self.name, self.n_members, "no better than chance")
            models.append(model)
            votes.append(vote_of(loss))
            if loss <= PERFECT and number + 1 < self.n_members:
                return stopped(models, votes, self.name, self.n_members, "without fault")
        return Members(models=tuple(models), weights=tuple(votes))

    @abstractmethod
    def _drawn(
        self, part: MemberTrainer, rows: dict[int, IntArray], rng: np.random.Generator
    ) -> tuple[IntArray, Made]:
        """Return the rows that the next member is trained on, and synthetic ones."""


def wrong_classes(y: IntArray, present: list[int], n_classes: int) -> FloatArray:
    """Return 1 for each class that has rows and is not the row's own, else 0; shape (n, n_classes)."""
    wrong = np.zeros((len(y), n_classes))
    wrong[:, present] = 1.0
    wrong[np.arange(len(y)), y] = 0.0
    return wrong


def reweighted(D: FloatArray, proba: FloatArray, y: IntArray) -> tuple[float, FloatArray]:
    """Return the pseudo-loss of a member and the distribution after it, not yet scaled.

    Parameters
    ----------
    D : ndarray of float64, shape (n, n_classes)
        Sums to 1; 0 for a row's own class.
    proba : ndarray of float64, shape (n, n_classes)
        The member's probabilities.
    y : ndarray of int64, shape (n,)
    """
    lead = proba[np.arange(len(y)), y][:, None] - proba
    loss = 0.5 * float((D * (1.0 - lead)).sum())
    if not PERFECT < loss < CHANCE:
        return loss, D
    beta = loss / (1.0 - loss)
    after: FloatArray = D * beta ** (0.5 * (1.0 + lead))
    return loss, after


def vote_of(loss: float) -> float:
    """Return log(1 / beta), bounded for a member without fault."""
    loss = max(loss, PERFECT)
    return math.log((1.0 - loss) / loss)


def with_made(weight: FloatArray, y: IntArray, drawn: IntArray, made: Made) -> FloatArray:
    """Return the weights of drawn and synthetic rows; a synthetic one has the mean of its class."""
    if made is None:
        return weight[drawn]
    sums = np.bincount(y, weights=weight)
    means = sums / np.maximum(np.bincount(y), 1)
    return np.concatenate([weight[drawn], means[made[1]]])


def stopped(models: list[FittedLearner], votes: list[float], name: str, n_members: int, why: str) -> Members:
    """Return what there is, with a note why it is less than was asked for."""
    n = len(models)
    note = f"{name} stopped with {n} of {n_members} members: the next is {why}."
    if why == "without fault":
        note = f"{name} stopped with {n} of {n_members} members: the last is {why}."
    return Members(models=tuple(models), weights=tuple(votes) if len(votes) == n else (), note=note)
