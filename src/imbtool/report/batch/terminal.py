"""A batch for a terminal and for a pipe: data sets, the answer, ranks, groups, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from imbtool.report import words
from imbtool.report.batch import view
from imbtool.report.batch.columns import ranking
from imbtool.report.terminal.paper import Paper

if TYPE_CHECKING:
    from rich.console import Console

    from imbtool.batches.result import Answer, Batch

GAP = 2
_STYLES = {view.BETTER: "green", view.WORSE: "dim"}


def render(batch: Batch, console: Console, *, verbose: bool = False) -> None:
    """Write the report of a batch to a console.

    Parameters
    ----------
    batch : Batch
    console : rich.console.Console
        When it is not a terminal the report has no boxes, no bars and 100 columns.
    verbose : bool
        Show the whole ranking of every group, and every name in lists.
    """
    paper = Paper(console, plain=not console.is_terminal)
    paper.heading(words.safe(batch.name), view.title(batch))
    _show_data(batch, paper)
    answer = batch.answer
    title = "Across data sets" if batch.complete else "Across data sets so far (the run was interrupted)"
    sure = bool(answer.tested and any(view.mark(row) == view.BETTER for row in answer.rows))
    paper.panel(title, answer.headline, answer.sentences, "green" if sure else "yellow")
    _show_ranking(batch, answer, paper)
    _show_gaps(answer, paper, most=1000 if verbose else 4)
    _show_groups(batch, paper, verbose=verbose)
    _show_notes(batch, paper)


def table(*columns: tuple[str, bool]) -> Table:
    """Return a table without lines; each column is its header and whether it holds numbers."""
    made = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_edge=False)
    for header, right in columns:
        made.add_column(header, justify="right" if right else "left", no_wrap=right, overflow="fold")
    return made


def _show_data(batch: Batch, paper: Paper) -> None:
    wide = paper.width >= 100
    found = table(
        ("data set", False),
        ("rows", True),
        ("rare class", True),
        *((("features", True),) if wide else ()),
        ("learner", False),
        ("verdict", False),
    )
    for run in batch.data:
        known = bool(run.n_rows)
        cells = [
            words.safe(run.name),
            words.count(run.n_rows) if known else "",
            words.percent(run.rare_share) if known else "",
            *([words.count(run.n_features) if known else ""] if wide else []),
            words.safe(run.learner),
            words.safe(view.verdict(run)),
        ]
        found.add_row(*map(Text, cells), style="" if run.status == "ok" else "bold red")
    paper.write("", found)
    rows = [(run.status, f"{run.name}: {run.reason}") for run in view.broken(batch) if run.reason]
    if rows:
        paper.write("")
        paper.pairs(rows)


def _show_ranking(batch: Batch, answer: Answer, paper: Paper) -> None:
    if not answer.rows:
        return
    metric = words.metric_name(batch.settings["metric"])
    over = words.plural(len(answer.data), "data set")
    learners = sorted({run.learner for run in batch.data if run.status == "ok"})
    who = f" with {learners[0]}" if batch.settings["by_recipe"] and len(learners) == 1 else ""
    paper.heading("Mean ranks", f"by {metric} over {over}{who}; 1 is best")
    shown = ranking(batch, answer, paper)
    found = table(*((column.header, column.right) for column in shown))
    for i, row in enumerate(answer.rows):
        cells = [Text(column.cells[i], no_wrap=column.key != "row") for column in shown]
        found.add_row(*cells, style=_STYLES.get(view.mark(row), ""))
    paper.write("", found, "")
    for line in _legend(answer, paper):
        paper.write(Text(line, style="dim"))


def _legend(answer: Answer, paper: Paper) -> tuple[str, ...]:
    lines = [view.LEGEND] if answer.tested else []
    if answer.friedman and paper.plain:
        lines.append("rows that share a letter are not told apart by Nemenyi's test (5 %)")
    elif answer.friedman:
        lines.append("rows that an upright bar joins are not told apart by Nemenyi's test (5 %)")
    return tuple(lines)


def _show_gaps(answer: Answer, paper: Paper, most: int) -> None:
    if not answer.gaps:
        return
    paper.heading("Not ranked", "a value is missing on some data set")
    rows: list[tuple[str | Text, str | Text]] = []
    for gaps in answer.gaps:
        label = words.safe(view.name(gaps))
        counted = (
            f" (there: {view.tally(gaps.versus_nothing)} against nothing)" if gaps.versus_nothing else ""
        )
        rows.append((label, f"on {gaps.n_data} of {len(answer.data)}{counted}"))
        rows += [(label, f"{words.listing(names, most)}: {why}") for why, names in gaps.missing.items()]
    paper.write("")
    paper.pairs(rows)


def _show_groups(batch: Batch, paper: Paper, *, verbose: bool) -> None:
    if not batch.groups:
        return
    paper.heading("By group", "looks into parts of the suite, not corrected for their number")
    found = table(
        ("group", False), ("data\nsets", True), ("best mean ranks", False), ("better than nothing", False)
    )
    for answer in batch.groups:
        ranks = ", ".join(f"{view.name(row)} {row.mean_rank:.1f}" for row in answer.rows[:3])
        better = [view.name(row) for row in answer.rows if view.mark(row) == view.BETTER]
        told = words.listing(better, 3) if better else "none shown" if answer.tested else "not tested"
        cells = (answer.group, str(len(answer.data)), ranks or words.MISSING, told)
        found.add_row(*(Text(words.safe(cell)) for cell in cells))
    paper.write("", found)
    if verbose:
        for answer in batch.groups:
            paper.heading(words.safe(answer.group), answer.headline)
            paper.pairs([("-", sentence) for sentence in answer.sentences], gap=1)
            _show_ranking(batch, answer, paper)
            _show_gaps(answer, paper, most=1000)


def _show_notes(batch: Batch, paper: Paper) -> None:
    if batch.notes:
        paper.write("")
        paper.pairs([("note", text) for text in batch.notes])
    if batch.command:
        paper.heading("To repeat this batch, or to go on with it")
        paper.write(Text(f"  {words.safe(batch.command)}", style="cyan"), wrap=False)
    paper.write("")
