"""How the tree learners see the feature matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray, Layout

_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """The feature matrix itself, with its layout; nothing is fitted.

    For learners that know categories, missing cells and levels unseen in training by themselves.
    """

    layout: Layout

    def transform(self, X: FloatArray) -> FloatArray:
        """Return `X`."""
        return X


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedView:
    """Category codes replaced by how frequent the level is in training, 0 the most frequent.

    An ordinal split then separates common from uncommon levels. Levels unseen in training come after
    the last; missing cells stay NaN. Numbers are clipped to the range of float32, in which
    scikit-learn's trees compare.

    Parameters
    ----------
    ranks : tuple of (int, ndarray of float64)
        For each categorical column its position and the rank of each code.
    """

    ranks: tuple[tuple[int, FloatArray], ...]

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> RankedView:
        """Rank the levels of each categorical column of these training rows."""
        return cls(ranks=tuple((j, frequency_ranks(X[:, j], layout.levels[j])) for j in layout.categorical))

    def transform(self, X: FloatArray) -> FloatArray:
        """Return the matrix with ranks in place of codes."""
        Z = np.clip(X, -_FLOAT32_MAX, _FLOAT32_MAX)
        for j, rank in self.ranks:
            codes, known = known_codes(X[:, j], rank.shape[0])
            Z[:, j] = np.where(np.isnan(X[:, j]), np.nan, float(rank.shape[0]))
            Z[known, j] = rank[codes[known]]
        return Z


def known_codes(column: FloatArray, n_levels: int) -> tuple[IntArray, BoolArray]:
    """Return the codes as integers and which of them lie in ``0 .. n_levels - 1``."""
    known = (column >= 0) & (column < n_levels)
    return np.where(known, column, 0).astype(np.int64), known


def frequency_ranks(column: FloatArray, n_levels: int) -> FloatArray:
    """Return the rank of each level by falling frequency; levels without rows get `n_levels`."""
    codes, known = known_codes(column, n_levels)
    counts = np.bincount(codes[known], minlength=n_levels)
    ranks = np.empty(n_levels)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(n_levels)
    ranks[counts == 0] = n_levels
    return ranks
