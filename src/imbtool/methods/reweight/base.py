"""What every reweighter does: a kernel gives one weight a class, the rows get it, scaled to mean 1."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


def as_codes(y: Any) -> IntArray:
    """Return class codes as an array; raise `DataError` unless there is at least one."""
    codes: IntArray = np.asarray(y)
    if codes.ndim != 1 or codes.size == 0:
        raise DataError(
            f"`y` must hold at least one class code; got shape {codes.shape}.",
            hint="Pass the class codes of the training rows.",
            code="empty-target",
        )
    return codes


class ClassReweighter(Estimator, ABC):
    """Weights that depend on the class of a row only.

    A subclass gives `class_weights`; scale does not matter there, because rows are scaled to mean 1.
    Mean 1 matters for learners with a penalty: there the scale of the weights works against it.
    """

    @abstractmethod
    def class_weights(self, counts: Any) -> FloatArray:
        """Return one weight a class from the rows of each class, shape (K,); 0 for empty classes."""

    def fit_weight(self, X: Any, y: IntArray) -> FloatArray:  # noqa: ARG002 - the protocol's
        """Return the weight of every row.

        Parameters
        ----------
        X : any
            Not looked at.
        y : ndarray of int64, shape (n,)
            Class codes from 0; codes without rows are allowed.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.
        """
        codes = as_codes(y)
        weight = self.class_weights(np.bincount(codes))[codes]
        scaled: FloatArray = weight / weight.mean()
        return scaled
