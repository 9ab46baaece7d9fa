"""Moment matching: weights that take the association between chosen columns and the class away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.reweight.base import WeightEstimator, as_codes
from imbtool.methods.reweight.tokens import Bins, as_tables, listed, places_of

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

MIN_ROWS = 5
_BINS = 4
_SWEEPS, _CLOSE = 500, 1e-9


class MomentMatchingWeights(WeightEstimator):
    """Weight rows so that in every class each chosen column has the distribution that it has in the table.

    Parameters
    ----------
    columns : str, optional
        Names of the group columns, separated by commas. Default: all categorical columns; name those that
        the model must not profit from, since what they say about the class is taken away.
    shares : {"natural", "balanced"}, default="natural"
        Whether the weighted class shares stay as they are or become equal.

    Notes
    -----
    OURS, after the data balancing of Alabdulmohsin et al., "CLIP the Bias", ICLR 2024, arXiv 2403.04547, who
    match first and second moments of group attributes and labels by stochastic updates. Here the
    conditions are met by raking: the weights nearest to 1 in relative entropy for which every column and the
    class are independent, column by column (not their interactions). For one column it is the
    reweighing of Kamiran and Calders, 2012, doi:10.1007/s10115-011-0463-8: share of the level times share of
    the class over the share of both. Numeric columns are cut at their quartiles; missing cells are a
    level. Levels with fewer than 5 rows in some class are pooled, with more frequent ones when need be; a
    column that ends with one level asks for nothing. Columns that determine each other can leave a
    gap after 500 sweeps, see `gap`. Weights have mean 1. Deterministic; cost: some sums a sweep.
    """

    uses_layout: ClassVar[bool] = True

    def __init__(self, columns: str | None = None, shares: str = "natural") -> None:
        self.columns = columns
        self.shares = shares

    def fit_weight(self, X: Any, y: IntArray, *, layout: Layout | None = None) -> FloatArray:
        """Return the weight of every row.

        Parameters
        ----------
        X : ndarray of float64 or DataFrame, shape (n, n_features)
        y : ndarray of int64, shape (n,)
            Class codes.
        layout : Layout, optional
            Names and levels of the columns of a matrix. Default: none is categorical, or as the dtypes of
            a frame say.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.

        Raises
        ------
        NotApplicableError
            A column is not there, or there is no categorical one and none is named.
        """
        codes = as_codes(y)
        if layout is None:
            (X,), layout = as_tables(X)
        places = self._places(layout)
        cells = Bins.fit(X, layout, _BINS).codes(X)
        groups = [pooled(cells[:, j], codes) for j in places]
        return rake(groups, codes, balanced=self.shares == "balanced")

    def _places(self, layout: Layout) -> list[int]:
        if self.columns is None:
            if layout.categorical:
                return list(layout.categorical)
            raise NotApplicableError(
                "moment_matching without `columns` takes the categorical ones; there are none.",
                hint='Name the group columns: moment_matching(columns="age,region").',
                code="no-group-columns",
            )
        return places_of(listed(self.columns), layout, self.word)


def pooled(column: IntArray, y: IntArray) -> IntArray:
    """Return the levels of a column, numbered anew, each with at least 5 rows (or all) of every class."""
    n_classes = int(y.max()) + 1
    _, levels = np.unique(column, return_inverse=True)
    table = np.zeros((int(levels.max()) + 1, n_classes))
    np.add.at(table, (levels, y), 1)
    table = table[:, table.any(axis=0)]
    enough = np.minimum(MIN_ROWS, table.sum(axis=0))
    # Level by level into one pool, the rarest in their scarcest class first, until all that is left suffices.
    order = np.argsort((table / enough).min(axis=1), kind="stable")
    lacking = int(((table / enough).min(axis=1) < 1.0).sum())
    pool = lacking
    while 0 < pool < len(order) and (table[order[:pool]].sum(axis=0) < enough).any():
        pool += 1
    names = np.arange(len(table))
    names[order[:pool]] = len(table)
    found: IntArray = np.unique(names[levels], return_inverse=True)[1].astype(np.int64)
    return found


def rake(groups: list[IntArray], y: IntArray, *, balanced: bool) -> FloatArray:
    """Return weights of mean 1 for which every column of levels is independent of the class.

    Parameters
    ----------
    groups : list of ndarray of int64, shape (n,)
        Levels of each column; every level has rows of every class.
    y : ndarray of int64, shape (n,)
    balanced : bool
        Whether classes get equal shares; else they keep theirs.
    """
    present, classes = np.unique(y, return_inverse=True)
    n, n_classes = len(y), len(present)
    share = np.full(n_classes, 1.0 / n_classes) if balanced else np.bincount(classes) / n
    tables = [
        (level * n_classes + classes, np.outer(np.bincount(level) / n, share).ravel() * n) for level in groups
    ]
    tables.append((classes, share * n))
    weight = np.ones(n)
    for _ in range(_SWEEPS):
        change = 0.0
        for cell, wanted in tables:
            factor = wanted / np.bincount(cell, weights=weight, minlength=len(wanted))
            weight *= factor[cell]
            change = max(change, float(np.abs(factor - 1.0).max()))
        if change < _CLOSE:
            break
    scaled: FloatArray = weight / weight.mean()
    return scaled


def gap(level: IntArray, y: IntArray, weight: FloatArray) -> float:
    """Return the largest difference between the weighted share of a cell and the product of its margins."""
    table = np.zeros((int(level.max()) + 1, int(y.max()) + 1))
    np.add.at(table, (level, y), weight / weight.sum())
    return float(np.abs(table - np.outer(table.sum(axis=1), table.sum(axis=0))).max())
