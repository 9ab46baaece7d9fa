"""Balanced parts of ever fewer frequent rows: those that are answered well are set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.members import Members
from imbtool.methods.ensemble.draws import balanced_part, balanced_size, two_classes
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import FloatArray, IntArray


class BalanceCascade(Estimator):
    """Balanced parts; after each member the frequent rows that it answers best are dropped.

    Parameters
    ----------
    n_members : int, default=10
        Members, averaged.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Liu, Wu, Zhou, IEEE SMC-B 39 (2009), doi:10.1109/TSMCB.2008.2007853. With T members, P rows of the
    smallest class and N of a larger one, each member's threshold is set to the false positive rate
    f = (P / N)^(1 / (T - 1)) and the rows on the right side of it are dropped, so that P are left for
    the last member. Departures: any learner takes AdaBoost's place; the members' probabilities are
    averaged, where the paper adds up weak learners and subtracts the thresholds (which shifts scores
    only); every class larger than the smallest is cut at its own rate, so several classes are possible;
    and when the smallest class has fewer than 10 rows the others are cut to 10. Cost: a small training
    and a scoring of the training part a member.
    """

    def __init__(self, n_members: int = 10, share: float = 0.5) -> None:
        self.n_members = n_members
        self.share = share

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return the members; see `imbtool.core.members.SequentialEnsemble`."""
        rng = np.random.default_rng(random_state)
        whole = two_classes(part.y, "balance_cascade")
        size = balanced_size(whole)
        left, models = dict(whole), []
        for t in range(self.n_members):
            models.append(part.member(balanced_part(left, size, rng), share=self.share))
            if t + 1 == self.n_members:
                break
            right = part.score(models[-1])[np.arange(len(part.y)), part.y]
            for k, found in whole.items():
                if len(found) > size:
                    goal = rows_left(len(found), size, t + 1, self.n_members)
                    left[k] = hardest(left[k], right, goal, rng)
        return Members(models=tuple(models))


def rows_left(n: int, size: int, dropped: int, n_members: int) -> int:
    """Return how many of `n` rows are left after so many droppings; `size` before the last member."""
    rate: float = (size / n) ** (dropped / (n_members - 1))
    return max(size, round(n * rate))


def hardest(rows: IntArray, right: FloatArray, goal: int, rng: np.random.Generator) -> IntArray:
    """Return the `goal` rows with the least probability of their class, ascending; ties by chance."""
    shuffled = rng.permutation(rows)
    return np.sort(shuffled[np.argsort(right[shuffled], kind="stable")[:goal]])
