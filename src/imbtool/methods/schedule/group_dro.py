"""Group DRO: classes that the network is worst at gain weight, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.estimator import Estimator
from imbtool.methods.reweight.groups.updates import raised

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray


class GroupDro(Estimator):
    """Minimise sum_k a_k (mean loss of class k) while a_k grows with the loss of the class.

    Parameters
    ----------
    eta : float, default=0.01
        Step of the weights, at least 0: a_k goes with exp(eta times the loss) in every batch. 0 keeps equal
        classes.
    smoothing : float, default=0.01
        Share of equal weights mixed in after every step (c), in [0, 1]; no class falls below c / K.

    Notes
    -----
    Sagawa, Koh, Hashimoto, Liang, ICLR 2020, arXiv 1911.08731, with the smoothing of DoReMi (Xie et al.,
    NeurIPS 2023, arXiv 2305.10429), whose update this is with reference losses of 0. Weights start equal, so
    that training starts balanced; a class that is not in the batch keeps the loss of its last one, at first
    log K. A row counts a_k over the share of its class in the batch; the weights of the rows multiply. The
    probabilities need calibration to be read as rates. For weights learned beforehand against a reference,
    and for groups other than classes, see the reweighter ``doremi``. Costs one plain training.
    """

    def __init__(self, eta: float = 0.01, smoothing: float = 0.01) -> None:
        self.eta = eta
        self.smoothing = smoothing

    def follow(
        self,
        y: IntArray,  # noqa: ARG002 - the protocol's
        *,
        n_classes: int,
        n_epochs: int,  # noqa: ARG002
        random_state: int,  # noqa: ARG002
    ) -> GroupDroWeights:
        """Return the weights of a training; see `imbtool.core.schedules.ScoreSchedule`."""
        return GroupDroWeights(n_classes, self.eta, self.smoothing)


class GroupDroWeights:
    """The weights of the classes as they are; see `imbtool.core.schedules.ScoreWeights`."""

    def __init__(self, n_classes: int, eta: float, smoothing: float) -> None:
        self.classes = np.full(n_classes, 1.0 / n_classes)
        self._loss = np.full(n_classes, np.log(n_classes))
        self._eta, self._smoothing = eta, smoothing

    def begin(self, epoch: int, proba: Callable[[], FloatArray]) -> None:
        """Do nothing between epochs."""

    def weights(self, proba: FloatArray, y: IntArray) -> FloatArray:
        """Return the weight of each row, shape (m,)."""
        counts = np.bincount(y, minlength=len(self.classes))
        loss = -np.log(np.maximum(proba[np.arange(len(y)), y], 1e-12))
        sums = np.bincount(y, weights=loss, minlength=len(self.classes))
        self._loss = np.where(counts > 0, sums / np.maximum(counts, 1), self._loss)
        self.classes = raised(self.classes, self._loss, eta=self._eta, smoothing=self._smoothing)
        return np.asarray((self.classes / np.maximum(counts, 1))[y] * len(y))
