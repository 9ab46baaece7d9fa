"""Bags of which each holds one subclass of the frequent classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.members import Members
from imbtool.methods.ensemble.draws import two_classes
from imbtool.methods.estimator import Estimator
from imbtool.methods.resample.selection.subclass import equal_clusters, n_subclasses
from imbtool.methods.resample.space import SampleSpace

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import FloatArray, IntArray


class SubclassBags(Estimator):
    """Balanced bags: all rows of the smallest class and one subclass, of equal size, of every other.

    Parameters
    ----------
    n_bags : int, default=10
        Most bags. A frequent class has ``n_k // max(n_min, smallest)`` subclasses; where these are more, each
        bag takes several of them thinned out, so that all rows have their chance.
    smallest : int, default=10
        Fewest rows of a subclass.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    The clustering of Hou et al. (SBCL), ICCV 2023, arXiv 2306.15925, as `SubclassUnder` makes it, in place of
    the random bags of `EasyEnsemble` (ours): members know different regions of the frequent class. Each
    member is blind to the other regions, so that the average is what counts.
    """

    def __init__(self, n_bags: int = 10, smallest: int = 10, share: float = 0.5) -> None:
        self.n_bags = n_bags
        self.smallest = smallest
        self.share = share

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return the members; see `imbtool.core.members.SequentialEnsemble`."""
        return Members(
            models=tuple(part.member(bag, share=self.share) for bag in self.bags_of(part, random_state))
        )

    def bags_of(self, part: MemberTrainer, random_state: int) -> list[IntArray]:
        """Return the rows of each bag, ascending."""
        rng = np.random.default_rng(random_state)
        rows = two_classes(part.y, "subclass_bags")
        n_rare = min(len(found) for found in rows.values())
        parts = {k: n_subclasses(len(found), n_rare, self.smallest) for k, found in rows.items()}
        space = part.space or SampleSpace(part.X, part.layout)
        matrix = space.distance(part.X)
        n_bags = max(2, min(self.n_bags, max(parts.values())))
        slices = {
            k: self._slices(matrix[found], found, parts[k], n_bags, rng, random_state)
            for k, found in rows.items()
        }
        return [np.sort(np.concatenate([slices[k][b] for k in rows])) for b in range(n_bags)]

    def _slices(
        self, matrix: FloatArray, rows: IntArray, parts: int, n_bags: int, rng: np.random.Generator, seed: int
    ) -> list[IntArray]:
        """Return for each bag the rows of one class that it holds."""
        if parts == 1:
            return [rows] * n_bags
        groups = equal_clusters(matrix, parts, seed)
        if parts < n_bags:
            return [rows[groups[b % parts]] for b in range(n_bags)]
        size = len(rows) // parts
        several = np.array_split(np.arange(parts), n_bags)  # neighbours in the tree of halves lie together
        pooled = [np.concatenate([groups[g] for g in own]) for own in several]
        return [rows[rng.choice(pool, min(size, len(pool)), replace=False)] for pool in pooled]
