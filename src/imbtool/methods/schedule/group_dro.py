"""Group DRO: groups that the network is worst at gain weight, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.estimator import Estimator
from imbtool.methods.reweight.groups.updates import raised
from imbtool.methods.reweight.tokens import Levels

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray, Layout


class GroupDro(Estimator):
    """Minimise sum_k a_k (mean loss of group k) while a_k grows with the loss of the group.

    Parameters
    ----------
    group : str or None, default=None
        Column whose levels are the groups (numbers are cut at their quartiles, missing cells are a level);
        None takes the classes.
    eta : float, default=0.01
        Step of the weights, at least 0: a_k goes with exp(eta times the loss) in every batch. 0 keeps equal
        groups.
    smoothing : float, default=0.01
        Share of equal weights mixed in after every step (c), in [0, 1]; no group falls below c / K.

    Notes
    -----
    Sagawa, Koh, Hashimoto, Liang, ICLR 2020, arXiv 1911.08731, with the smoothing of DoReMi (Xie et al.,
    NeurIPS 2023, arXiv 2305.10429), whose update this is with reference losses of 0. Weights start equal, so
    that training starts balanced; a group that is not in the batch keeps the loss of its last one, at first
    the log of the number of classes. A row counts a_k over the share of its group in the batch; the weights
    of the rows multiply, so that `group` goes with weights of the classes:
    ``class_weight+group_dro(group=sex)``. The probabilities need calibration to be read as rates. For weights
    learned beforehand against a reference, for any learner, see the reweighter ``doremi``. Costs one plain
    training.
    """

    def __init__(self, group: str | None = None, eta: float = 0.01, smoothing: float = 0.01) -> None:
        self.group = group
        self.eta = eta
        self.smoothing = smoothing

    @property
    def uses_groups(self) -> bool:
        """Whether groups are the levels of a column; see `imbtool.core.schedules.ScoreSchedule`."""
        return self.group is not None

    def levels(self, X: FloatArray, layout: Layout) -> Levels:
        """Return the levels of the column in these rows; raise `NotApplicableError` where it is not there."""
        return Levels.fit(X, layout, str(self.group), self.word)

    def follow(
        self,
        y: IntArray,  # noqa: ARG002 - the protocol's
        *,
        n_classes: int,
        n_epochs: int,  # noqa: ARG002
        random_state: int,  # noqa: ARG002
        groups: IntArray | None = None,
    ) -> GroupDroWeights:
        """Return the weights of a training; see `imbtool.core.schedules.ScoreSchedule`."""
        n_groups = n_classes if groups is None else int(groups.max()) + 1
        return GroupDroWeights(n_groups, self.eta, self.smoothing, at_first=float(np.log(n_classes)))


class GroupDroWeights:
    """The shares of the groups as they are; see `imbtool.core.schedules.ScoreWeights`."""

    def __init__(self, n_groups: int, eta: float, smoothing: float, *, at_first: float) -> None:
        self.shares = np.full(n_groups, 1.0 / n_groups)
        self._loss = np.full(n_groups, at_first)
        self._eta, self._smoothing = eta, smoothing

    def begin(self, epoch: int, proba: Callable[[], FloatArray]) -> None:
        """Do nothing between epochs."""

    def weights(self, proba: FloatArray, y: IntArray, groups: IntArray | None = None) -> FloatArray:
        """Return the weight of each row, shape (m,); `groups` are the classes by default."""
        own, n = y if groups is None else groups, len(self.shares)
        counts = np.bincount(own, minlength=n)
        loss = -np.log(np.maximum(proba[np.arange(len(y)), y], 1e-12))
        sums = np.bincount(own, weights=loss, minlength=n)
        self._loss = np.where(counts > 0, sums / np.maximum(counts, 1), self._loss)
        self.shares = raised(self.shares, self._loss, eta=self._eta, smoothing=self._smoothing)
        return np.asarray((self.shares / np.maximum(counts, 1))[own] * len(y))
