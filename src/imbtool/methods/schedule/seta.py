"""SeTa: a window of difficulty slides over the rows, from easy to hard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from imbtool.core.schedules import Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.feeds import Feed, groups_of, kept_count

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

_UNSEEN = 3.0
"""Loss of a row that was not trained on yet (the source's)."""

_PASSES = 30
"""Most steps of the clustering of losses."""


class SlidingWindow(Estimator):
    """Train each epoch on rows of neighbouring difficulty, drawn from a random part of the table.

    Parameters
    ----------
    prune : float, default=0.1
        Share of the rows left out at random in every epoch, from 0 to 0.9.
    n_groups : int, default=10
        Groups of difficulty (G), at least 1.
    window : float, default=0.5
        Share of the groups that an epoch takes, from 0.01 to 1; at least one group. The window starts with
        the easiest, moves on by one group an epoch and starts again behind the hardest. The first epoch
        takes all.
    annealing : float, default=0.875
        Share of the epochs with a window (delta); the last ones take random parts of all difficulties.
    within_class : bool, default=True
        Make the parts and groups inside each class, with equal numbers of rows a group, so that the
        classes keep their shares. Otherwise groups come from k-means over all rows, easy means frequent,
        and the window changes the class shares widely.

    Notes
    -----
    Zhou, Gao, Wang (SeTa), CVPR 2025, arXiv 2503.13385, whose image runs use `prune` 0.1, `n_groups` 5 and
    `window` 0.9. Difficulty is the loss of the last time a row was trained on. Of the source's k-means,
    groups that end empty are gone, and equal losses are cut into equal parts. Rows are not reweighted:
    before the annealing the objective is not that of all rows. Class quotas (``within_class``) are ours.
    Costs less than one plain training.
    """

    def __init__(
        self,
        prune: float = 0.1,
        n_groups: int = 10,
        window: float = 0.5,
        annealing: float = 0.875,
        within_class: bool = True,
    ) -> None:
        self.prune = prune
        self.n_groups = n_groups
        self.window = window
        self.annealing = annealing
        self.within_class = within_class

    def feed(
        self,
        y: IntArray,
        *,
        batch_size: int,  # noqa: ARG002 - the protocol's
        n_epochs: int,
        random_state: int,
    ) -> SlidingFeed:
        """Return the rows of a training; see `imbtool.core.schedules.BatchSchedule`."""
        last = math.floor(self.annealing * n_epochs + 1e-9)
        return SlidingFeed(self, groups_of(y, by_class=self.within_class), last, random_state)


class SlidingFeed(Feed):
    """Epochs of a window of difficulty, class by class."""

    uses_losses: ClassVar[bool] = True

    def __init__(self, plan: SlidingWindow, groups: list[IntArray], last: int, random_state: int) -> None:
        self._plan, self._groups, self._last, self._seed = plan, groups, last, random_state
        self.settled = last

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:
        """Return the rows of an epoch, shuffled."""
        rng = np.random.default_rng([self._seed, number])
        parts = [rng.permutation(g)[: kept_count(1.0 - self._plan.prune, len(g))] for g in self._groups]
        if losses is not None and 0 < number < self._last:
            known = np.where(np.isnan(losses), _UNSEEN, losses)
            parts = [self._window(rows, known[rows], number) for rows in parts]
        return Epoch(rows=rng.permutation(np.concatenate(parts)))

    def _window(self, rows: IntArray, loss: FloatArray, number: int) -> IntArray:
        plan = self._plan
        groups = difficulty_groups(loss, plan.n_groups, equal=plan.within_class)
        n_groups = int(groups.max()) + 1
        width = kept_count(plan.window, n_groups)
        start = number % (n_groups - width + 1)
        return rows[(groups >= start) & (groups < start + width)]


def difficulty_groups(loss: FloatArray, n_groups: int, *, equal: bool = False) -> IntArray:
    """Return the group of each loss, 0 the lowest: k-means on the line, without empty groups.

    Parameters
    ----------
    loss : ndarray of float64, shape (n,)
    n_groups : int
        Groups to begin with, at equal numbers of rows; at most n.
    equal : bool, default=False
        Keep these.

    Returns
    -------
    ndarray of int64, shape (n,)
        Numbers from 0 without a gap.
    """
    order = np.argsort(loss, kind="stable")
    line = loss[order]
    n_groups = min(n_groups, len(line))
    found = np.empty(len(line), dtype=np.int64)
    found[order] = np.arange(len(line)) * n_groups // len(line)
    if equal or line[0] == line[-1]:
        return found
    centres = np.unique([part.mean() for part in np.array_split(line, n_groups)])
    for _ in range(_PASSES):
        labels = np.searchsorted(0.5 * (centres[1:] + centres[:-1]), line, side="right")
        moved = _moved(line, labels, centres)
        if len(moved) == len(centres) and np.allclose(moved, centres, rtol=1e-9, atol=0.0):
            break
        centres = moved
    found[order] = np.unique(labels, return_inverse=True)[1]
    return found


def _moved(line: FloatArray, labels: IntArray, centres: FloatArray) -> FloatArray:
    """Return the means of the groups; those that are empty start again at the losses farthest from theirs."""
    counts = np.bincount(labels, minlength=len(centres))
    sums = np.bincount(labels, weights=line, minlength=len(centres))
    empty = int((counts == 0).sum())
    far = np.argsort(-np.abs(line - centres[labels]), kind="stable")[:empty]
    return np.unique(np.concatenate([sums[counts > 0] / counts[counts > 0], line[far]]))
