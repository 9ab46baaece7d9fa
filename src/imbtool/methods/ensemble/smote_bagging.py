"""Bagging with rare classes partly repeated and partly interpolated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.members import Members
from imbtool.methods.ensemble.draws import bootstrap, two_classes
from imbtool.methods.ensemble.synthetic import smote_rows
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import IntArray


class SmoteBagging(Estimator):
    """Bags in which a share of each rare class is drawn, the rest made by SMOTE.

    Parameters
    ----------
    n_bags : int, default=10
        Bags, one learner each; their scores are averaged.
    k_neighbors : int, default=5
        Neighbours of a row within its class to interpolate with.
    share : float, default=1.0
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Wang, Yao, CIDM 2009, doi:10.1109/CIDM.2009.4938667. With N rows in the largest class, bag t of T
    holds N draws with replacement from it, and for each other class round(b N) draws with replacement
    and N - round(b N) synthetic rows, where b = t / T: from mostly synthetic to none, which is the
    diversity that the paper is after. As in `Smote`, a class of a single row is only repeated when
    another can be interpolated. Cost: a neighbour search within each rare class and one training on
    classes of equal size a bag.
    """

    def __init__(self, n_bags: int = 10, k_neighbors: int = 5, share: float = 1.0) -> None:
        self.n_bags = n_bags
        self.k_neighbors = k_neighbors
        self.share = share

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return one member a bag; see `imbtool.core.members.SequentialEnsemble`."""
        rng = np.random.default_rng(random_state)
        rows = two_classes(part.y, "smote_bagging")
        models = []
        for number in range(1, self.n_bags + 1):
            drawn, wanted = self.plan(rows, number / self.n_bags, rng)
            made = smote_rows(part, wanted, self.k_neighbors, seed=int(rng.integers(2**31)))
            models.append(part.member(drawn, made=made, share=self.share))
        return Members(models=tuple(models))

    def plan(
        self, rows: dict[int, IntArray], b: float, rng: np.random.Generator
    ) -> tuple[IntArray, dict[int, int]]:
        """Return the rows drawn for a bag, and how many are to be made of each class."""
        size = max(len(found) for found in rows.values())
        largest = max(rows, key=lambda k: len(rows[k]))
        able = {k for k, found in rows.items() if len(found) >= 2 and k != largest}
        full = {largest} | (rows.keys() - able if able else set())
        kept = {k: size if k in full else round(b * size) for k in rows}
        drawn = [bootstrap({k: found}, kept[k], rng) for k, found in rows.items()]
        return np.sort(np.concatenate(drawn)), {k: size - n for k, n in kept.items() if n < size}
