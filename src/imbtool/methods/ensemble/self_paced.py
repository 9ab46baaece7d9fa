"""Under-sampling by hardness, harder as training goes on and then less so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.members import Members
from imbtool.methods.ensemble.draws import balanced_part, balanced_size, quotas, two_classes
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import FloatArray, IntArray


class SelfPaced(Estimator):
    """Balanced parts whose frequent rows are drawn by how badly the members so far answer for them.

    Parameters
    ----------
    n_members : int, default=10
        Members, averaged.
    k_bins : int, default=20
        Bins of equal width between the least and the largest hardness.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets; see ``docs/methods.md``.

    Notes
    -----
    Liu, Cao, Gao, Bian, Chen, Chang, Liu, ICDE 2020, doi:10.1109/ICDE48307.2020.00078. The first
    member is trained on a random balanced part. For member i the hardness of a row is the absolute error
    of the mean of the members so far, 1 - p(its class); the rows of a frequent class are put into bins,
    and bin l, of mean hardness h_l, gets a share proportional to 1 / (h_l + tan(pi i / 2n)) of the
    draws, without replacement: at first each bin adds the same hardness, at last the same number of rows.

    As in the authors' code, and unlike in the paper, the first member stays in the average (so n is
    the number of members less one) and the bins span the hardness found instead of [0, 1]. Departures:
    what a bin does not have is drawn from the others, so the parts stay balanced; every class larger
    than the smallest is drawn in bins of its own, so several classes are possible; and when the
    smallest class has fewer than 10 rows the others are drawn to 10. Cost: a small training and a
    scoring of the training part a member.
    """

    def __init__(self, n_members: int = 10, k_bins: int = 20, share: float = 0.5) -> None:
        self.n_members = n_members
        self.k_bins = k_bins
        self.share = share

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return the members; see `imbtool.core.members.SequentialEnsemble`."""
        rng = np.random.default_rng(random_state)
        rows = two_classes(part.y, "self_paced")
        size = balanced_size(rows)
        models = [part.member(balanced_part(rows, size, rng), share=self.share)]
        total = np.zeros((len(part.y), part.n_classes))
        for i in range(1, self.n_members):
            total += part.score(models[-1])
            hardness = 1.0 - total[np.arange(len(part.y)), part.y] / i
            factor = math.tan(math.pi * i / (2 * (self.n_members - 1)))
            drawn = [self._drawn(found, hardness, size, factor, rng) for found in rows.values()]
            models.append(part.member(np.sort(np.concatenate(drawn)), share=self.share))
        return Members(models=tuple(models))

    def _drawn(
        self, rows: IntArray, hardness: FloatArray, size: int, factor: float, rng: np.random.Generator
    ) -> IntArray:
        if len(rows) <= size:
            return rows
        return rows[draw_by_hardness(hardness[rows], size, self.k_bins, factor, rng)]


def draw_by_hardness(
    hardness: FloatArray, size: int, k_bins: int, factor: float, rng: np.random.Generator
) -> IntArray:
    """Return positions of `size` rows, drawn bin by bin without replacement.

    Parameters
    ----------
    hardness : ndarray of float64, shape (n,)
    size : int
        At most n.
    k_bins : int
    factor : float
        The self-paced factor, positive: 0 favours bins of easy rows most, infinity no bin.
    rng : Generator
    """
    bins = hardness_bins(hardness, k_bins)
    room = np.bincount(bins, minlength=k_bins)
    mean = np.bincount(bins, weights=hardness, minlength=k_bins) / np.maximum(room, 1)
    wanted = quotas(size, 1.0 / (mean + factor), room)
    drawn = [rng.choice(np.flatnonzero(bins == b), n, replace=False) for b, n in enumerate(wanted) if n]
    return np.concatenate(drawn)


def hardness_bins(hardness: FloatArray, k_bins: int) -> IntArray:
    """Return the bin of each row, counted from the easiest; all 0 where hardness does not vary."""
    low, high = float(hardness.min()), float(hardness.max())
    if high <= low:
        return np.zeros(len(hardness), dtype=np.int64)
    places = np.floor((hardness - low) / (high - low) * k_bins).astype(np.int64)
    return np.minimum(places, k_bins - 1)
