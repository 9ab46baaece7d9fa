"""A batch as JUnit XML: what was carried out and what was not, for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.report.batch import view
from imbtool.report.junit import Case, Suite
from imbtool.report.junit import to_junit as write
from imbtool.report.words import metric_name, number

if TYPE_CHECKING:
    from datetime import datetime

    from imbtool.batches.result import Answer, Batch, Cell, DataRun
    from imbtool.report.junit import CaseStatus

_STATUS: dict[str, CaseStatus] = {"ok": "passed", "failed": "error", "cut-off": "error"}
_RUN: dict[str, CaseStatus] = {"failed": "error", "interrupted": "skipped", "not-run": "skipped"}


def to_junit(batch: Batch, *, when: datetime) -> str:
    """Return one suite for every data set and one for every answer.

    A row that failed or was cut off is an ``error``, one that could not be applied is ``skipped``, and so
    is a data set that was not reached; a broken data set is an ``error``. Nothing is a failure: a batch
    checks nothing. The answers are in the messages of what passed.
    """
    metric = metric_name(batch.settings["metric"])
    cells: dict[str, list[Cell]] = {}
    for cell in batch.cells:
        cells.setdefault(cell.data, []).append(cell)
    suites = [_data(run, cells.get(run.name, []), metric) for run in batch.data]
    suites += [_answer(answer) for answer in (batch.answer, *batch.groups)]
    return write(suites, when=when)


def _data(run: DataRun, cells: list[Cell], metric: str) -> Suite:
    if run.status != "ok":
        cases = [Case(name="the data set", status=_RUN[run.status], message=run.reason or run.status)]
        return Suite(name=run.name, cases=cases, properties={"source": run.source})
    properties = {
        "source": run.source,
        "rows": run.n_rows,
        "rare_share": f"{run.rare_share:.6g}",
        "groups": ", ".join(run.groups),
        "verdict": view.verdict(run),
    }
    return Suite(name=run.name, cases=[_case(cell, metric) for cell in cells], properties=properties)


def _case(cell: Cell, metric: str) -> Case:
    name = f"{cell.recipe} ({cell.learner})" if cell.learner else cell.recipe
    status = _STATUS.get(cell.status, "skipped")
    message = f"{metric} {number(cell.value)}" if status == "passed" else f"{cell.status}: {cell.reason}"
    return Case(name=name, status=status, message=message, seconds=cell.seconds)


def _answer(answer: Answer) -> Suite:
    cases = []
    for row in answer.rows:
        gain = row.versus_nothing
        told = f"; against nothing {gain.mean:+.3f}, wins/ties/losses {view.tally(gain)}" if gain else ""
        tested = f", Wilcoxon-Holm p {view.p_value(gain.p_holm)}" if gain and answer.tested else ""
        cases.append(
            Case(name=view.name(row), status="passed", message=f"mean rank {row.mean_rank:.2f}{told}{tested}")
        )
    cases += [
        Case(name=view.name(gaps), status="skipped", message="; ".join(view.gap_lines(gaps)))
        for gaps in answer.gaps
    ]
    properties = {"data sets": ", ".join(answer.data), "headline": answer.headline}
    return Suite(name=f"across data sets: {answer.group or 'all'}", cases=cases, properties=properties)
