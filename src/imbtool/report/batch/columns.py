"""The columns of the table of mean ranks, with the critical-difference picture in characters."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from imbtool.evaluation.result import Estimate
from imbtool.report import words
from imbtool.report.batch import view
from imbtool.report.terminal.bars import interval_bar
from imbtool.report.terminal.columns import GAP, Column, folded
from imbtool.report.view import Scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.batches.result import Answer, Batch, RankedRow
    from imbtool.report.terminal.paper import Paper

_NARROWEST, _WIDEST = 14, 40


def ranking(batch: Batch, answer: Answer, paper: Paper) -> tuple[Column, ...]:
    """Return the columns that fit the paper; on a terminal the picture takes what is left."""
    every = _columns(batch, answer, paper)
    room = paper.width - (0 if paper.plain else _NARROWEST + GAP)
    kept: set[int] = set()
    for i in sorted(range(len(every)), key=lambda i: every[i].queue):
        need = every[i].width + GAP
        if need <= room:
            kept.add(i)
            room -= need
    found = [column for i, column in enumerate(every) if i in kept]
    if not paper.plain:
        at = 1 + [column.key for column in found].index("rank")
        found.insert(at, _picture(answer, min(room + _NARROWEST, _WIDEST), unicode=paper.unicode))
    return tuple(found)


def _columns(batch: Batch, answer: Answer, paper: Paper) -> list[Column]:
    rows = answer.rows
    width = 24 if paper.width < 100 else 40
    letters = view.letters(answer)

    def column(
        queue: int, key: str, header: str, cell: Callable[[RankedRow], str], *, right: bool = True
    ) -> Column:
        return Column(key=key, header=header, cells=tuple(map(cell, rows)), right=right, queue=queue)

    found = [
        column(0, "mark", "", view.mark, right=False),
        column(1, "row", "\nrow", lambda r: folded(words.safe(view.name(r)), width), right=False),
        column(2, "rank", "mean\nrank", lambda r: f"{r.mean_rank:.2f}"),
        column(6, "value", _two_lines(batch.settings["metric"]), lambda r: words.number(r.mean_value)),
        column(
            3,
            "gain",
            "vs\nnothing",
            lambda r: words.signed(r.versus_nothing.mean) if r.versus_nothing else "",
        ),
        column(4, "tally", "win/tie\n/loss", lambda r: view.tally(r.versus_nothing)),
    ]
    if answer.friedman and paper.plain:
        place = {id(row): i for i, row in enumerate(rows)}
        found.insert(3, column(2, "letters", "not told\napart", lambda r: letters[place[id(r)]], right=False))
    if answer.tested:
        found += [
            column(5, "holm", "Holm\np", _p),
            column(7, "better", "P(gain\n> rope)", lambda r: view.better(r.versus_nothing)),
            column(8, "equal", "P(equal)", _equal),
            column(9, "best", "best\non", lambda r: str(r.best_on)),
        ]
    return found


def _two_lines(metric: str) -> str:
    return words.metric_name(metric).replace(" ", "\n", 1)


def _p(row: RankedRow) -> str:
    return view.p_value(row.versus_nothing.p_holm) if row.versus_nothing else ""


def _equal(row: RankedRow) -> str:
    gain = row.versus_nothing
    return words.probability(gain.equivalent) if gain else ""


def _picture(answer: Answer, width: int, *, unicode: bool) -> Column:
    """Return dots on an axis of ranks; with a test, bars of the critical difference and of the cliques.

    A lying bar reaches half the critical difference to either side, so that two rows differ when their
    bars do not overlap.
    """
    cliques = answer.cliques
    upright = "┃" if unicode else "|"
    axis = width - (len(cliques) + 1 if cliques else 0)
    scale = Scale(low=1.0, high=float(max(len(answer.rows), 2)))
    half = answer.critical_difference / 2
    cells = []
    for i, row in enumerate(answer.rows):
        low, high = (row.mean_rank - half, row.mean_rank + half) if isfinite(half) else (row.mean_rank,) * 2
        bar = interval_bar(Estimate(mean=row.mean_rank, low=low, high=high), scale, axis, unicode=unicode)
        joined = "".join(upright if i in clique else " " for clique in cliques)
        cells.append(f"{bar} {joined}" if cliques else bar)
    ends = f"1{len(answer.rows):>{axis - 1}}"
    return Column(key="picture", header=f"\n{ends}", cells=tuple(cells), right=False)
