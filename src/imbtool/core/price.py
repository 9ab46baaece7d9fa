"""What decisions cost, how many rows can be acted on, and what the decisions must keep: what was asked.

To *act* on a row is to decide for its positive class. The money of one decision is::

    acting on a positive row          value - cost
    acting on a negative row                - cost - cost_fp
    leaving a positive row alone            - cost_fn
    leaving a negative row alone            0

where ``value`` and ``cost`` are the cells of the value and the cost column in that row, 0 where there is no
such column. With several classes it is minus the cell of a cost matrix. A retention campaign
(`imbtool.core.churn`) has both numbers of acting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from imbtool.core.churn import campaign_of
from imbtool.core.cost_matrix import one_line
from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from imbtool.core.churn import Campaign

FLOORS = ("min_precision", "min_recall")
_COSTS = ("cost_fn", "cost_fp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What was asked of the decisions; None where nothing was.

    Parameters
    ----------
    cost_fn, cost_fp : float, optional
        Cost of a missed positive and of a false alarm, at least 0, in any unit of money.
    cost_matrix : str, optional
        Cost of deciding each class (columns) for rows of each class (rows), lines separated by ``;`` and
        cells by ``,``; with or without labels. Negative costs are gains.
    cost_column, value_column : str, optional
        Columns with the cost of acting on a row, and with the value of acting on it when it is positive.
    top_k : int, optional
        Rows of the table that can be acted on.
    top_rate : float, optional
        The same as a share, in (0, 1].
    min_precision, min_recall : float, optional
        What the decisions must keep, in (0, 1].
    emp : str, optional
        A retention campaign, as `imbtool.core.churn.campaign_of` reads it.
    """

    cost_fn: float | None = None
    cost_fp: float | None = None
    cost_matrix: str | None = None
    cost_column: str | None = None
    value_column: str | None = None
    top_k: int | None = None
    top_rate: float | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    emp: str | None = None

    @property
    def asked(self) -> bool:
        """Whether anything was asked."""
        return any(getattr(self, field.name) is not None for field in fields(self))

    @property
    def money(self) -> bool:
        """Whether decisions are counted in money."""
        return any(getattr(self, name) is not None for name in MONEY)

    @property
    def capacity(self) -> bool:
        """Whether only so many rows can be acted on."""
        return self.top_k is not None or self.top_rate is not None

    @property
    def columns(self) -> dict[str, str]:
        """The columns that hold money of their own for each row, by what they are of."""
        named = {"cost": self.cost_column, "value": self.value_column}
        return {role: name for role, name in named.items() if name is not None}

    @property
    def not_by_row(self) -> str:
        """Why rows cannot be decided by their own money; empty where they can."""
        if not self.columns:
            return "needs money that differs from row to row: --value-column or --cost-column"
        if self.capacity or self.floors:
            kept = "capacity" if self.capacity else "floor"
            return f"acts on every row that is expected to pay, so it keeps no {kept}"
        return ""

    @property
    def floors(self) -> dict[str, float]:
        """The floors that were asked for."""
        return {name: getattr(self, name) for name in FLOORS if getattr(self, name) is not None}

    @property
    def unit(self) -> str:
        """``profit`` where acting has a value of its own, else ``cost``."""
        return "cost" if self.value_column is None and self.emp is None else "profit"

    @property
    def campaign(self) -> Campaign | None:
        """The retention campaign that was asked about."""
        return None if self.emp is None else campaign_of(self.emp)

    @property
    def metric(self) -> str | None:
        """The metric that methods are ranked by for what was asked; None where that is as without it."""
        if self.emp is not None and not self.capacity:
            return "emp"
        if self.money:
            return f"{self.unit}_at_top" if self.capacity else self.unit
        return "precision_at_top" if self.capacity else None

    @property
    def threshold_metric(self) -> str | None:
        """The metric that thresholds are chosen by; None where that is as without a price."""
        if self.money and not self.capacity:
            return self.unit
        if self.capacity:
            return "recall"
        if len(self.floors) == 1:
            return "recall" if "min_precision" in self.floors else "precision"
        return None

    def rate(self, n_rows: int) -> float | None:
        """Return the share of rows that can be acted on; None without a capacity.

        Raises
        ------
        UsageError
            Code ``bad-price``: more rows than there are.
        """
        if self.top_k is None:
            return self.top_rate
        if self.top_k > n_rows:
            raise UsageError(
                f"`top_k` asks for {self.top_k:,} rows; the table has {n_rows:,}.",
                hint="Ask for fewer, or for a share: --top-rate 0.01",
                code="bad-price",
            )
        return self.top_k / n_rows

    def operating_share(self, prevalence: float) -> float | None:
        """Return the share of the greatest cost that is due to positives at this prevalence.

        Where cost curves are read (Drummond and Holte, 2006); None without one cost for all missed positives
        and one for all false alarms.
        """
        campaign = self.campaign
        each = (self.cost_fn, self.cost_fp) if campaign is None else (campaign.won, campaign.lost)
        if not (each[0] and each[1]) or self.cost_column is not None or self.value_column is not None:
            return None
        missed, alarms = prevalence * each[0], (1.0 - prevalence) * each[1]
        return missed / (missed + alarms)

    def checked(self) -> Price:
        """Return the price itself; raise `UsageError` (``bad-price``) for one that makes no sense."""
        _check_numbers(self)
        _check_sides(self)
        if self.capacity and self.floors:
            raise _bad(
                "A capacity says how many rows are acted on, so that no floor can be kept",
                "Leave out --top-k and --top-rate, or --min-precision and --min-recall.",
            )
        return self

    def words(self) -> str:
        """Return what was asked in words."""
        parts = [*_money_words(self)]
        if self.top_k is not None:
            parts.append(f"{self.top_k:,} rows of the table can be acted on")
        if self.top_rate is not None:
            parts.append(f"{100 * self.top_rate:g} % of the rows can be acted on")
        parts += [f"{name.removeprefix('min_')} at least {level:g}" for name, level in self.floors.items()]
        return ", ".join(parts)


