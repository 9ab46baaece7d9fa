"""What every reweighter does: a kernel gives one weight a class, the rows get it, scaled to mean 1."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.methods.estimator import Estimator
from imbtool.methods.labels import read_target
from imbtool.methods.tables import as_frame, leave_names

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


def as_codes(y: Any) -> IntArray:
    """Return class codes as an array, of other labels their places in ascending order.

    Raises `DataError` unless there is at least one row.
    """
    codes: IntArray = np.asarray(y)
    if codes.ndim != 1 or codes.size == 0:
        raise DataError(
            f"`y` must hold at least one class code; got shape {codes.shape}.",
            hint="Pass the class codes of the training rows.",
            code="empty-target",
        )
    if codes.dtype.kind not in "iu" or codes.min() < 0:
        return read_target(y, len(codes)).codes
    return codes


class WeightEstimator(Estimator, ABC):
    """The scikit-learn face of a reweighter: `fit` looks at a table and leaves the weights of its rows."""

    def fit(self, X: Any, y: Any) -> WeightEstimator:
        """Weight the rows of a table outside imbtool.

        Parameters
        ----------
        X : DataFrame or array-like, shape (n, n_features)
        y : array-like, shape (n,)
            Class labels of any kind.

        Returns
        -------
        self
            With ``sample_weight_``, shape (n,), the weights that `fit_weight` returns, and ``classes_``.
        """
        self.check_parameters()
        frame = as_frame(X)
        target = read_target(y, len(frame))
        leave_names(self, X, frame.shape[1])
        self.classes_ = target.labels
        if not hasattr(X, "columns"):
            frame = frame.set_axis([f"x{j}" for j in range(frame.shape[1])], axis=1)
        self.sample_weight_ = self.fit_weight(frame, target.codes)
        return self

    @abstractmethod
    def fit_weight(self, X: Any, y: Any) -> FloatArray:
        """Return one weight a row, positive, mean 1."""

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's description: frames, categories and gaps are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.categorical = tags.input_tags.string = tags.input_tags.allow_nan = True
        return tags


class ClassReweighter(WeightEstimator):
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
        y : array-like, shape (n,)
            Class codes from 0, where codes without rows are allowed, or labels of any kind.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.
        """
        codes = as_codes(y)
        weight = self.class_weights(np.bincount(codes))[codes]
        scaled: FloatArray = weight / weight.mean()
        return scaled
