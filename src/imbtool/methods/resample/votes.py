"""Majority votes of neighbours on nominal columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import BoolArray, IntArray


def random_winner(votes: IntArray, rng: RandomState) -> IntArray:
    """Return each row's most frequent code, ties broken at random as imbalanced-learn breaks them.

    Parameters
    ----------
    votes : ndarray of int64, shape (m, k)
        Codes of the k voters of each row.
    rng : RandomState
        One permutation of all winning (row, code) pairs is drawn from it.
    """
    ordered, leads = _winners(votes)
    row, place = np.nonzero(leads)
    order = rng.permutation(len(row))
    _, first = np.unique(row[order], return_index=True)
    winner: IntArray = ordered[row, place][order][first]
    return winner


def smallest_winner(votes: IntArray) -> IntArray:
    """Return each row's most frequent code, shape (m,), the smallest of tied ones."""
    ordered, leads = _winners(votes)
    winner: IntArray = ordered[np.arange(len(ordered)), np.argmax(leads, axis=1)]
    return winner


def _winners(votes: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the votes sorted within rows, and where each most frequent code stands first."""
    ordered = np.sort(votes, axis=1)
    support = (ordered[:, :, None] == ordered[:, None, :]).sum(axis=2)
    first = np.ones(ordered.shape, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    return ordered, first & (support == support.max(axis=1, keepdims=True))
