"""What the learners share: class codes, weights, models that need no training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassCodes:
    """The classes that a training part really holds.

    A rare class can be missing from a fold, a bag or a resampled part. The model is trained on the
    classes that are there, and `expand` puts its columns where all classes have one.

    Parameters
    ----------
    present : ndarray of int64, shape (n_present,)
        Codes of the classes found, ascending.
    n_classes : int
        Number of classes of the data set.
    """

    present: IntArray
    n_classes: int

    @classmethod
    def of(cls, y: IntArray, n_classes: int) -> ClassCodes:
        """Read the classes off the training target."""
        return cls(present=np.flatnonzero(np.bincount(y, minlength=n_classes)), n_classes=n_classes)

    @property
    def n_present(self) -> int:
        """Number of classes that the model knows."""
        return int(self.present.shape[0])

    def encode(self, y: IntArray) -> IntArray:
        """Return `y` counted over the present classes only."""
        return np.asarray(np.searchsorted(self.present, y), dtype=np.int64)

    def expand(self, proba: FloatArray) -> FloatArray:
        """Return probabilities over all classes from those over the present ones; absent get 0."""
        if self.n_present == self.n_classes:
            return proba
        full = np.zeros((proba.shape[0], self.n_classes))
        full[:, self.present] = proba
        return full


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleClassModel:
    """What is learned from rows of one class: that class, always."""

    code: int
    n_classes: int
    notes: tuple[str, ...] = ("The training part holds one class only; the model always predicts it.",)

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return probability 1 for the one class, shape (n, n_classes)."""
        proba = np.zeros((Z.shape[0], self.n_classes))
        proba[:, self.code] = 1.0
        return proba


def combine_weights(*parts: FloatArray | None) -> FloatArray | None:
    """Multiply row weights and scale the product to mean 1; `None` stands for all ones.

    A single vector is handed on unchanged: weights have mean 1 by contract, and regularised learners
    read their scale.
    """
    given = [np.asarray(part, dtype=np.float64) for part in parts if part is not None]
    if len(given) <= 1:
        return given[0] if given else None
    product = np.prod(given, axis=0)
    return np.asarray(product / product.mean(), dtype=np.float64)
