"""Importance weights towards a reference table, by hashed features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.methods.reweight.base import WeightEstimator
from imbtool.methods.reweight.tokens import Bins, as_tables

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

_PRIME = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio in 64 bits, as splitmix64 uses it
_FLOOR = 1e-8


class ImportanceWeights(WeightEstimator):
    """Weight training rows towards the table that a model is meant for.

    Parameters
    ----------
    table : str, DataFrame or array, shape (m, n_features)
        Rows like those to be scored later, without a target. In a recipe the path of a file, whose columns
        are matched by name and whose rows that stand in the data too are left out; in Python the table
        itself, in the columns of the training table. Never the test rows of a comparison: that would be a
        leak.
    n_buckets : int, default=10000
        Hash buckets for tokens and pairs of tokens.
    n_bins : int, default=10
        Bins of a numeric column, of about equally many training rows.
    pairs : bool, default=False
        Count pairs of neighbouring columns too, as DSIR counts pairs of words. The order of columns says
        little, and what a column tells is then counted two or three times.
    power : float, default=1.0
        Exponent of the importance, in [0, 1]; 0 weights nothing. Below 1 where columns say the same.
    smoothing : float, default=1.0
        Added to the counts of every bucket on both sides (DSIR: 0).
    cap : float, default=20.0
        Largest weight, as a multiple of the mean before it is applied.

    Notes
    -----
    DSIR: Xie, Santurkar, Ma, Liang, NeurIPS 2023, arXiv 2302.03169: features are hashed tokens and pairs of
    neighbours, ``log w = counts . (log p - log q)`` with p and q the bucket shares of reference and training
    rows (1e-8 inside the logarithms). OURS: a token is a column with its bin or category. The formula is
    right for independent columns; where they repeat each other the weights become extreme, hence
    `power`, `smoothing` and `cap`. DSIR draws rows without replacement
    instead of weighting them: `select`. Nothing of the target is used. Metrics stay those of the data; give
    the weights as a weight column to measure in the population of the table too. Deterministic; cost: one
    pass over the cells of both tables.
    """

    uses_layout: ClassVar[bool] = True
    uses_table: ClassVar[bool] = True

    def __init__(
        self,
        table: Any = None,
        n_buckets: int = 10_000,
        n_bins: int = 10,
        pairs: bool = False,
        power: float = 1.0,
        smoothing: float = 1.0,
        cap: float = 20.0,
    ) -> None:
        self.table = table
        self.n_buckets = n_buckets
        self.n_bins = n_bins
        self.pairs = pairs
        self.power = power
        self.smoothing = smoothing
        self.cap = cap

    def log_importance(self, X: Any) -> FloatArray:
        """Return ``log w`` of every row of `X`, before `power`; shape (n,).

        Raises
        ------
        DataError
            The tables have different columns, or one has no rows.
        NotApplicableError
            There is no table.
        """
        if self.table is None or isinstance(self.table, str):
            raise NotApplicableError(
                "importance needs a table of rows like those that will be scored.",
                hint="Name it, importance(table='later.csv'); in Python pass the table itself.",
                code="no-target-table",
            )
        (rows, wanted), layout = as_tables(X, self.table)
        return self._log_importance(rows, wanted, layout)

    def _log_importance(self, rows: FloatArray, wanted: FloatArray, layout: Layout) -> FloatArray:
        if not len(rows) or not len(wanted):
            raise DataError(
                f"Both tables need rows; got {len(rows)} and {len(wanted)}.",
                hint="Pass the training rows, and rows like those that will be scored.",
                code="no-rows",
            )
        bins = Bins.fit(rows, layout, self.n_bins)
        ours, theirs = (
            buckets(bins.codes(part), self.n_buckets, pairs=self.pairs) for part in (rows, wanted)
        )
        q, p = (self._shares(part) for part in (ours, theirs))
        gain = np.log(p + _FLOOR) - np.log(q + _FLOOR)
        logs: FloatArray = gain[ours].sum(axis=1)
        return logs

    def fit_weight(
        self,
        X: Any,
        y: IntArray | None = None,  # noqa: ARG002 - the protocol's
        *,
        layout: Layout | None = None,
        table: FloatArray | None = None,
    ) -> FloatArray:
        """Return the weight of every row of the training table.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        y : any, optional
            Not looked at.
        layout, table : Layout and ndarray of float64, shape (m, n_features), optional
            In a recipe: what the columns of `X` are, and the rows of the table in the same columns.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.
        """
        if layout is not None and table is not None:
            logs = self.power * self._log_importance(X, table, layout)
        else:
            logs = self.power * self.log_importance(X)
        # Differences beyond 500 would underflow to 0; such rows count for nothing anyway.
        raw = np.exp(np.maximum(logs - logs.max(), -500.0))
        capped = np.minimum(raw, self.cap * raw.mean())
        scaled: FloatArray = capped / capped.mean()
        return scaled

    def select(self, X: Any, k: int, *, random_state: int) -> IntArray:
        """Return k different rows drawn without replacement in proportion to ``w ** power``, ascending.

        Gumbel top-k: the k largest of ``power * log w`` plus Gumbel noise.

        Parameters
        ----------
        X : DataFrame or array, shape (n, n_features)
        k : int
            From 0 to n.
        random_state : int
        """
        return gumbel_top_k(self.power * self.log_importance(X), k, random_state=random_state)

    def _shares(self, rows: IntArray) -> FloatArray:
        counts = np.bincount(rows.ravel(), minlength=self.n_buckets) + self.smoothing
        shares: FloatArray = counts / counts.sum()
        return shares


def buckets(cells: IntArray, n_buckets: int, *, pairs: bool = False) -> IntArray:
    """Return the hash buckets of each row's tokens, and with `pairs` of its pairs of neighbours.

    Shape (n, n_columns), or (n, 2 n_columns - 1). The hash is fixed: the same token is in the same bucket
    everywhere.
    """
    token = _mixed(cells.astype(np.uint64) + _mixed(np.arange(1, cells.shape[1] + 1, dtype=np.uint64)))
    if pairs:
        token = np.concatenate((token, _mixed(token[:, :-1] * np.uint64(3) + token[:, 1:])), axis=1)
    found: IntArray = (token % np.uint64(n_buckets)).astype(np.int64)
    return found


def gumbel_top_k(log_weight: FloatArray, k: int, *, random_state: int) -> IntArray:
    """Return k different positions drawn in proportion to ``exp(log_weight)``, ascending."""
    if not 0 <= k <= len(log_weight):
        raise DataError(
            f"`k` must be from 0 to the number of rows, {len(log_weight)}; got {k}.",
            hint="Ask for at most as many rows as there are.",
            code="too-many-rows",
        )
    noise = np.random.default_rng(random_state).gumbel(size=len(log_weight))
    order = np.argsort(-(log_weight + noise), kind="stable")
    return np.sort(order[:k]).astype(np.int64)


def _mixed(value: Any) -> Any:
    """Return well mixed 64-bit numbers (the finaliser of splitmix64)."""
    with np.errstate(over="ignore"):
        z = value + _PRIME
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))
