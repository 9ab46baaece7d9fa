"""From scored rows to an evaluation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.progress import NullProgress
from imbtool.core.suggest import did_you_mean
from imbtool.core.threads import one_thread
from imbtool.data.phrases import count, some
from imbtool.holdout.baseline import Match, matched, row_scores
from imbtool.holdout.intake import content_columns
from imbtool.holdout.intervals import LEVEL, confusion_of, measured
from imbtool.holdout.judge import Court, Scope, check_scopes, judge
from imbtool.holdout.looks import rows_digest
from imbtool.holdout.measures import at_top, top_of
from imbtool.holdout.money import money_facts
from imbtool.holdout.pairs import paired_tests
from imbtool.holdout.request import Request, catalogue, drawn
from imbtool.holdout.result import (
    BaselineUse,
    DataFacts,
    EvalSettings,
    Evaluation,
    Slice,
    SliceColumn,
)
from imbtool.holdout.rivals import rivals_of
from imbtool.holdout.seen import trained_on_some
from imbtool.holdout.slices import FEWEST, cut
from imbtool.holdout.tables import reliability, shift_of, top_table
from imbtool.methods.postprocess.threshold import default_rule
from imbtool.metrics.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.progress import Progress
    from imbtool.holdout.baseline import Baseline
    from imbtool.holdout.rows import Holdout, Scored

__all__ = ["TOPS", "Request", "catalogue", "data_facts", "drawn", "evaluate_holdout"]

TOPS = ("1%", "5%", "10%")
_SLICED = (
    *("pr_auc", "roc_auc", "brier", "brier_skill", "log_loss", "calibration_error"),
    *("f1", "mcc", "balanced_accuracy", "g_mean", "precision", "recall"),
)


def evaluate_holdout(holdout: Holdout, request: Request, progress: Progress | None = None) -> Evaluation:
    """Measure scored rows and judge the gates.

    Parameters
    ----------
    holdout : Holdout
    request : Request
    progress : Progress, optional
        Told what has been measured.

    Raises
    ------
    UsageError
        Codes ``bad-gate`` and ``column-missing``, before anything is measured.
    DataError
        Code ``baseline-lacks``.
    """
    check_scopes(request.gates, holdout, has_baseline=request.baseline is not None)
    _check_slices(request.slices, holdout)
    progress = progress or NullProgress()
    # One thread: a sum taken by another number of threads may differ in its last bits (law 3).
    with one_thread():
        return _evaluate(holdout, request, progress)


def _evaluate(holdout: Holdout, request: Request, progress: Progress) -> Evaluation:
    rows = holdout.rows
    tops = request.tops or tuple(top_of(text) for text in TOPS)
    of_top = [at_top(kind, top) for top in tops for kind in ("precision@top", "recall@top")]
    listed = catalogue(rows)
    asked = [gate.measure for gate in request.gates if not gate.column]
    every = {m.name: m for m in (*listed, *(of_top if rows.binary else ()), *asked)}
    progress.start(2 + len(request.slices), "metrics")
    resamples, seed = drawn(request, rows, Scope())
    known = measured(rows, tuple(every.values()), resamples=resamples, seed=seed)
    progress.advance(1, "metrics")
    match = Match(rows=None) if request.baseline is None else matched(request.baseline, holdout)
    if match.rows is not None:
        match = replace(match, rows=replace(match.rows, stakes=rows.stakes))
    court = Court(
        holdout=holdout,
        baseline=request.baseline,
        other=match.rows,
        policy=request.inconclusive,
        draw=lambda some_rows, scope: drawn(request, some_rows, scope),
    )
    gates = judge(request.gates, court, known)
    progress.advance(1, "gates")
    slices = []
    for column in dict.fromkeys(request.slices):
        slices.append(_slice(holdout, column, request))
        progress.advance(1, f"slices by {column}")
    training: Any = holdout.model.get("training_counts")
    shift = shift_of(rows, training, listed, known)
    names = {measure.name for measure in listed}
    columns = content_columns(holdout.table, holdout.scored_by)
    return Evaluation(
        data=data_facts(holdout),
        model=dict(holdout.model) or None,
        settings=EvalSettings(
            seed=request.seed,
            resamples=resamples,
            level=LEVEL,
            threshold=holdout.threshold,
            probabilities=rows.probabilities,
            inconclusive=request.inconclusive,
        ),
        metrics={name: value for name, value in known.items() if name in names},
        per_class=_per_class(rows),
        confusion=confusion_of(rows),
        reliability=reliability(rows),
        top=top_table(rows, tops, known),
        points={m.name: known[m.name] for m in asked if m.name not in names},
        slices=tuple(slices),
        shift=shift,
        baseline=_baseline_use(request.baseline, match, rows),
        gates=gates,
        notes=(
            *holdout.notes,
            *trained_on_some(holdout.model, known, shift, rows.counts),
            *_notes(rows, slices),
        ),
        row_scores=row_scores(rows, columns) if request.keep_rows else None,
        money=money_facts(rows, request.price, seed=seed),
        rivals=rivals_of(request.rivals, holdout),
    )


def _slice(holdout: Holdout, column: str, request: Request) -> SliceColumn:
    found = cut(holdout.table[column], column)
    listed = [m for m in catalogue(holdout.rows) if m.name in _SLICED]
    parts = []
    for label, here in found.parts.items():
        rows = holdout.rows.take(here)
        resamples, seed = drawn(request, rows, Scope(column=column, level=label))
        parts.append(
            Slice(
                label=label,
                rows=rows.n,
                counts=rows.counts,
                small=rows.fewest < FEWEST,
                metrics=measured(rows, listed, resamples=resamples, seed=seed),
            )
        )
    return SliceColumn(column=column, how=found.how, slices=tuple(parts))


def _check_slices(columns: Sequence[str], holdout: Holdout) -> None:
    for column in columns:
        if column not in holdout.table:
            listing = f"Columns: {some(holdout.table, 12)}"
            raise UsageError(
                f"There is no column {column!r} for --slice.",
                hint=did_you_mean(column, holdout.table, listing=listing),
                code="column-missing",
            )


def _per_class(rows: Scored) -> Mapping[str, Mapping[str, float]]:
    """Return the metrics of each of several classes against the rest."""
    if rows.binary:
        return {}
    guess = default_rule(len(rows.classes)).predict(rows.proba)
    _, per_class = evaluate(
        rows.y,
        rows.proba,
        predicted=guess if rows.decided is None else rows.decided,
        predicted_default=guess,
        n_classes=len(rows.classes),
        base_rate=rows.base_rate,
        sample_weight=rows.weight,
        classes=rows.classes,
    )
    known = registry.metrics()
    return {
        name: values
        for name, values in per_class.items()
        if rows.probabilities or known[_stem(name)].family != "probability"
    }


def data_facts(holdout: Holdout) -> DataFacts:
    """Return what is said of a hold-out."""
    rows = holdout.rows
    prints = np.zeros(0, dtype=np.uint64) if rows.prints is None else rows.prints
    return DataFacts(
        name=holdout.name,
        source=holdout.source,
        target=holdout.target,
        n_rows=rows.n,
        classes=rows.classes,
        counts=rows.counts,
        rare=1 if rows.binary else int(np.argmin(rows.counts)),
        weighted=rows.weight is not None,
        scored_by=holdout.scored_by,
        fingerprint=rows_digest(prints),
    )


def _baseline_use(baseline: Baseline | None, match: Match, rows: Scored) -> BaselineUse | None:
    if baseline is None:
        return None
    return BaselineUse(
        source=baseline.source,
        name=baseline.name,
        rows=baseline.n_rows,
        paired=match.rows is not None,
        reason=match.reason,
        tests=() if match.rows is None else paired_tests(rows, match.rows),
    )


def _notes(rows: Scored, slices: Sequence[SliceColumn]) -> tuple[str, ...]:
    told = []
    few = [label for label, n in zip(rows.classes, rows.counts, strict=True) if n < FEWEST]
    if few:
        told.append(f"fewer than {FEWEST} rows of class {some(few)}: the intervals are rough")
    for column in slices:
        small = [part.label for part in column.slices if part.small]
        if small:
            told.append(
                f"{count(len(small), 'slice')} of {column.column!r} with fewer than {FEWEST} rows of a "
                f"class: {some(small)}; gates on them are inconclusive"
            )
    return tuple(told)


def _stem(name: str) -> str:
    known: Mapping[str, Any] = registry.metrics()
    return name if name in known else name.removesuffix("_default")
