"""SMOTE-NC on plain arrays: numbers interpolated, nominal columns voted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.sparsefuncs import mean_variance_axis

from imbtool.methods.resample.neighbors import nearest
from imbtool.methods.resample.segments import write_between
from imbtool.methods.resample.votes import random_winner

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.segments import Gap


def interpolate_mixed(
    numbers: FloatArray,
    standard: FloatArray,
    nominal: IntArray,
    *,
    k: int,
    n_new: int,
    seed: int,
    gap: Gap = "segment",
) -> tuple[FloatArray, IntArray]:
    """Return synthetic rows of one class, drawn as imbalanced-learn's `SMOTENC` draws them.

    Parameters
    ----------
    numbers, standard : ndarray of float64, shape (n, p)
        Numeric features of the class, in their own units and standardised.
    nominal : ndarray of int64, shape (n, q)
    k : int
        Neighbours, at most n - 1.
    n_new : int
    seed : int
    gap : {"segment", "box"}, default="segment"

    Returns
    -------
    numbers : ndarray of float64, shape (n_new, p)
    nominal : ndarray of int64, shape (n_new, q)

    Notes
    -----
    Rewritten rather than called: `SMOTENC` holds one dense copy of the one-hot code a neighbour of
    every synthetic row, and returns the numbers after scaling. The draws, the distance (the median
    standard deviation of the class for a differing category) and the vote (of the neighbours
    without the row itself) are the same, and a test holds them equal.
    """
    code = _scaled_one_hot(standard, nominal)
    near = nearest(code, k + 1)[:, 1:]
    new_numbers = np.empty((n_new, numbers.shape[1]))
    base = write_between(numbers, near, new_numbers, seed=seed, gap=gap)
    vote_rng = np.random.RandomState(seed)
    voters = near[base]
    ballots = [random_winner(column[voters], vote_rng) for column in nominal.T]
    return new_numbers, np.column_stack(ballots)


def _scaled_one_hot(standard: FloatArray, nominal: IntArray) -> Any:
    numeric = sparse.csr_matrix(standard)
    _, variance = mean_variance_axis(numeric, axis=0)
    one_hot = OneHotEncoder().fit_transform(nominal)
    # Two entries differ when two categories do, hence the root of 2.
    one_hot.data[:] = np.median(np.sqrt(variance)) / np.sqrt(2)
    return sparse.hstack((numeric, one_hot), format="csr")
