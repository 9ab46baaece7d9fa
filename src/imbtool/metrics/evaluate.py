"""Every metric of the catalogue on one test part, scores sorted once a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.errors import ImbtoolError, UsageError
from imbtool.core.ranked import rank
from imbtool.metrics.catalog import METRICS
from imbtool.metrics.decision import AVERAGES, against_rest, confusion, from_confusion
from imbtool.metrics.inputs import check_scores, class_weights, macro
from imbtool.metrics.probability import (
    binned_gap,
    brier,
    brier_skill,
    intercept_of,
    log_loss,
    slope_of,
)
from imbtool.metrics.ranking import area_under_roc, average_precision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imbtool.core.metric_info import MetricInfo
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray

_OURS = frozenset(row.name for row in METRICS)
_KERNELS: dict[str, Callable[[Ranked], float]] = {
    "pr_auc": average_precision,
    "roc_auc": area_under_roc,
    "calibration_error": binned_gap,
    "calibration_slope": slope_of,
    "calibration_intercept": intercept_of,
}
_OF_RANKED = {name: kernel for name, kernel in _KERNELS.items() if name in _OURS}


def evaluate(
    y: IntArray,
    proba: FloatArray,
    *,
    predicted: IntArray,
    predicted_default: IntArray,
    n_classes: int,
    base_rate: FloatArray | None = None,
    sample_weight: FloatArray | None = None,
    classes: tuple[str, ...],
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Return every metric of the catalogue, plug-ins included.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        True class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Probabilities, rows summing to 1.
    predicted, predicted_default : ndarray of int, shape (n,)
        Decisions at the chosen threshold and at the default one (0.5, or the largest probability).
    n_classes : int
    base_rate : ndarray of float64, shape (n_classes,), optional
        Class shares of the training part, the reference of ``brier_skill``. Default: the shares in `y`.
    sample_weight : ndarray of float64, shape (n,), optional
    classes : tuple of str
        Class labels, in code order; the keys of `per_class`.

    Returns
    -------
    metrics : dict of str to float
        In catalogue order; decision metrics twice, as ``f1`` and ``f1_default``. NaN where undefined.
    per_class : dict of str to dict of str to float
        Multiclass only: metric, then class label, then the binary metric of that class against the rest;
        NaN for a class that is absent from `y`. Empty when binary.

    Notes
    -----
    Cost: one sort of the scores a class. Plug-in metrics are called with ``(y, proba, sample_weight)``
    or, when they read decisions, with ``(y, predicted, n_classes, sample_weight)``.
    """
    check_scores(y, proba, sample_weight)
    shares = class_weights(y, n_classes, sample_weight)
    tables = {
        "": confusion(y, predicted, n_classes, sample_weight),
        "_default": confusion(y, predicted_default, n_classes, sample_weight),
    }
    each = _score_metrics(y, proba, shares, base_rate, sample_weight)
    found = {
        "brier": brier(y, proba, sample_weight),
        "brier_skill": brier_skill(y, proba, sample_weight, base_rate),
        "log_loss": log_loss(y, proba, sample_weight),
        **{name: macro(one[name] for one in each.values()) for name in _OF_RANKED},
    }
    for suffix, table in tables.items():
        found.update({f"{name}{suffix}": value for name, value in from_confusion(table).items()})
    found.update(_plug_in_metrics(y, proba, (predicted, predicted_default), sample_weight))
    metrics = {name: found[name] for name in _names()}
    return metrics, _per_class(each, tables, classes) if n_classes > 2 else {}


def _names() -> Iterator[str]:
    """Yield the metric names in catalogue order, each decision metric followed by its default twin."""
    for row in registry.metrics().values():
        yield row.name
        if row.family == "decision":
            yield f"{row.name}_default"


def _score_metrics(
    y: IntArray,
    proba: FloatArray,
    shares: FloatArray,
    base_rate: FloatArray | None,
    sample_weight: FloatArray | None,
) -> dict[int, dict[str, float]]:
    """Return ranking and probability metrics of each class present against the rest."""
    if len(shares) == 2:
        return {1: _of_ranked(rank(proba[:, 1], y == 1, sample_weight))}
    found = {}
    for k in np.flatnonzero(shares > 0.0).tolist():
        hit = y == k
        found[k] = _of_ranked(rank(proba[:, k], hit, sample_weight))
        code, pair = hit.astype(np.int64), np.column_stack((1.0 - proba[:, k], proba[:, k]))
        pair_rate = None if base_rate is None else np.array([1.0 - base_rate[k], base_rate[k]])
        found[k]["brier"] = brier(code, pair, sample_weight)
        found[k]["brier_skill"] = brier_skill(code, pair, sample_weight, pair_rate)
        found[k]["log_loss"] = log_loss(code, pair, sample_weight)
    return found


def _of_ranked(ranked: Ranked) -> dict[str, float]:
    return {name: metric(ranked) for name, metric in _OF_RANKED.items()}


def _per_class(
    each: dict[int, dict[str, float]], tables: dict[str, FloatArray], classes: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    for k, values in each.items():
        for suffix, table in tables.items():
            binary = from_confusion(against_rest(table, k))
            own = {name: value for name, value in binary.items() if name not in AVERAGES}
            values.update({f"{name}{suffix}": value for name, value in own.items()})
    known = {name for values in each.values() for name in values}
    return {
        name: {label: each.get(k, {}).get(name, float("nan")) for k, label in enumerate(classes)}
        for name in _names()
        if name in known
    }


def _plug_in_metrics(
    y: IntArray,
    proba: FloatArray,
    decisions: tuple[IntArray, IntArray],
    sample_weight: FloatArray | None,
) -> dict[str, float]:
    n_classes = proba.shape[1]
    found = {}
    for row in registry.metrics().values():
        if row.name in _OURS:
            continue
        if row.family == "decision":
            for suffix, decision in zip(("", "_default"), decisions, strict=True):
                found[row.name + suffix] = _call(row, y, decision, n_classes, sample_weight)
        else:
            found[row.name] = _call(row, y, proba, sample_weight)
    return found


def _call(row: MetricInfo, *arguments: object) -> float:
    try:
        return float(row.load()(*arguments))
    except ImbtoolError:
        raise
    except Exception as error:  # another package's code may fail in any way
        raise UsageError(
            f"Metric {row.name!r} ({row.target}) failed: {type(error).__name__}: {error}",
            hint="Report this to the package that offers the metric, or uninstall that package.",
            code="metric-failed",
        ) from error
