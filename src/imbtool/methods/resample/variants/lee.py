"""Lee's SMOTE with rejection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.variants.base import SyntheticSampler

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray
    from imbtool.methods.resample.variants.base import RareClass

_ROUNDS = 10


class LeeSmote(SyntheticSampler):
    """SMOTE that rejects synthetic rows in the midst of other classes.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours within the class to interpolate with (clipped to the class size minus 1), and
        neighbours among all rows that judge the result.
    rejection : float, default=0.5
        A row is rejected when more than this share of its neighbours belong to other classes, in
        [0, 1].
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
        Where nine candidates in ten are rejected, it may stay below.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Lee, Kim, Lee, IMCOM 2015, doi:10.1145/2701126.2701181. Ten candidates are tried for each row
    wanted, and the first that pass are taken: the paper does not say when to stop, and smote-variants
    raises the level until all are found. A class none of whose candidates pass is left as it is.
    Cost: a search of each candidate among all rows.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 5,
        rejection: float = 0.5,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.rejection = rejection
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        everything = rare.space.distance(rare.part.X)
        k = min(self.k_neighbors, len(everything))
        foreign = rare.part.y != rare.label
        accepted: list[FloatArray] = []
        for _ in range(_ROUNDS):
            base, partner = rare.pairs(self.k_neighbors, n_new)
            new = rare.finished(rare.between(base, partner), base)
            judges = nearest_in_blocks(everything, rare.space.distance(new), k)
            accepted.append(new[foreign[judges].mean(axis=1) <= self.rejection])
            if sum(map(len, accepted)) >= n_new:
                break
        found = np.vstack(accepted)[:n_new]
        if not len(found):
            raise NotApplicableError(
                f"lee_smote rejected all {_ROUNDS * n_new} candidates of class {rare.label}.",
                hint="Use smote, or allow more foreign neighbours with a higher rejection.",
                code="nothing-to-generate",
            )
        return found
