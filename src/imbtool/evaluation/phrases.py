"""How numbers and names are written in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.asked import MONEY
from imbtool.evaluation.table import SURE

if TYPE_CHECKING:
    from imbtool.evaluation.result import Difference, Estimate, MethodResult

Key = tuple[str, str]


def label(metric: str) -> str:
    """Return how a metric is written in sentences."""
    return registry.metric(metric).label or metric


def mean_of(row: MethodResult, key: str) -> float:
    """Return the mean of a metric, NaN where the row has none."""
    return row.estimates[key].mean if key in row.estimates else float("nan")


def name_of(key: Key) -> str:
    """Return learner and recipe in words."""
    return f"{key[0]} with {key[1]}"


def amount(value: float, metric: str = "") -> str:
    """Return a value with three decimals; money per 1,000 rows."""
    return money(value) if metric in MONEY else f"{value:.3f}"


def money(a_row: float, *, sign: bool = False) -> str:
    """Return money a row as money per 1,000 rows, with four significant digits."""
    value = 1000.0 * a_row
    if not np.isfinite(value):
        return "n/a"
    digits = 4 if value == 0 else int(np.clip(3 - np.floor(np.log10(abs(value))), 0, 4))
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def per_thousand(a_row: float) -> str:
    """Return money a row with its unit."""
    return f"{money(a_row)} per 1,000 rows"


def interval(e: Estimate, metric: str = "") -> str:
    """Return a mean with its interval, where there is one."""
    ends = "" if np.isnan(e.low) else f" [{amount(e.low, metric)}, {amount(e.high, metric)}]"
    text = f"{amount(e.mean, metric)}{ends}"
    return f"{text} per 1,000 rows" if metric in MONEY else text


def signed(d: Difference, metric: str = "") -> str:
    """Return a difference with its sign and interval; of money what is saved or earned."""
    known = not np.isnan(d.low)
    if metric in MONEY:
        ends = f" [{money(d.low, sign=True)}, {money(d.high, sign=True)}]" if known else ""
        return f"{money(d.mean, sign=True)}{ends} per 1,000 rows"
    return f"{d.mean:+.3f} [{d.low:+.3f}, {d.high:+.3f}]" if known else f"{d.mean:+.3f}"


def p_value(value: float) -> str:
    """Return a p-value with three digits."""
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def p_is(value: float) -> str:
    """Return how a p-value is written after the letter p."""
    return f"= {p_value(value)}" if value >= 0.001 else "< 0.001"


def chance(value: float, what: str) -> str:
    """Return the probability that something is so, in words; a single fold tells none."""
    if np.isnan(value):
        return f"too few folds to tell how probable it is that {what}"
    return f"probability {share(value)} that {what}"


def share(value: float) -> str:
    """Return a probability with two digits; more where rounding would say that it is `SURE` and it is not."""
    if value > 0.99:
        return ">0.99"
    text = f"{value:.2f}"
    return f"{np.floor(1000.0 * value) / 1000.0:.3f}" if value < SURE <= float(text) else text


def slope_words(slope: float) -> str:
    """Return what a calibration slope means."""
    if np.isnan(slope):
        return "calibration slope undefined"
    word = "about right"
    if slope < 0.8:
        word = "too extreme"
    elif slope > 1.25:
        word = "too timid"
    return f"{word} (calibration slope {slope:.2f})"
