"""The table of methods, and the classes of the recommended row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from imbtool.report import view, words
from imbtool.report.terminal.bars import axis, interval_bar
from imbtool.report.terminal.columns import GAP, columns

if TYPE_CHECKING:
    from rich.console import JustifyMethod

    from imbtool.evaluation.result import Comparison, MethodResult
    from imbtool.report.terminal.paper import Paper

MOST_ROWS = 15
_NARROWEST_BAR, _WIDEST_BAR = 12, 30
_STYLES = {"best": "green", "tied": "", "worse": "dim"}


def show_methods(comparison: Comparison, paper: Paper, *, verbose: bool) -> None:
    """Print the ranked rows, best first."""
    every = view.ranked(comparison)
    rows = every if verbose else view.shortened(comparison, MOST_ROWS)
    if not rows:
        paper.heading("Methods", "nothing could be estimated")
        return
    paper.heading("Methods", view.heading(comparison))
    paper.write("")
    paper.write(_table(comparison, rows, paper))
    paper.write("")
    for line in _legend(comparison, len(every) - len(rows), paper):
        paper.write(Text(line, style="dim"))


def _table(comparison: Comparison, rows: tuple[MethodResult, ...], paper: Paper) -> Table:
    bar = 0 if paper.plain else _NARROWEST_BAR + GAP
    shown = columns(comparison, rows, paper.width - bar, bars=bool(bar))
    room = paper.width - sum(column.width + GAP for column in shown) - GAP
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_edge=False)
    bars = _bars(comparison, rows, min(room, _WIDEST_BAR), paper) if bar else ()
    for column in shown:
        justify: JustifyMethod = "right" if column.right else "left"
        header = column.header if "\n" in column.header else f"\n{column.header}"
        table.add_column(header, justify=justify, no_wrap=True)
        if column.key == "mean" and bars:
            table.add_column(Text(f"\n{bars[0]}", style="not bold dim"), no_wrap=True)
    at = 1 + [column.key for column in shown].index("mean")
    chosen = view.recommended(comparison)
    for i, row in enumerate(rows):
        cells = [column.cells[i] for column in shown]
        if bars:
            cells.insert(at, bars[1 + i])
        style = "bold" if row is chosen else _STYLES[view.standing(row)]
        table.add_row(*(Text(cell) for cell in cells), style=style)
    return table


def _bars(
    comparison: Comparison, rows: tuple[MethodResult, ...], width: int, paper: Paper
) -> tuple[str, ...]:
    """Return the axis and one bar a row."""
    metric = comparison.settings.metric
    scale = view.scale(rows, metric)
    reference = nothing_mean(comparison)
    found = (words.judged(row, metric) for row in rows)
    return (
        axis(scale, width),
        *(
            interval_bar(e, scale, width, reference=reference, unicode=paper.unicode) if e else ""
            for e in found
        ),
    )


def nothing_mean(comparison: Comparison) -> float | None:
    """Return the mean of doing nothing with the verdict's learner."""
    for row in comparison.methods:
        if row.recipe == "none" and row.learner == comparison.verdict.learner:
            found = words.judged(row, comparison.settings.metric)
            return found.mean if found else None
    return None


def _legend(comparison: Comparison, hidden: int, paper: Paper) -> tuple[str, ...]:
    marks = f"> the verdict   {view.LEGEND}   c control"
    if not paper.plain and nothing_mean(comparison) is not None:
        marks += f"   {'┊' if paper.unicode else ':'} nothing"
    more = f"{words.plural(hidden, 'more row')}: --verbose shows all" if hidden else ""
    return tuple(line for line in (marks, *view.footnotes(comparison), more) if line)


def show_classes(comparison: Comparison, paper: Paper) -> None:
    """Print the one-vs-rest values of each class for the recommended row (several classes only)."""
    metrics, lines = view.classes(comparison)
    if not lines:
        return
    verdict = comparison.verdict
    paper.heading("Classes", f"{verdict.learner}, {verdict.recipe}, each class against the rest")
    paper.write("")
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_edge=False)
    table.add_column("\nclass")
    table.add_column("\nrows", justify="right")
    for metric in metrics:
        first, _, second = words.metric_name(metric).partition(" ")
        table.add_column(f"{first}\n{second}" if second else f"\n{first}", justify="right", no_wrap=True)
    for line in lines:
        label = Text(words.safe(line.label), overflow="fold")
        table.add_row(label, words.count(line.rows), *map(words.number, line.values))
    paper.write(table)
