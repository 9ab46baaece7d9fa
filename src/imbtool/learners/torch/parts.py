"""Which rows of a training part train, which choose the epoch, and how many make a step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.learners.torch.plan import Rows

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

STEPS = 40
"""Steps of an epoch that batches are made small for."""
SMALLEST, LARGEST = 32, 512


def parts(
    index: IntArray,
    y: IntArray,
    weight: FloatArray | None,
    *,
    source: IntArray,
    share: float,
    seed: int,
    group: IntArray | None = None,
) -> tuple[Rows, Rows | None]:
    """Return the rows to train on and those that choose the epoch; for the parameters see `held_out`.

    One copy of each row judges; no copy of it trains.
    """

    def rows(at: IntArray) -> Rows:
        return Rows(
            index=index[at],
            y=y[at],
            weight=None if weight is None else weight[at],
            group=None if group is None else group[at],
        )

    out = held_out(y, source, share, seed)
    if not len(out):
        return rows(np.arange(len(y))), None
    _, first = np.unique(source[out], return_index=True)
    stays = ~np.isin(source, source[out]) | (source < 0)
    return rows(np.flatnonzero(stays)), rows(np.sort(out[first]))


def batch_size_for(n_rows: int) -> int:
    """Return a power of 2 that cuts an epoch into about `STEPS` steps, from `SMALLEST` to `LARGEST`."""
    size = 1 << max(0, math.ceil(math.log2(max(n_rows / STEPS, 1))))
    return min(LARGEST, max(SMALLEST, size))


def held_out(y: IntArray, source: IntArray, share: float, seed: int) -> IntArray:
    """Return positions of the rows to hold out: this share of each class, by original row.

    A class keeps at least two thirds of its original rows in training, so that one with fewer than three
    holds none out; then nothing is held out at all.
    """
    rng = np.random.default_rng(seed)
    found: list[IntArray] = []
    for k in np.unique(y):
        own = np.unique(source[(y == k) & (source >= 0)])
        n = min(max(1, round(share * len(own))), len(own) // 3) if share > 0.0 else 0
        if n == 0:
            return np.empty(0, dtype=np.int64)
        found.append(rng.permutation(own)[:n])
    return np.flatnonzero(np.isin(source, np.concatenate(found)))
