"""Money of scored rows: for many weightings at once, and the profit curve with its band."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean
from imbtool.data.phrases import some
from imbtool.data.roles import read_money
from imbtool.holdout.result import CurvePoint, MoneyFacts
from imbtool.metrics.bootstrap import Resampler
from imbtool.metrics.money import climb, stakes_of
from imbtool.recipe.aiming import check_classes

if TYPE_CHECKING:
    from imbtool.core.price import Price
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.rows import Holdout, Scored
    from imbtool.metrics.money import Stakes

POINTS = 41
"""Shares of the rows that the profit curve has a point for, from none to all."""
BAND_RESAMPLES = 400
BAND = (2.5, 97.5)


def with_price(holdout: Holdout, price: Price | None) -> Holdout:
    """Return the hold-out with what is at stake in each of its rows.

    Raises
    ------
    DataError
        Codes ``column-missing`` and ``money-unusable``.
    UsageError
        What `imbtool.recipe.aiming.check_classes` and `stakes_of` raise.
    """
    if price is None:
        return holdout
    rows = holdout.rows
    check_classes(price, len(rows.classes))
    stakes = stakes_of(
        price,
        rows.y,
        rows.classes,
        cost=_cells(holdout, price.cost_column, "cost"),
        value=_cells(holdout, price.value_column, "value"),
        weight=rows.weight,
    )
    return replace(holdout, rows=replace(rows, stakes=stakes))


def _cells(holdout: Holdout, name: str | None, what: str) -> FloatArray | None:
    if name is None:
        return None
    if name not in holdout.table:
        raise DataError(
            f"There is no column {name!r} for --{what}-column.",
            hint=did_you_mean(name, holdout.table, listing=f"Columns: {some(holdout.table, 12)}"),
            code="column-missing",
        )
    return read_money(holdout.table[name], name, what)


def money_names(stakes: Stakes | None) -> tuple[str, ...]:
    """Return the metrics that rows have because of their stakes."""
    if stakes is None:
        return ()
    emp = () if stakes.campaign is None else ("emp",)
    if stakes.rate is not None:
        more = (f"{stakes.unit}_at_top", "savings_at_top") if stakes.money is not None else ()
        return ("precision_at_top", "recall_at_top", *more, *emp)
    if stakes.money is None:
        return ()
    return (*emp, stakes.unit, f"{stakes.unit}_default", "savings", "savings_default")


def money_values(
    rows: Scored, weight: FloatArray | IntArray, *, costly: bool = True
) -> dict[str, FloatArray]:
    """Return the metrics of money and capacity for each weighting of the rows, shape (b,) each.

    Without `costly` what takes a sort for each weighting is NaN.
    """
    stakes = rows.stakes
    if stakes is None:
        return {}
    w = np.asarray(weight, dtype=np.float64)
    total = w.sum(axis=1)
    found: dict[str, FloatArray] = {}
    if stakes.campaign is not None:
        score, campaign = rows.proba[:, 1], stakes.campaign
        values = [stakes.emp(score, campaign, line) for line in w] if costly else [float("nan")] * len(w)
        found["emp"] = np.array(values)
    if stakes.rate is not None:
        return found | _at_top(rows, stakes, stakes.rate, w, total)
    if stakes.money is None:
        return found
    sign = 1.0 if stakes.unit == "profit" else -1.0
    trivial = np.max([_mean(w, column, total) for column in stakes.money.T], axis=0)
    reach = _mean(w, stakes.money.max(axis=1), total) - trivial
    for suffix, decided in (("", rows.decided), ("_default", rows.decided_default)):
        if decided is not None:
            value = _mean(w, stakes.money[np.arange(rows.n), decided], total)
            found[f"{stakes.unit}{suffix}"] = sign * value
            found[f"savings{suffix}"] = _ratio(value - trivial, reach)
    return found


def _at_top(
    rows: Scored, stakes: Stakes, rate: float, w: FloatArray, total: FloatArray
) -> dict[str, FloatArray]:
    amount = np.minimum(np.maximum(np.rint(rate * total), 1.0), total)
    score, hit = rows.proba[:, 1], stakes.positive.astype(np.float64)
    hits = _top_sums(score, hit, w, amount)
    found = {"precision_at_top": hits / amount, "recall_at_top": _ratio(hits, w @ hit)}
    gain = stakes.gain
    if gain is None or stakes.money is None:
        return found
    none, every = _mean(w, stakes.money[:, 0], total), _mean(w, stakes.money[:, 1], total)
    value = none + _top_sums(score, gain, w, amount) / total
    trivial = np.maximum(none, none + amount / total * (every - none))
    perfect = none + _top_sums(gain, gain, w, amount) / total
    found[f"{stakes.unit}_at_top"] = value if stakes.unit == "profit" else -value
    found["savings_at_top"] = _ratio(value - trivial, perfect - trivial)
    return found


def _top_sums(score: FloatArray, values: FloatArray, w: FloatArray, amount: FloatArray) -> FloatArray:
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    last = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)
    drawn, valued = w[:, order], values[order]
    found = np.empty(len(w))
    for i, (line, wanted) in enumerate(zip(drawn, amount, strict=True)):
        seen = np.append(0.0, np.cumsum(line)[last])
        found[i] = np.interp(wanted, seen, np.append(0.0, np.cumsum(line * valued)[last]))
    return found


def _mean(w: FloatArray, values: FloatArray, total: FloatArray) -> FloatArray:
    # Not a matrix product: threaded BLAS adds in an order that depends on the number of threads.
    return np.asarray(np.einsum("bn,n->b", w, values) / total)


def _ratio(value: FloatArray, reach: FloatArray) -> FloatArray:
    return np.where(reach > 0, value / np.where(reach > 0, reach, 1.0), np.nan)


def money_facts(rows: Scored, price: Price | None, *, seed: int) -> MoneyFacts | None:
    """Return what is at stake, the policies that look at no row, and the curve of acting on a share."""
    stakes = rows.stakes
    if price is None or stakes is None:
        return None
    every = [stakes.told(value) for value in stakes.constant()]
    two = len(every) == 2
    return MoneyFacts(
        asked=price.words(),
        unit=stakes.unit if stakes.money is not None else "",
        treat_none=every[0] if two else float("nan"),
        treat_all=every[1] if two else float("nan"),
        trivial=stakes.told(stakes.trivial()),
        perfect=stakes.told(stakes.perfect()),
        rate=float("nan") if stakes.rate is None else stakes.rate,
        curve=_curve(rows, stakes, seed) if two else (),
    )


def _curve(rows: Scored, stakes: Stakes, seed: int) -> tuple[CurvePoint, ...]:
    """Return the money of acting on a growing share of the rows, those of the highest scores first.

    The band holds 95 percent of bootstrap resamples at each share by itself.
    """
    gain = stakes.gain
    if gain is None or stakes.money is None:
        return ()
    score, base = rows.proba[:, 1], stakes.money[:, 0]
    shares = np.linspace(0.0, 1.0, POINTS)
    order = np.argsort(-score, kind="stable")
    falling, gained, left = score[order], gain[order], base[order]
    last = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)
    lines = []
    for counts in Resampler(rows.y, resamples=BAND_RESAMPLES, seed=seed):
        drawn = counts if rows.weight is None else counts * rows.weight
        for line in np.asarray(drawn, dtype=np.float64)[:, order]:
            seen = np.append(0.0, np.cumsum(line)[last])
            sums = np.append(0.0, np.cumsum(line * gained)[last])
            lines.append((np.interp(shares * seen[-1], seen, sums) + (line * left).sum()) / seen[-1])
    low, high = np.percentile(np.array(lines), BAND, axis=0)
    weight = rows.weights()
    seen, sums = climb(score, gain * weight, weight)
    value = (np.interp(shares * seen[-1], seen, sums) + float((weight * base).sum())) / seen[-1]
    sign = 1.0 if stakes.unit == "profit" else -1.0
    ends = np.sort(np.array([sign * low, sign * high]), axis=0)
    return tuple(
        CurvePoint(share=float(s), value=float(sign * v), low=float(a), high=float(b))
        for s, v, a, b in zip(shares, value, ends[0], ends[1], strict=True)
    )
