"""How numbers and names are written in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry

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


def interval(e: Estimate) -> str:
    """Return a mean with its interval."""
    return f"{e.mean:.3f} [{e.low:.3f}, {e.high:.3f}]"


def signed(d: Difference) -> str:
    """Return a difference with its sign and interval."""
    return f"{d.mean:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"


def p_value(value: float) -> str:
    """Return a p-value with three digits."""
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def share(value: float) -> str:
    """Return a probability with two digits."""
    return f"{value:.2f}" if value <= 0.99 else ">0.99"


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
