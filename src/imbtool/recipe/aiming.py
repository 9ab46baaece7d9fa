"""From a price to what thresholds are chosen by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.errors import UsageError
from imbtool.core.price import NAMES
from imbtool.metrics.money import stakes_of

if TYPE_CHECKING:
    from imbtool.core.price import Price
    from imbtool.data.dataset import Dataset
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.metrics.money import Stakes


def stakes_in(data: Dataset, price: Price | None) -> Stakes | None:
    """Return what is at stake in the rows of a data set; None where nothing was asked.

    Raises
    ------
    UsageError
        Codes ``two-classes-only``, ``bad-cost-matrix`` and ``bad-price``.
    """
    if price is None:
        return None
    check_classes(price, data.n_classes)
    return stakes_of(price, data.y, data.classes, cost=data.cost, value=data.value, weight=data.weight)


def check_classes(price: Price, n_classes: int) -> None:
    """Raise `UsageError` for what can be asked of two classes only."""
    several = ("cost_matrix",)
    asked = [name for name in NAMES if name not in several and getattr(price, name) is not None]
    if n_classes > 2 and asked:
        raise UsageError(
            f"`{asked[0]}` is for two classes; there are {n_classes}.",
            hint="With several classes give --cost-matrix, or name the class of interest: --positive LABEL",
            code="two-classes-only",
        )


def aim_of(price: Price | None, stakes: Stakes | None) -> Aim | None:
    """Return what thresholds are chosen by, for the rows of `stakes`; None where nothing was asked."""
    if price is None or stakes is None:
        return None
    from imbtool.methods.postprocess.aimed import Aim
    from imbtool.methods.postprocess.cut import Floors

    return Aim(
        words=price.words(),
        metric=price.threshold_metric or "f1",
        gain=None if stakes.money is None or stakes.money.shape[1] > 2 else stakes.gain,
        costs=stakes.costs if stakes.money is not None and stakes.money.shape[1] > 2 else None,
        floors=Floors(min_precision=price.min_precision, min_recall=price.min_recall, max_share=stakes.rate),
        acting=stakes.acting,
        not_by_row=price.not_by_row,
    )
