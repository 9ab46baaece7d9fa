"""Metrics that are there only where a price, a capacity or both were asked (see `imbtool.core.price`)."""

from __future__ import annotations

from imbtool.core.metric_info import MetricInfo

_TARGET = "imbtool.metrics.money:Stakes"

ASKED = (
    MetricInfo(
        name="cost",
        low=None,
        high=None,
        label="cost",
        family="decision",
        target=_TARGET,
        greater_is_better=False,
        summary="Money that the decisions cost, mean a row",
    ),
    MetricInfo(
        name="profit",
        low=None,
        high=None,
        label="profit",
        family="decision",
        target=_TARGET,
        summary="Money that the decisions bring, mean a row",
    ),
    MetricInfo(
        name="savings",
        low=None,
        label="savings",
        family="decision",
        target=_TARGET,
        summary="Share of what there is to gain over the best policy that looks at no row",
    ),
    MetricInfo(
        name="emp",
        low=0.0,
        high=None,
        label="expected maximum profit",
        family="ranking",
        target="imbtool.metrics.emp:of_scores",
        summary="Profit of a campaign at its best cut, expected over the share that takes the offer, a row",
    ),
    MetricInfo(
        name="precision_at_top",
        label="precision at top",
        family="ranking",
        target=_TARGET,
        summary="Share of positives among the rows of the highest scores that can be acted on",
    ),
    MetricInfo(
        name="recall_at_top",
        label="recall at top",
        family="ranking",
        target=_TARGET,
        summary="Share of the positives that is among the rows that can be acted on",
    ),
    MetricInfo(
        name="cost_at_top",
        low=None,
        high=None,
        label="cost at top",
        family="ranking",
        target=_TARGET,
        greater_is_better=False,
        summary="Money that acting on the rows of the highest scores costs, mean a row of all",
    ),
    MetricInfo(
        name="profit_at_top",
        low=None,
        high=None,
        label="profit at top",
        family="ranking",
        target=_TARGET,
        summary="Money that acting on the rows of the highest scores brings, mean a row of all",
    ),
    MetricInfo(
        name="savings_at_top",
        low=None,
        label="savings at top",
        family="ranking",
        target=_TARGET,
        summary="Share of what there is to gain by acting on so many rows, over acting by lot or not at all",
    ),
)
"""Their values come from `imbtool.metrics.money.Stakes.metrics`."""

MONEY = ("cost", "profit", "emp", "cost_at_top", "profit_at_top")
"""Those whose unit is money."""
