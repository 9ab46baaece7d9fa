"""RENT: each mini-batch is drawn anew by how likely its labels are to be right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.noise import read_noise

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray

_TOP = 0.03
"""Share of a class's rows above the one whose probabilities tell how the class is mislabelled."""


class Rent(Estimator):
    """Draw the rows of every batch again, with replacement, by how likely their labels are to be right.

    Parameters
    ----------
    noise : str or None, default=None
        Matrix T of wrong labels, T[i, j] the probability that a row of class j is labelled i: rows by
        semicolons, cells by commas, ``"0.98,0.2;0.02,0.8"``; each column sums to 1. None estimates it.
    warm_up : float, default=0.25
        Share of the epochs of ordinary training first, after which T is estimated, in [0, 1].

    Notes
    -----
    Bae et al., ICLR 2024, arXiv 2403.02690: row i of a batch of B has the importance
    mu_i = p_y(x_i) / sum_j T[y, j] p_j(x_i), y its label; B rows are drawn in proportion to mu, which gives
    the rows weights: how often each was drawn. With T the identity mu is 1, and this is a bootstrap of the
    batch. Estimation: column j of T are the probabilities of the row at the top 3 % of p_j among those
    labelled j, at least one row (the source fails below 34 rows a class). That is shaky for rare classes:
    compare with a given T. Draws depend on the order of rows in the batch. Costs one plain training.
    """

    def __init__(self, noise: str | None = None, warm_up: float = 0.25) -> None:
        self.noise = noise
        self.warm_up = warm_up

    def follow(self, y: IntArray, *, n_classes: int, n_epochs: int, random_state: int) -> RentDraws:
        """Return the draws of a training; see `imbtool.core.schedules.ScoreSchedule`."""
        given = None if self.noise is None else given_noise(self.noise, n_classes)
        start = math.floor(self.warm_up * n_epochs + 0.5)
        return RentDraws(y, given, start, np.random.default_rng(random_state))


class RentDraws:
    """How often each row of a batch is drawn; see `imbtool.core.schedules.ScoreWeights`."""

    def __init__(self, y: IntArray, noise: FloatArray | None, start: int, rng: np.random.Generator) -> None:
        self._y, self._noise, self._start, self._rng = y, noise, start, rng
        self._on = False

    def begin(self, epoch: int, proba: Callable[[], FloatArray]) -> None:
        """Estimate T when the warm-up is over."""
        self._on = epoch >= self._start
        if self._on and self._noise is None:
            self._noise = estimated_noise(proba(), self._y)

    def weights(self, proba: FloatArray, y: IntArray) -> FloatArray:
        """Return how often each row is drawn, shape (m,); the sum is m."""
        if not self._on or self._noise is None:
            return np.ones(len(y))
        mu = importance(proba, y, self._noise)
        return self._rng.multinomial(len(y), mu / mu.sum()).astype(np.float64)


def importance(proba: FloatArray, y: IntArray, noise: FloatArray) -> FloatArray:
    """Return mu_i = p_y / sum_j T[y, j] p_j, shape (m,), positive.

    Parameters
    ----------
    proba : ndarray of float64, shape (m, K)
    y : ndarray of int64, shape (m,)
        Labels as given, right or wrong.
    noise : ndarray of float64, shape (K, K)
        T[i, j] = P(labelled i | class j); columns sum to 1.
    """
    own = np.maximum(proba[np.arange(len(y)), y], 1e-12)
    return np.asarray(own / np.maximum((noise[y] * proba).sum(axis=1), 1e-12))


def estimated_noise(proba: FloatArray, y: IntArray) -> FloatArray:
    """Return T, shape (K, K), from the probabilities of all rows, shape (n, K)."""
    n_classes = proba.shape[1]
    noise = np.eye(n_classes)
    for j in range(n_classes):
        own = np.flatnonzero(y == j)
        if len(own):
            place = min(int(_TOP * len(own)), len(own) - 1)
            noise[:, j] = proba[own[np.argsort(-proba[own, j], kind="stable")[place]]]
    return np.asarray(noise / noise.sum(axis=0), dtype=np.float64)


def given_noise(text: str, n_classes: int) -> FloatArray:
    """Return the matrix that a text spells.

    Raises
    ------
    NotApplicableError
        It is not of this many classes.
    """
    noise = np.array(read_noise(text))
    if len(noise) != n_classes:
        raise NotApplicableError(
            f"rent: `noise` is for {len(noise)} classes; the training part has {n_classes}.",
            hint="Give a row and a column for each class, in the order of the report.",
            code="noise-classes",
        )
    return noise
