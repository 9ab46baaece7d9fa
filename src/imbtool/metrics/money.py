"""Decisions counted in money: from a price and rows to what is at stake in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.cost_matrix import matrix_of
from imbtool.metrics.stakes import Stakes
from imbtool.metrics.topsums import climb, top_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.price import Price
    from imbtool.core.types import FloatArray, IntArray

__all__ = ["Stakes", "acting_on", "climb", "stakes_of", "top_sums"]


def stakes_of(
    price: Price,
    y: IntArray,
    classes: Sequence[str],
    *,
    cost: FloatArray | None = None,
    value: FloatArray | None = None,
    weight: FloatArray | None = None,
) -> Stakes:
    """Return what is at stake in rows of classes `y`.

    Parameters
    ----------
    price : Price
        Checked.
    y : ndarray of int64, shape (n,)
    classes : sequence of str
        Labels in code order.
    cost, value : ndarray of float64, shape (n,), optional
        Cells of the cost and of the value column.
    weight : ndarray of float64, shape (n,), optional

    Raises
    ------
    UsageError
        Codes ``bad-cost-matrix``, and ``bad-price`` for more rows than there are.
    """
    costs = _costs(price, classes)
    money: FloatArray | None = None
    acting: FloatArray | None = None
    if costs is not None:
        money = -costs[y]
        if cost is not None:
            money[:, 1] -= cost
        if value is not None:
            money[:, 1] += np.where(y == 1, value, 0.0)
        if len(costs) == 2:
            acting = acting_on(costs, len(y), cost=cost, value=value)
    return Stakes(
        money=money,
        positive=y > 0,
        unit=price.unit,
        rate=price.rate(len(y)),
        campaign=price.campaign,
        costs=costs if price.cost_column is None and price.value_column is None else None,
        weight=weight,
        acting=acting,
    )


def acting_on(
    costs: FloatArray, n: int, *, cost: FloatArray | None = None, value: FloatArray | None = None
) -> FloatArray:
    """Return what acting on each of `n` rows brings over leaving it alone, by the class it may be of.

    Parameters
    ----------
    costs : ndarray of float64, shape (2, 2)
        Cost of each decision (columns) for each class (rows).
    n : int
    cost, value : ndarray of float64, shape (n,), optional
        Cells of the cost and of the value column.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        If the row is negative, and if it is positive.
    """
    found = np.tile(costs[:, 0] - costs[:, 1], (n, 1))
    if cost is not None:
        found -= cost[:, None]
    if value is not None:
        found[:, 1] += value
    return found


def _costs(price: Price, classes: Sequence[str]) -> FloatArray | None:
    if price.cost_matrix is not None:
        return np.array(matrix_of(price.cost_matrix, classes), dtype=np.float64)
    if price.campaign is not None:
        return np.array([[0.0, price.campaign.lost], [0.0, -price.campaign.won]])
    if not price.money:
        return None
    return np.array([[0.0, price.cost_fp or 0.0], [price.cost_fn or 0.0, 0.0]])
