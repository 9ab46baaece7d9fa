"""How names and numbers are written, the same in every report."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from imbtool import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.evaluation.result import Estimate, MethodResult

MISSING = "n/a"
"""Stands where a number is undefined."""


def metric_name(name: str) -> str:
    """Return how the catalogue spells a metric, ``pr_auc`` as ``PR-AUC``."""
    info = registry.metrics().get(name) or registry.asked().get(name)
    if info is None and name.endswith("_default"):
        return f"{metric_name(name.removesuffix('_default'))} default"
    return info.label if info is not None and info.label else name.replace("_", " ")


def unit(metric: str) -> str:
    """Return the unit of a metric as it follows its name; most have none."""
    from imbtool.core.asked import MONEY

    return " a row" if metric in MONEY else ""


def count(value: int) -> str:
    """Return a whole number with thin grouping, ``12345`` as ``12,345``."""
    return f"{value:,}"


def plural(value: int, noun: str, nouns: str = "") -> str:
    """Return ``"1 row"`` or ``"2 rows"``."""
    return f"{count(value)} {noun if value == 1 else nouns or noun + 's'}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with `digits` decimals; what is undefined as ``n/a``.

    Values from 1,000 are written without decimals; values too large for the column or too small for the
    decimals with three significant digits.
    """
    if not isfinite(value):
        return MISSING
    if 1000 <= abs(value) < 1e5:
        return f"{value:,.0f}"
    if abs(value) >= 1000 or 0 < abs(value) < 0.5 * 10**-digits:
        return f"{value:.2e}" if abs(value) >= 1e5 or abs(value) < 1e-3 else f"{value:.3g}"
    return _no_minus_zero(f"{value:.{digits}f}")


def signed(value: float, digits: int = 3) -> str:
    """Return a difference with its sign, ``0.0104`` as ``+0.010``."""
    if not isfinite(value):
        return MISSING
    text = _no_minus_zero(f"{value:.{digits}f}")
    return text if text.startswith("-") else f"+{text}"


def between(low: float, high: float, *, sign: bool = False) -> str:
    """Return an interval, ``0.790 to 0.832``."""
    if not (isfinite(low) and isfinite(high)):
        return MISSING
    write = signed if sign else number
    return f"{write(low)} to {write(high)}"


def percent(share: float) -> str:
    """Return a share as a percentage with about two significant digits."""
    if not isfinite(share):
        return MISSING
    points = 100 * share
    if 0 < points < 0.01:
        return "<0.01 %"
    digits = 1 if points >= 1 or points == 0 else 2
    return f"{points:.{digits}f} %"


def probability(value: float) -> str:
    """Return a posterior probability as a percentage that never claims certainty."""
    if not isfinite(value):
        return MISSING
    if value > 0.99:
        return ">99 %"
    return "<1 %" if value < 0.01 else f"{100 * value:.0f} %"


def duration(seconds: float) -> str:
    """Return a time span in the unit that reads best: ``0.42 s``, ``12 s``, ``3 min 20 s``."""
    if not isfinite(seconds):
        return MISSING
    if seconds < 10:
        return f"{seconds:.2f} s" if seconds >= 0.01 else "<0.01 s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def listing(names: Sequence[str], most: int = 6) -> str:
    """Return names joined by commas, the surplus as a count."""
    shown = ", ".join(names[:most])
    return f"{shown} and {count(len(names) - most)} more" if len(names) > most else shown


def estimate_of(row: MethodResult, metric: str) -> Estimate | None:
    """Return the estimate of a row on a metric, or None when it has none."""
    found = row.estimates.get(metric)
    return found if found is not None and isfinite(found.mean) else None


def judged(row: MethodResult, metric: str) -> Estimate | None:
    """Return the estimate that a row is ranked by: of doing nothing the one at the default threshold."""
    from imbtool.evaluation.scale import metric_key

    known = metric in registry.metrics() or metric in registry.asked()
    return estimate_of(row, metric_key(metric, row.recipe) if known else metric)


def _no_minus_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def safe(text: str) -> str:
    """Return `text` with control characters escaped, so that data cannot steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
