"""Ranks with ties, without the import of ``scipy.stats`` that one function of it would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


def midranks(values: FloatArray) -> FloatArray:
    """Return the rank of each value, from 1; equal values share the mean of theirs.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        No NaN.

    Returns
    -------
    ndarray of float64, shape (n,)
        What ``scipy.stats.rankdata`` returns.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(values)])
    ends = np.append(first, len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((ends[:-1] + ends[1:] + 1) / 2, np.diff(ends))
    return ranks
