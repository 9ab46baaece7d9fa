"""Every measure of scored rows, for many weightings of the rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool import registry
from imbtool.core.errors import ImbtoolError, UsageError
from imbtool.holdout import curves
from imbtool.holdout.money import money_names, money_values
from imbtool.metrics.averages import class_average
from imbtool.metrics.bootstrap import Ladder, area_under_roc, average_precision
from imbtool.metrics.catalog import METRICS
from imbtool.metrics.decision import AVERAGES
from imbtool.metrics.probability import LOG_LOSS_CLIP, squared_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.core.metric_info import MetricInfo
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.measures import Measure
    from imbtool.holdout.rows import Scored
    from imbtool.metrics.bootstrap import Climb

OURS = frozenset(row.name for row in METRICS)
COSTLY = 400
"""Resamples of metrics that need a call, a fit or a sort each: the calibration line, plug-ins', emp."""

_LINES = ("calibration_slope", "calibration_intercept")
_RANKED = ("pr_auc", "roc_auc", "calibration_error", *_LINES)
_LOSSES = ("brier", "brier_skill", "log_loss")


class Gauge:
    """Measures rows.

    Parameters
    ----------
    rows : Scored
    measures : sequence of Measure
        What to measure; only that is computed.
    """

    def __init__(self, rows: Scored, measures: Sequence[Measure]) -> None:
        self.rows = rows
        self.measures = tuple(measures)
        self._names = {measure.name for measure in measures}
        classes = [1] if rows.binary else np.unique(rows.y).tolist()
        needed = self._names & {*_RANKED} or any(m.kind != "metric" for m in measures)
        self._ladders = [Ladder(rows.proba[:, k], rows.y == k) for k in classes] if needed else []
        self._fits = tuple(name for name in _LINES if name in self._names)
        self._lines = [curves.LineFitter(ladder) for ladder in self._ladders] if self._fits else []
        self._losses = _row_losses(rows) if self._names & {*_LOSSES} else {}
        self._truth = _Cells(rows, np.zeros_like(rows.y)) if self._losses else None
        self._cells = {
            suffix: _Cells(rows, decided)
            for suffix, decided in (("", rows.decided), ("_default", rows.decided_default))
            if decided is not None and any(self._is_decision(name, suffix) for name in self._names)
        }
        self._plug_ins = [
            row
            for name, row in registry.metrics().items()
            if name not in OURS and self._names & {name, f"{name}_default"}
        ]

    @property
    def losses(self) -> dict[str, FloatArray]:
        """Loss of each row, by the metric that is its mean."""
        return self._losses

    def measure(self, weight: FloatArray | IntArray, *, costly: bool = True) -> dict[str, FloatArray]:
        """Return a value of each measure for each weighting of the rows.

        Parameters
        ----------
        weight : ndarray, shape (b, n)
        costly : bool
            Whether to measure what takes a fit or a call for each weighting; NaN otherwise.

        Returns
        -------
        dict of str to ndarray of float64, shape (b,)
            NaN where a measure is not defined, or needs probabilities or decisions that are not there.
        """
        found: dict[str, FloatArray] = {}
        parts: list[dict[str, FloatArray]] = []
        for i, ladder in enumerate(self._ladders):
            climb = ladder.climb(weight)
            parts.append(dict(self._of_climb(i, ladder, climb, costly=costly)))
        for name in parts[0] if parts else ():
            found[name] = _mean_over_classes([part[name] for part in parts])
        if self._losses:
            found |= _mean_losses(self._losses, self._truth, weight)
        for suffix, cells in self._cells.items():
            of_cells = decision_metrics(cells.tables(weight))
            found |= {f"{name}{suffix}": values for name, values in of_cells.items()}
        if self._plug_ins and costly:
            found |= self._call_plug_ins(weight)
        if self._names & {*money_names(self.rows.stakes)}:
            found |= money_values(self.rows, weight, costly=costly)
        nothing = np.full(len(weight), np.nan)
        return {m.name: self._sensible(m, found.get(m.name, nothing)) for m in self.measures}

    def _of_climb(
        self, i: int, ladder: Ladder, climb: Climb, *, costly: bool
    ) -> Iterator[tuple[str, FloatArray]]:
        if "pr_auc" in self._names:
            yield "pr_auc", average_precision(climb)
        if "roc_auc" in self._names:
            yield "roc_auc", area_under_roc(climb)
        groups = curves.Groups.of(ladder, climb)
        if "calibration_error" in self._names:
            yield "calibration_error", curves.binned_gap(groups)
        for name in self._fits if costly else ():
            yield name, self._lines[i].values(name, groups)
        for measure in self.measures:
            if measure.top is not None:
                yield measure.name, curves.of_top(measure, groups, climb.positives)
            elif measure.kind != "metric":
                yield measure.name, curves.at_level(measure, climb)

    def _sensible(self, measure: Measure, values: FloatArray) -> FloatArray:
        """Leave out what the values of scores that are no probabilities would give."""
        family = measure.info.family if measure.info else "ranking"
        return values if family != "probability" or self.rows.probabilities else np.full_like(values, np.nan)

    def _is_decision(self, name: str, suffix: str) -> bool:
        row = registry.metrics().get(name.removesuffix("_default"))
        return row is not None and row.family == "decision" and name.endswith("_default") == bool(suffix)

    def _call_plug_ins(self, weight: FloatArray | IntArray) -> dict[str, FloatArray]:
        rows, found = self.rows, {}
        for row in self._plug_ins:
            if row.family != "decision":
                found[row.name] = np.array([called(row, rows.y, rows.proba, w) for w in weight])
                continue
            for suffix, decided in (("", rows.decided), ("_default", rows.decided_default)):
                if decided is not None:
                    k = len(rows.classes)
                    found[row.name + suffix] = np.array([called(row, rows.y, decided, k, w) for w in weight])
        return found


