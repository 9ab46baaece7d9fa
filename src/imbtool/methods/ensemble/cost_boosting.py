"""AdaBoost for two classes whose mistakes cost differently."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.core.members import Members
from imbtool.methods.ensemble.boosting import stopped
from imbtool.methods.ensemble.draws import two_classes
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.protocols import FittedLearner
    from imbtool.core.types import FloatArray

LEAST_VOTE = 1e-9
"""Votes up to this are rounding."""
LARGEST_VOTE = 0.5 * math.log(1e10)
"""The vote of a member without fault, which would be infinite."""


class CostBoosting(Estimator, ABC):
    """Template of AdaCost, AdaUBoost and AsymBoost.

    Confidence-rated AdaBoost (Schapire, Singer, Machine Learning 37, 1999): with s = 1 for the rarer
    class and -1 for the other, a member answers h = 2 p(rarer) - 1 in [-1, 1], has the vote alpha, and
    changes the distribution D over the rows by a factor exp(-alpha b s h), where b is 1 in AdaBoost. The
    final sum of alpha h has the order of the weighted mean of the probabilities, which is what comes
    out. Member after member is trained on all rows with weights D. One whose vote would not be positive
    ends the training and is not used, unless it is the first.
    """

    name = "boosting"

    n_members: int
    cost_ratio: float | None
    share: float

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:  # noqa: ARG002 - no draws
        """Return the members; see `imbtool.core.members.SequentialEnsemble`."""
        rare, sign = self._signs(part)
        ratio = self._ratio(part.weight, sign)
        D = self._start(sign, ratio) * part.weight
        rows = np.arange(len(part.y))
        models: list[FittedLearner] = []
        votes: list[float] = []
        for _ in range(self.n_members):
            D = self._before(D / D.sum(), sign, ratio)
            model = part.member(rows, weight=D, share=self.share)
            margin = sign * (2.0 * part.score(model)[:, rare] - 1.0)
            pull = margin * self._adjustment(margin, sign, ratio)
            vote = self._vote(D, pull)
            if vote <= LEAST_VOTE:
                return stopped(models or [model], votes, self.name, self.n_members, "no better than chance")
            models.append(model)
            votes.append(min(vote, LARGEST_VOTE))
            if vote >= LARGEST_VOTE and len(models) < self.n_members:
                return stopped(models, votes, self.name, self.n_members, "without fault")
            D = D * np.exp(-vote * pull)
        return Members(models=tuple(models), weights=tuple(votes))

    def _signs(self, part: MemberTrainer) -> tuple[int, FloatArray]:
        """Return the rarer class, and 1 for its rows, -1 for the others."""
        rows = two_classes(part.y, self.name)
        if len(rows) > 2:
            raise NotApplicableError(
                f"{self.name} is defined for two classes; the training part has {len(rows)}.",
                hint="For several classes use rus_boost, smote_boost, self_paced or class_weight.",
                code="two-classes-only",
            )
        rare = max(k for k, found in rows.items() if len(found) == min(map(len, rows.values())))
        return rare, np.where(part.y == rare, 1.0, -1.0)

    def _ratio(self, weight: FloatArray, sign: FloatArray) -> float:
        """Return what a mistake on the rarer class costs for one on the other."""
        if self.cost_ratio is not None:
            return float(self.cost_ratio)
        return max(1.0, float(weight[sign < 0].sum() / weight[sign > 0].sum()))

    def _start(self, sign: FloatArray, ratio: float) -> FloatArray:
        """Return the first distribution, of any scale, before the users' weights."""
        return np.where(sign > 0, ratio, 1.0)

    def _before(self, D: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:  # noqa: ARG002
        """Return the distribution that the next member is trained with; sums to 1."""
        return D

    @abstractmethod
    def _adjustment(self, margin: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:
        """Return b of each row, shape (n,)."""

    def _vote(self, D: FloatArray, pull: FloatArray) -> float:
        """Return alpha: 1/2 log((1 + r) / (1 - r)) with r = sum D b s h."""
        r = float(D @ pull)
        return math.inf if r >= 1.0 else 0.5 * math.log((1.0 + r) / (1.0 - r))
