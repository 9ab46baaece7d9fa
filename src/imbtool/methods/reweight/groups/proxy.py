"""A small model to learn weights of groups with: softmax regression on the bins of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from imbtool.methods.reweight.groups.updates import raised
from imbtool.methods.reweight.tokens import Bins

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray, Layout

_BINS = 8


class Proxy:
    """Softmax regression on one indicator a bin, level or missing cell; all sums are over all rows.

    Scores are the log class shares plus a sum over the columns. Nothing is drawn, so that the result
    depends on the rows and not on their order.

    Parameters
    ----------
    X : ndarray of float64, shape (n, n_features)
    y : ndarray of int64, shape (n,)
        Classes, counted over those present.
    layout : Layout
    group : ndarray of int64, shape (n,)
        Groups from 0 without a gap.
    ridge : float, default=1e-3
        Half of it times the squared weights is added to the loss.
    """

    def __init__(
        self, X: FloatArray, y: IntArray, layout: Layout, group: IntArray, *, ridge: float = 1e-3
    ) -> None:
        bins = Bins.fit(X, layout, _BINS)
        starts = np.cumsum([0, *bins.sizes[:-1]])
        n, n_columns = X.shape
        places = (bins.codes(X) + starts).ravel()
        ends = np.arange(0, n * n_columns + 1, n_columns)
        # Divided by sqrt(columns), so that one rate of learning suits tables of any width.
        cells = np.full(n * n_columns, 1.0 / np.sqrt(max(1, n_columns)))
        self._design = sparse.csr_matrix((cells, places, ends), shape=(n, int(bins.sizes.sum())))
        self._back = self._design.T.tocsr()
        self._y, self._group, self._ridge = y, group, ridge
        self.counts = np.bincount(group)
        self._start = np.log(np.bincount(y) / n)
        self.shape = (self._design.shape[1], len(self._start))

    def losses(self, weights: FloatArray) -> FloatArray:
        """Return the log loss of each row, shape (n,)."""
        scores = self._scores(weights)
        return np.asarray(logsumexp(scores, axis=1) - scores[np.arange(len(self._y)), self._y])

    def gradient(self, weights: FloatArray, share: FloatArray) -> FloatArray:
        """Return the gradient of sum_g share_g (mean loss of group g) and the ridge, shaped as `weights`."""
        return self.back((share / self.counts)[self._group], weights) + self._ridge * weights

    def back(self, factor: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the gradient of the sum of factor times loss, without the ridge."""
        scores = self._scores(weights)
        residual = np.exp(scores - logsumexp(scores, axis=1, keepdims=True))
        residual[np.arange(len(self._y)), self._y] -= 1.0
        return np.asarray(self._back @ (factor[:, None] * residual))

    def group_gradients(self, weights: FloatArray) -> FloatArray:
        """Return the gradient of the mean loss of each group, without the ridge, shape (K, P)."""
        return np.stack(
            [self.back((self._group == k) / self.counts[k], weights).ravel() for k in range(len(self.counts))]
        )

    def group_means(self, values: FloatArray) -> FloatArray:
        """Return the mean of each group."""
        return np.bincount(self._group, weights=values, minlength=len(self.counts)) / self.counts

    def _scores(self, weights: FloatArray) -> FloatArray:
        return np.asarray(self._start + self._design @ weights)


class Momentum:
    """Steps with Nesterov momentum: enough for a smooth loss of some hundred numbers."""

    def __init__(
        self,
        shape: tuple[int, ...],
        *,
        rate: float = 2.0,
        keep: float = 0.9,
        start: FloatArray | None = None,
    ) -> None:
        self.weights = np.zeros(shape) if start is None else start.copy()
        self._speed = np.zeros(shape)
        self._rate, self._keep = rate, keep

    def step(self, gradient: FloatArray) -> None:
        """Move against a gradient taken at `weights`."""
        self._speed = self._keep * self._speed - self._rate * gradient
        self.weights = self.weights + self._keep * self._speed - self._rate * gradient


def trained(proxy: Proxy, share: FloatArray, steps: int) -> FloatArray:
    """Return the weights after this many steps on fixed shares of the groups."""
    path = Momentum(proxy.shape)
    for _ in range(steps):
        path.step(proxy.gradient(path.weights, share))
    return path.weights


def mean_shares(
    proxy: Proxy,
    start: FloatArray,
    pull: Callable[[FloatArray], FloatArray],
    *,
    steps: int,
    eta: float,
    smoothing: float,
    every: int = 1,
) -> FloatArray:
    """Train on shares of the groups that change on the way; return their mean over the steps, sum 1.

    Parameters
    ----------
    proxy : Proxy
    start : ndarray of float64, shape (K,)
        Shares at the beginning.
    pull : callable
        Given the weights of the model, shape `proxy.shape`, what speaks for each group, shape (K,).
    steps : int
    eta, smoothing : float
        Of the update, `raised`.
    every : int, default=1
        Steps from one update to the next.
    """
    share, total, path = start, np.zeros(len(start)), Momentum(proxy.shape)
    for step in range(steps):
        if step % every == 0:
            share = raised(share, pull(path.weights), eta=eta, smoothing=smoothing)
        total += share
        path.step(proxy.gradient(path.weights, share))
    return np.asarray(total / total.sum(), dtype=np.float64)
