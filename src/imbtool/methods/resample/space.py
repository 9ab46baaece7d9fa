"""The space in which rows are near or far, and the way back from it to the feature matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.moments import column_moments
from imbtool.methods.resample.nominal import NominalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from imbtool.core.types import FloatArray, IntArray, Layout

_T = TypeVar("_T")

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
        self._all_numeric = self._numeric.size == X.shape[1]
        self._fitted_on = X
        self._memo: dict[Hashable, Any] = {}
        self._medians: dict[int, float] = {}
        self.flagged: tuple[int, ...] = ()
        self._unit = np.ones(self._numeric.size)
        self._mean, self._scale = self._fitted()

    def _fitted(self) -> tuple[FloatArray, FloatArray]:
        """Return mean and scale of the numbers, after finding gaps and units."""
        raw = self._raw(self._fitted_on)
        if not raw.size:
            return np.zeros(raw.shape[1]), np.ones(raw.shape[1])
        mean, scale, largest = column_moments(raw)
        if (largest <= _HUGE).all():
            return mean, scale
        # There are gaps or enormous numbers: look closer.
        absent = np.isnan(raw)
        self.flagged = tuple(int(j) for j in self._numeric[absent.any(axis=0)])
        self._unit = _units(raw)
        return column_moments(self.numbers(self._fitted_on))[:2]

    def _raw(self, X: FloatArray) -> FloatArray:
        """Return the numeric features as they are, row after row in memory; perhaps `X` itself."""
        if self._all_numeric:
            return np.ascontiguousarray(X)
        return np.take(X, self._numeric, axis=1)

    def __deepcopy__(self, memo: dict[int, Any]) -> SampleSpace:
        """Return itself: it is never changed, and scikit-learn's `clone` copies what it meets."""
        return self

    @property
    def has_nominal(self) -> bool:
        """Whether there is anything but complete numbers."""
        return bool(self._categorical.size or self.flagged)

    @property
    def verbatim(self) -> bool:
        """Whether a row of numbers in their own units is a row of the feature matrix."""
        return self._all_numeric and not self.flagged and bool((self._unit == 1.0).all())

    def numbers(self, X: FloatArray) -> FloatArray:
        """Return the numeric features, imputed, in their own units, shape (n, n_numeric).

        Read only: where nothing has to be done it is `X` itself. Rows are contiguous, because sums
        over them, and with them near-ties, depend on the memory order.
        """
        raw = self._raw(X)
        complete = X is self._fitted_on and not self.flagged
        if not complete:
            raw = self._imputed(raw, np.isnan(raw))
        return raw if (self._unit == 1.0).all() else raw / self._unit

    def _imputed(self, raw: FloatArray, absent: Any) -> FloatArray:
        if not absent.any():
            return raw
        fill = np.zeros(raw.shape[1])
        for j in np.flatnonzero(absent.any(axis=0)).tolist():
            fill[j] = self._median(j)
        return np.where(absent, fill, raw)

    def _median(self, j: int) -> float:
        """Return the median of the present cells of a number in the training rows; 0 without any."""
        if j not in self._medians:
            column = self._fitted_on[:, self._numeric[j]]
            present = column[~np.isnan(column)]
            self._medians[j] = float(np.median(present)) if present.size else 0.0
        return self._medians[j]

    def standard(self, numbers: FloatArray) -> FloatArray:
        """Return numeric features as distances see them: mean 0, standard deviation 1."""
        scaled: FloatArray = numbers - self._mean
        scaled /= self._scale
        return scaled

    def unstandard(self, scaled: FloatArray) -> FloatArray:
        """Return standardised numbers in their own units: the way back from `standard`."""
        numbers: FloatArray = scaled * self._scale + self._mean
        return numbers

    def own_units(self, standard: FloatArray) -> FloatArray:
        """Return standardised numbers in the features' own units."""
        numbers: FloatArray = standard * self._scale + self._mean
        return numbers

    @property
    def scale(self) -> FloatArray:
        """Standard deviation of each number in its own units, 1 where it is constant; shape (n_numeric,)."""
        return self._scale

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

    def graph(self, X: FloatArray) -> NeighborGraph:
        """Return the neighbour graph of rows in this space; that of the fitted rows is shared."""
        return self.shared("graph", X, lambda: NeighborGraph(self.distance(X)))

    def number_graph(self, X: FloatArray) -> NeighborGraph:
        """Return the neighbour graph of the numbers of rows alone, as SMOTE and its kin measure them."""
        if not self.has_nominal:
            return self.graph(X)
        return self.shared("number graph", X, lambda: NeighborGraph(self.standard(self.numbers(X))))

    def shared(self, key: Hashable, X: FloatArray, make: Callable[[], _T]) -> _T:
        """Return what `make` makes of rows; of the fitted rows it is made once.

        Parameters
        ----------
        key : hashable
            Everything that the result depends on besides the rows.
        X : ndarray of float64, shape (n, n_features)
        make : callable
        """
        if X is not self._fitted_on:
            return make()
        if key not in self._memo:
            self._memo[key] = make()
        made: _T = self._memo[key]
        return made

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


def _units(raw: FloatArray) -> FloatArray:
    """Return 1 for ordinary columns and a power of two, exact both ways, for enormous ones."""
    largest = np.max(np.abs(raw), axis=0, initial=0.0, where=~np.isnan(raw))
    exponent = np.frexp(largest)[1]
    unit: FloatArray = np.where(largest > _HUGE, np.ldexp(1.0, exponent - 1), 1.0)
    return unit