class _Cells:
    """Rows gathered by true and decided class."""

    def __init__(self, rows: Scored, decided: IntArray) -> None:
        self._n = len(rows.classes)
        cell = rows.y * self._n + decided
        self._order = np.argsort(cell, kind="stable")
        self._found, self._starts = np.unique(cell[self._order], return_index=True)

    def tables(self, weight: FloatArray | IntArray) -> FloatArray:
        """Return a confusion matrix a weighting, shape (b, n_classes, n_classes)."""
        table = np.zeros((len(weight), self._n * self._n))
        gathered = np.take(weight, self._order, axis=1)
        table[:, self._found] = np.add.reduceat(gathered, self._starts, axis=1)
        return table.reshape(-1, self._n, self._n)


def decision_metrics(tables: FloatArray) -> dict[str, FloatArray]:
    """Return what `imbtool.metrics.decision.from_confusion` does, for tables of shape (b, k, k)."""
    truth, called = tables.sum(axis=2), tables.sum(axis=1)
    hits = np.diagonal(tables, axis1=1, axis2=2)
    here = truth > 0
    n_here = here.sum(axis=1)
    recalls = hits / np.where(here, truth, 1)
    precisions = hits / np.where(called > 0, called, 1)
    f1s = 2 * hits / np.where(truth + called > 0, truth + called, 1)

    def mean(values: FloatArray) -> FloatArray:
        if tables.shape[1] == 2:
            return np.asarray(values[:, 1])
        return np.asarray(np.where(here, values, 0.0).sum(axis=1) / np.maximum(n_here, 1))

    found = {
        "f1": mean(f1s),
        "mcc": _correlations(tables, truth, called),
        "balanced_accuracy": np.where(here, recalls, 0.0).sum(axis=1) / np.maximum(n_here, 1),
        "g_mean": np.where(here, recalls, 1.0).prod(axis=1) ** (1 / np.maximum(n_here, 1)),
        "precision": mean(precisions),
        "recall": mean(recalls),
        **{name: class_average(f1s, truth, scheme) for name, scheme in AVERAGES.items()},
    }
    return {name: np.where(n_here >= 2, values, np.nan) for name, values in found.items()}


def _correlations(tables: FloatArray, truth: FloatArray, called: FloatArray) -> FloatArray:
    total = tables.sum(axis=(1, 2))
    spread = np.sqrt(total**2 - np.square(truth).sum(axis=1))
    spread = spread * np.sqrt(np.maximum(total**2 - np.square(called).sum(axis=1), 0.0))
    agreed = np.trace(tables, axis1=1, axis2=2) * total - (truth * called).sum(axis=1)
    defined = (np.count_nonzero(called, axis=1) >= 2) & (spread > 0)
    return np.where(defined, np.clip(agreed / np.where(defined, spread, 1), -1.0, 1.0), 0.0)


def _row_losses(rows: Scored) -> dict[str, FloatArray]:
    stated = np.clip(rows.proba[np.arange(rows.n), rows.y], LOG_LOSS_CLIP, 1.0 - LOG_LOSS_CLIP)
    losses = {"brier": squared_error(rows.y, rows.proba), "log_loss": -np.log(stated)}
    if rows.base_rate is not None:
        losses["reference"] = squared_error(rows.y, np.broadcast_to(rows.base_rate, rows.proba.shape))
    return losses


def _mean_losses(
    losses: dict[str, FloatArray], truth: _Cells | None, weight: FloatArray | IntArray
) -> dict[str, FloatArray]:
    weight = weight.astype(np.float64)
    total = weight.sum(axis=1)
    # Not a matrix product: threaded BLAS adds in an order that depends on the number of threads.
    means = {name: np.einsum("bn,n->b", weight, loss) / total for name, loss in losses.items()}
    reference = means.pop("reference", None)
    if reference is None and truth is not None:
        shares = truth.tables(weight).sum(axis=2) / total[:, None]
        reference = 0.5 * (1.0 - np.square(shares).sum(axis=1))
    skill = 1.0 - means["brier"] / np.where(reference > 0, reference, np.nan)
    return means | {"brier_skill": skill}


def _mean_over_classes(values: Sequence[FloatArray]) -> FloatArray:
    stacked = np.array(values)
    known = np.isfinite(stacked)
    n_known = known.sum(axis=0)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    return np.where(n_known > 0, total / np.maximum(n_known, 1), np.nan)


def called(row: MetricInfo, *arguments: object) -> float:
    """Return what a metric of a plug-in says; weights are its last argument."""
    *others, weight = arguments
    try:
        return float(row.load()(*others, np.asarray(weight, dtype=np.float64)))
    except ImbtoolError:
        raise
    except Exception as error:  # another package's code may fail in any way
        raise UsageError(
            f"Metric {row.name!r} ({row.target}) failed: {type(error).__name__}: {error}",
            hint="Report this to the package that offers the metric, or uninstall that package.",
            code="metric-failed",
        ) from error
