"""Sums over the rows of the highest scores; rows that tie at the edge count by their expected part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


def top_sums(score: FloatArray, values: FloatArray, weight: FloatArray, amounts: FloatArray) -> FloatArray:
    """Return the sum of `values` over the rows of the highest scores that weigh each of `amounts`.

    Of rows that tie at the edge the expected part counts, as if they were drawn by lot.
    """
    seen, found = climb(score, values, weight)
    return np.asarray(np.interp(amounts, seen, found), dtype=np.float64)


def climb(score: FloatArray, values: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight and the sum of `values` of the rows down to each distinct score, from none on."""
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    last = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)
    seen = np.append(0.0, np.cumsum(weight[order])[last])
    return seen, np.append(0.0, np.cumsum(values[order])[last])
