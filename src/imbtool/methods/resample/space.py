"""The space in which rows are near or far, and the way back from it to the feature matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import StandardScaler

from imbtool.methods.resample.nominal import NominalCode

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

# Beyond this size the square of a difference overflows, so such a column is measured in larger units.
_HUGE = 1e150


class SampleSpace:
    """A metric space fitted on training rows.

    Numeric features are median-imputed and, for distances, standardised. Categorical features are
    nominal columns with "missing" as a level of its own; every numeric feature that has missing
    cells adds a nominal column that says where. Nothing of a row that is only copied passes through
    the space, and interpolation happens in the features' own units: standardising decides who is
    near, not what a number is.

    Parameters
    ----------
    X : ndarray of float64, shape (n, n_features)
        Feature matrix of the training rows.
    layout : Layout
        Which columns are categorical.

    Attributes
    ----------
    layout : Layout
    flagged : tuple of int
        Numeric features with a missing cell in the training rows, ascending.
    """

    def __init__(self, X: FloatArray, layout: Layout) -> None:
        self.layout = layout
        self._numeric = np.asarray(layout.numeric, dtype=np.intp)
        self._categorical = np.asarray(layout.categorical, dtype=np.intp)
        self._missing_level = np.asarray(layout.levels, dtype=np.int64)[self._categorical]
        raw = X[:, self._numeric]
        absent = np.isnan(raw)
        self.flagged = tuple(int(j) for j in self._numeric[absent.any(axis=0)])
        self._fill = _medians(raw, absent)
        self._unit = _units(raw)
        self._scaler = StandardScaler().fit(self.numbers(X)) if self._numeric.size else None
        self._fitted_on = X
        self._memo: dict[str, Any] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> SampleSpace:
        """Return itself: it is never changed, and scikit-learn's `clone` copies what it meets."""
        return self

    @property
    def has_nominal(self) -> bool:
        """Whether there is anything but complete numbers."""
        return bool(self._categorical.size or self.flagged)

    def numbers(self, X: FloatArray) -> FloatArray:
        """Return the numeric features, imputed, in their own units, shape (n, n_numeric)."""
        raw = X[:, self._numeric]
        filled = np.where(np.isnan(raw), self._fill, raw) / self._unit
        # Sums over rows, and with them near-ties, depend on the memory order.
        return np.ascontiguousarray(filled)

    def standard(self, numbers: FloatArray) -> FloatArray:
        """Return numeric features as distances see them: mean 0, standard deviation 1."""
        if self._scaler is None:
            return numbers
        scaled: FloatArray = self._scaler.transform(numbers)
        return scaled

    def nominal(self, X: FloatArray) -> IntArray:
        """Return the nominal columns: category codes, then missing flags; shape (n, n_nominal)."""
        raw = X[:, self._categorical]
        codes = np.where(np.isnan(raw), self._missing_level, raw).astype(np.int64)
        flags = np.isnan(X[:, list(self.flagged)]).astype(np.int64)
        return np.hstack((codes, flags))

    def distance(self, X: FloatArray) -> FloatArray:
        """Return one matrix whose Euclidean distances are those of the space, shape (n, width).

        A differing category adds 1 to the squared distance: one standard deviation, as SMOTE-NC
        counts it when the median deviation is 1. Rare levels beyond the 50 most frequent of a
        column count as one level, fewer in tables of thousands of categorical columns, so that the
        matrix stays of the order of the table.
        """
        if X is not self._fitted_on:
            return self._distance(X)
        if "distance" not in self._memo:
            self._memo["distance"] = self._distance(X)
        matrix: FloatArray = self._memo["distance"]
        return matrix

    def _distance(self, X: FloatArray) -> FloatArray:
        if "code" not in self._memo:
            self._memo["code"] = NominalCode(self.nominal(self._fitted_on))
        code: NominalCode = self._memo["code"]
        matrix = np.zeros((X.shape[0], max(1, self._numeric.size + code.width)))
        if self._numeric.size:
            matrix[:, : self._numeric.size] = self.standard(self.numbers(X))
        code.write(self.nominal(X), matrix[:, self._numeric.size :])
        return matrix

    def restore(self, numbers: FloatArray, nominal: IntArray) -> FloatArray:
        """Return synthetic rows as a feature matrix: flagged numbers and missing levels become NaN.

        Parameters
        ----------
        numbers : ndarray of float64, shape (m, n_numeric)
            In the features' own units, as `numbers` gives them.
        nominal : ndarray of int64, shape (m, n_nominal)
            As `nominal` gives them.
        """
        X = np.empty((numbers.shape[0], self.layout.n_features))
        X[:, self._numeric] = numbers * self._unit
        n_categorical = self._categorical.size
        codes = nominal[:, :n_categorical]
        X[:, self._categorical] = np.where(codes == self._missing_level, np.nan, codes)
        for flag, j in enumerate(self.flagged, start=n_categorical):
            X[nominal[:, flag] == 1, j] = np.nan
        return X


def _medians(raw: FloatArray, absent: Any) -> FloatArray:
    """Return the median of each column over its present cells; 0 where there are none."""
    fill = np.zeros(raw.shape[1])
    complete = ~absent.any(axis=0)
    if raw.size:
        fill[complete] = np.median(raw[:, complete], axis=0)
    for j in np.flatnonzero(~complete & ~absent.all(axis=0)):
        fill[j] = np.median(raw[~absent[:, j], j])
    return fill


def _units(raw: FloatArray) -> FloatArray:
    """Return 1 for ordinary columns and a power of two, exact both ways, for enormous ones."""
    largest = np.max(np.abs(raw), axis=0, initial=0.0, where=~np.isnan(raw))
    exponent = np.frexp(largest)[1]
    unit: FloatArray = np.where(largest > _HUGE, np.ldexp(1.0, exponent - 1), 1.0)
    return unit
