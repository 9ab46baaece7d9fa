"""Running a suite: every data set with every seed, past what is broken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.batches.answer import answer_of
from imbtool.batches.cells import cells_of, outcomes, treated_with
from imbtool.batches.groups import automatic, groups_of
from imbtool.batches.progress import SuiteProgress
from imbtool.batches.result import Batch, DataRun
from imbtool.core.errors import DataError, ImbtoolError
from imbtool.evaluation.result import Comparison
from imbtool.evaluation.summary import environment

if TYPE_CHECKING:
    from imbtool.batches.cells import Outcome
    from imbtool.batches.result import Cell, DataStatus, Row
    from imbtool.batches.suite import Entry, Suite
    from imbtool.core.progress import Progress

Compare = Callable[["Entry", int, SuiteProgress], Comparison]
"""Compares one data set with one seed."""


def run_suite(suite: Suite, compare: Compare, progress: Progress, *, jobs: int | None = None) -> Batch:
    """Run all comparisons of a suite and answer across data sets.

    Parameters
    ----------
    suite : Suite
    compare : callable
        ``compare(entry, seed, progress)`` returns the comparison of one data set with one seed.
    progress : Progress
    jobs : int, optional
        For the record.

    Raises
    ------
    DataError
        Code ``nothing-compared``: no data set could be used.
    KeyboardInterrupt
        Interrupted before one data set was complete.
    """
    began = time.perf_counter()
    shown = SuiteProgress(progress, suite.n_comparisons)
    runs: list[DataRun] = []
    cells: list[Cell] = []
    stopped = False
    try:
        for entry in suite.entries:
            run = DataRun(
                name=entry.name,
                source=entry.data,
                target=str(entry.arguments.get("target", "")),
                tags=entry.tags,
                groups=entry.tags,
                seeds=entry.seeds,
                status="not-run",
            )
            if not stopped:
                run, found = _run_entry(entry, run, suite, compare, shown)
                cells += found
                stopped = run.status == "interrupted"
            runs.append(run)
    finally:
        shown.end()
    _check_any(runs, stopped=stopped)
    return _batch(suite, runs, cells, jobs=jobs, complete=not stopped, seconds=time.perf_counter() - began)


def _run_entry(
    entry: Entry, run: DataRun, suite: Suite, compare: Compare, shown: SuiteProgress
) -> tuple[DataRun, list[Cell]]:
    """Return one data set and its cells; those of a data set that did not finish are none."""
    began = time.perf_counter()
    parts: dict[int, dict[Row, Outcome]] = {}
    for seed in entry.seeds:
        several = f" seed {seed}" if len(entry.seeds) > 1 else ""
        shown.next(entry.name + several)
        try:
            comparison = compare(entry, seed, shown)
        except KeyboardInterrupt:
            return _ended(run, "interrupted", "interrupted", f"interrupted{several}", began), []
        except ImbtoolError as error:
            shown.note(f"{error.message} The suite goes on.")
            return _ended(run, "failed", error.code, error.message + several, began), []
        except Exception as error:  # a data set that breaks imbtool must not take the others with it
            told = f"{type(error).__name__}: {error}"
            shown.note(f"{told} The suite goes on.")
            return _ended(run, "failed", "internal", told + several, began), []
        run = _with(run, comparison)
        if not comparison.complete:
            return _ended(run, "interrupted", "interrupted", f"interrupted{several}", began), []
        parts[seed] = outcomes(comparison, by_recipe=suite.by_recipe)
    return replace(run, status="ok", seconds=time.perf_counter() - began), cells_of(entry.name, parts)


def _ended(run: DataRun, status: DataStatus, code: str, reason: str, began: float) -> DataRun:
    return replace(run, status=status, code=code, reason=reason, seconds=time.perf_counter() - began)


def _with(run: DataRun, comparison: Comparison) -> DataRun:
    """Return the data set with what one more comparison tells about it."""
    data, verdict = comparison.dataset, comparison.verdict
    share = data.counts[data.rare] / max(data.n_rows, 1)
    categorical = any(c.role == "feature" and c.kind == "categorical" for c in data.columns)
    own = automatic(rare_share=share, n_rows=data.n_rows, categorical=categorical)
    learner = treated_with(comparison)
    known = run.learner.split("/") if run.learner else []
    return replace(
        run,
        target=data.target,
        groups=tuple(dict.fromkeys((*own, *run.tags))),
        n_rows=data.n_rows,
        n_features=data.n_features,
        n_classes=len(data.classes),
        rare_share=share,
        categorical=categorical,
        learner="/".join(dict.fromkeys([*known, learner])),
        verdicts=(*run.verdicts, verdict.kind),
        recipes=(*run.recipes, verdict.recipe),
        fingerprint=run.fingerprint or data.fingerprint,
        failed_trials=run.failed_trials + sum(t.status in ("failed", "cut-off") for t in comparison.trials),
    )


def _check_any(runs: list[DataRun], *, stopped: bool) -> None:
    if any(run.status == "ok" for run in runs):
        return
    if stopped:
        raise KeyboardInterrupt
    broken = "\n".join(f"- {run.name}: {run.reason}" for run in runs)
    raise DataError(
        f"No data set of the suite could be compared:\n{broken}",
        hint="`imbtool compare` with one of them tells more.",
        code="nothing-compared",
    )


def _batch(
    suite: Suite, runs: list[DataRun], cells: list[Cell], *, jobs: int | None, complete: bool, seconds: float
) -> Batch:
    done = [run for run in runs if run.status == "ok"]
    names = [run.name for run in done]
    answer = answer_of(cells, names, rope=suite.rope, metric=suite.metric)
    groups = [
        answer_of(cells, members, rope=suite.rope, metric=suite.metric, group=name)
        for name, members in groups_of(done).items()
    ]
    return Batch(
        name=suite.name,
        settings={
            "metric": suite.metric,
            "threshold_metric": suite.threshold_metric,
            "rope": suite.rope,
            "by_recipe": suite.by_recipe,
        },
        data=tuple(runs),
        cells=tuple(cells),
        answer=answer,
        groups=tuple(groups),
        environment=environment(jobs),
        notes=tuple(_notes(suite, runs, complete=complete)),
        seconds=seconds,
        complete=complete,
    )


def _notes(suite: Suite, runs: list[DataRun], *, complete: bool) -> list[str]:
    notes = [] if complete else ["Interrupted: only the data sets that were complete count."]
    done = [run for run in runs if run.status == "ok"]
    learners: dict[str, int] = {}
    for run in done:
        learners[run.learner] = learners.get(run.learner, 0) + 1
    if suite.by_recipe and (len(learners) > 1 or any(entry.auto for entry in suite.entries)):
        told = ", ".join(f"{learner} on {count}" for learner, count in learners.items())
        notes.append(
            "Rows are recipes, each with the learner that its data set chose (auto) or was given: "
            f"{told}. Learners that ran only untreated are not ranked."
        )
    same: dict[str, list[str]] = {}
    for run in done:
        same.setdefault(run.fingerprint, []).append(run.name)
    notes += [
        f"{', '.join(names)} hold the same data and count as often."
        for names in same.values()
        if len(names) > 1
    ]
    return notes
