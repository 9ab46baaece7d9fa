"""Synthetic rows thinned until chosen columns have the marginals that are wanted of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler, TrainingPart
from imbtool.methods.resample.selection.surrogate import inclusion_of
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.targets import class_counts, rows_to_add
from imbtool.methods.reweight.tokens import Bins, listed, places_of

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray, IntArray, Layout

Target = Literal["class", "table", "even"]

_BINS = 4
_SWEEPS, _CLOSE = 200, 1e-9
_LEAST = 1e-4


class MarginalFilter(RowSampler):
    """Keep a part of the synthetic rows: those that give chosen columns their wanted marginals.

    Parameters
    ----------
    columns : str, optional
        Names of the columns, separated by commas. Default: the categorical ones, or all where none is.
    keep : float, default=0.5
        Share of the synthetic rows of each class that stays, in (0, 1].
    target : {"class", "table", "even"}, default="class"
        Whose marginals are wanted: those of the original rows of the class, of all original rows, or equal
        shares of the levels.
    k_neighbors : int, default=5
        Of the SMOTE that makes the rows when no sampler before has made any.
    ratio : float, default=1.0
        Rare to most frequent class after that SMOTE and the filter.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    OURS: over-samplers change what they do not look at; SMOTE-NC's vote, for one, makes frequent categories
    more frequent. Numbers are cut at the quartiles of all original rows, a missing cell is a level. The
    synthetic rows of a class are weighted by raking until every column by itself has the wanted shares
    (200 sweeps at most), of the levels that they have at all; then so many are drawn as stay, without
    replacement, with probabilities proportional to the weights but at most 1, systematically in the order
    of the levels. Shares are met but for that limit and for whole rows: the smaller `keep`, the more
    nearly. Originals are never touched. After another sampler its rows are thinned; alone, SMOTE makes
    1/keep times the rows that `ratio` asks for. Cost: SMOTE's, and some sums.
    """

    uses_source: ClassVar[bool] = True
    hull = True

    def __init__(
        self,
        columns: str | None = None,
        keep: float = 0.5,
        target: Target = "class",
        k_neighbors: int = 5,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.columns = columns
        self.keep = keep
        self.target = target
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.random_state = random_state

    def resample(
        self,
        X: FloatArray,
        y: IntArray,
        *,
        layout: Layout,
        random_state: int,
        space: Any = None,
        source: IntArray | None = None,
    ) -> Resampled:
        """Return the rows that stay; see `RowSampler.resample`.

        `source` says which rows an earlier sampler has made (-1), shape (n,); these are thinned.
        """
        if source is None or (source >= 0).all():
            return super().resample(X, y, layout=layout, random_state=random_state, space=space)
        made = np.flatnonzero(source < 0)
        sizes = {k: round(self.keep * n) for k, n in class_counts(y[made]).items()}
        part = TrainingPart(X, y, layout=layout, seed=random_state, space=space)
        stays = self._thinned(part, np.flatnonzero(source >= 0), made, sizes)
        return part.selected(np.sort(np.concatenate((np.flatnonzero(source >= 0), stays))))

    def _resample(self, part: TrainingPart) -> Resampled:
        """Make 1/keep times the rows wanted by SMOTE and thin them to what was wanted."""
        wanted = rows_to_add(part.y, self.ratio)
        more = {k: int(np.ceil(n / self.keep)) for k, n in wanted.items()}
        made = Smote(k_neighbors=self.k_neighbors).rows_for(part, more) if more else {}
        grown = part.extended(made)
        n = len(part.y)
        whole = TrainingPart(grown.X, grown.y, layout=part.layout, seed=part.seed)
        stays = self._thinned(whole, np.arange(n), np.arange(n, len(grown.y)), wanted)
        rows = np.concatenate((np.arange(n), np.sort(stays)))
        return Resampled(X=grown.X[rows], y=grown.y[rows], source=grown.source[rows])

    def _thinned(self, part: TrainingPart, real: IntArray, made: IntArray, sizes: dict[int, int]) -> IntArray:
        """Return which of the rows that were made stay, `sizes` of each class."""
        places = self._places(part.layout)
        bins = Bins.fit(part.X[real], part.layout, _BINS)
        cells = bins.codes(part.X)[:, places]
        widths = bins.sizes[places]
        stays = [np.empty(0, dtype=np.int64)]
        for label in np.unique(part.y[made]).tolist():
            own = made[part.y[made] == label]
            like = real if self.target == "table" else real[part.y[real] == label]
            shares = [self._shares(cells[like, j], int(n)) for j, n in enumerate(widths)]
            weight = raked(cells[own], shares)
            rng = np.random.default_rng([part.seed, label])
            stays.append(own[systematic(weight, cells[own], sizes[label], rng)])
        return np.concatenate(stays)

    def _shares(self, column: IntArray, n_levels: int) -> FloatArray:
        counts = np.bincount(column, minlength=n_levels).astype(np.float64)
        if self.target == "even":
            counts = (counts > 0).astype(np.float64)
        shares: FloatArray = counts / counts.sum()
        return shares

    def _places(self, layout: Layout) -> list[int]:
        if self.columns is None:
            return list(layout.categorical or range(layout.n_features))
        return places_of(listed(self.columns), layout, self.word)


def raked(cells: IntArray, shares: list[FloatArray]) -> FloatArray:
    """Return weights under which every column of levels has the wanted shares, mean 1, shape (n,).

    Parameters
    ----------
    cells : ndarray of int64, shape (n, n_columns)
    shares : list of ndarray of float64, shape (n_levels,)
        Wanted share of each level; those of levels without a row are dealt out to the others. Rows of a
        level that is not wanted get next to nothing.
    """
    n = len(cells)
    wanted = []
    for column, share in zip(cells.T, shares, strict=True):
        here = np.bincount(column, minlength=len(share)) > 0
        goal = np.where(here, np.maximum(share, 1e-9), 0.0)
        wanted.append(n * goal / goal.sum())
    weight = np.ones(n)
    for _ in range(_SWEEPS):
        change = 0.0
        for column, goal in zip(cells.T, wanted, strict=True):
            sums = np.bincount(column, weights=weight, minlength=len(goal))
            factor = np.divide(goal, sums, out=np.ones(len(goal)), where=sums > 0)
            weight *= factor[column]
            change = max(change, float(np.abs(factor[column] - 1.0).max()))
        if change < _CLOSE:
            break
    # Shares that no weights can meet drive some of these to nothing.
    bounded = np.clip(weight / weight.mean(), _LEAST, 1.0 / _LEAST)
    scaled: FloatArray = bounded / bounded.mean()
    return scaled


def systematic(weight: FloatArray, cells: IntArray, size: int, rng: np.random.Generator) -> IntArray:
    """Return `size` different places, ascending, drawn in proportion to the weights, at most once each.

    One random start, equal steps through the inclusion probabilities in the order of the cells, by chance
    among rows of the same cells: every combination of levels gets its share but for one row.
    """
    n = len(weight)
    if size >= n:
        return np.arange(n)
    if size <= 0:
        return np.empty(0, dtype=np.int64)
    chance = inclusion_of(weight, size, 0.0)
    order = np.lexsort((rng.random(n), *cells.T))
    edges = np.concatenate(([0.0], np.cumsum(chance[order])))
    edges *= size / edges[-1]
    ticks = rng.random() + np.arange(size)
    at = np.searchsorted(edges, np.minimum(ticks, np.nextafter(size, 0)), side="right") - 1
    return np.sort(order[np.clip(at, 0, n - 1)])