_WHOLE = ("cost_matrix", "emp")
"""Those that say all there is to say about money."""
MONEY = (*_COSTS, "cost_column", "value_column", *_WHOLE)
NAMES = tuple(field.name for field in fields(Price))
"""Names of everything that can be asked, as options and arguments are called."""


def price_of(given: Any) -> Price | None:
    """Return the checked price in the attributes or entries of `given`; None when nothing is asked.

    Raises
    ------
    UsageError
        Code ``bad-price``.
    """
    found: dict[str, Any] = {
        name: given.get(name) if isinstance(given, dict) else getattr(given, name) for name in NAMES
    }
    if found["cost_matrix"] is not None:
        found["cost_matrix"] = one_line(found["cost_matrix"])
    if found["emp"] is not None:
        found["emp"] = str(campaign_of(found["emp"]))
    price = Price(**found)
    return price.checked() if price.asked else None


def _check_numbers(price: Price) -> None:
    for name in _COSTS:
        value = getattr(price, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise _bad(f"`{name}` must be a number of at least 0; got {value}", "For example --cost-fn 10.")
    for name in ("top_rate", *FLOORS):
        value = getattr(price, name)
        if value is not None and not 0 < value <= 1:
            raise _bad(f"`{name}` must lie above 0 and be at most 1; got {value}", "For example 0.01.")
    if price.top_k is not None and price.top_k < 1:
        raise _bad(f"`top_k` must be at least 1; got {price.top_k}", "For example --top-k 200.")
    if price.top_k is not None and price.top_rate is not None:
        raise _bad("`top_k` and `top_rate` say the same thing", "Give one of them.")


def _check_sides(price: Price) -> None:
    """Raise when acting gains nothing, or costs nothing although every row could be acted on."""
    given = [name for name in MONEY if getattr(price, name) is not None]
    whole = next((name for name in _WHOLE if name in given), None)
    if whole is not None:
        other = next((name for name in given if name != whole), None)
        if other is not None:
            raise _bad(f"`{whole}` says it all; `{other}` cannot stand beside it", "Leave one of them out.")
        return
    if not given:
        return
    if not price.cost_fn and price.value_column is None:
        raise _bad(
            "Acting on a row gains nothing", "Say what a missed positive costs, --cost-fn, or --value-column."
        )
    if not price.cost_fp and price.cost_column is None and not price.capacity:
        raise _bad(
            "Acting on a row costs nothing, so that acting on all of them is best",
            "Say what a false alarm costs, --cost-fp, or --cost-column; or how many rows: --top-k.",
        )


def _bad(what: str, hint: str) -> UsageError:
    return UsageError(f"{what}.", hint=hint, code="bad-price")


def _money_words(price: Price) -> list[str]:
    if price.cost_matrix is not None:
        return [f"costs {price.cost_matrix}"]
    if price.campaign is not None:
        return [f"a retention campaign ({str(price.campaign).replace(',', ', ')})"]
    parts = []
    if price.value_column is not None:
        parts.append(f"acting on a positive is worth {price.value_column!r}")
    if price.cost_column is not None:
        parts.append(f"acting on a row costs {price.cost_column!r}")
    if price.cost_fn is not None:
        parts.append(f"a missed positive costs {price.cost_fn:g}")
    if price.cost_fp is not None:
        parts.append(f"a false alarm costs {price.cost_fp:g}")
    return parts
