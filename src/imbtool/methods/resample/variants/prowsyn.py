"""ProWSyn: proximity weighted synthetic oversampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.variants.base import SyntheticSampler
from imbtool.methods.resample.variants.shares import proportional_shares

if TYPE_CHECKING:
    from numpy.random import Generator, RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.variants.base import RareClass


class ProWSyn(SyntheticSampler):
    """Interpolate more between rare rows that are close to the other classes.

    Parameters
    ----------
    k_neighbors : int, default=5
        Rare rows that each row of another class counts as close.
    levels : int, default=5
        Levels of closeness, at least 1.
    theta : float, default=1.0
        How fast the weight falls with the level; 0 weights all rows alike.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Barua, Islam, Murase, PAKDD 2013, doi:10.1007/978-3-642-37456-2_27. Level 1 holds the rare rows that
    are among the `k_neighbors` nearest of any row of another class; level 2 those that are once level 1
    is set aside, and so on; the last level takes the rest. A row of level l has weight
    exp(-theta (l - 1)) and gets its share of the synthetic rows. Each lies on the segment to another row
    of the same level (smote-variants' reading of the paper's clusters); the only row of its level takes
    any row of the class. Cost: one search of all rows among the rare ones a level.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 5,
        levels: int = 5,
        theta: float = 1.0,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.levels = levels
        self.theta = theta
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        level = proximity_levels(rare.matrix, rare.others_matrix, self.k_neighbors, self.levels)
        weight = np.exp(-self.theta * (level - 1.0))
        base = np.repeat(np.arange(len(rare)), proportional_shares(n_new, weight))
        partner = partners(level, base, rare.rng)
        return rare.finished(rare.between(base, partner), base)


def proximity_levels(own: FloatArray, others: FloatArray, k: int, n_levels: int) -> IntArray:
    """Return the level of each rare row, 1 (closest to the others) to `n_levels`."""
    level = np.full(len(own), n_levels, dtype=np.int64)
    left = np.arange(len(own))
    for number in range(1, n_levels):
        if not len(left):
            break
        found = nearest_in_blocks(own[left], others, min(k, len(left)))
        close = np.zeros(len(left), dtype=bool)
        close[found.ravel()] = True
        level[left[close]] = number
        left = left[~close]
    return level


def partners(group: IntArray, base: IntArray, rng: Generator) -> IntArray:
    """Return for each row of `base` a random other row of its group; of any, if it is alone in it."""
    partner = np.empty_like(base)
    for number in np.unique(group[base]):
        asked = np.flatnonzero(group[base] == number)
        members = np.flatnonzero(group == number)
        if len(members) == 1:
            members = np.arange(len(group))
        place = np.searchsorted(members, base[asked])
        # A step of 1 to n - 1 round the members never comes back to the row itself.
        step = rng.integers(1, len(members), size=len(asked))
        partner[asked] = members[(place + step) % len(members)]
    return partner
