"""Tables of the report of an evaluation: confusion, reliability, top, slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from imbtool.evaluation.result import Estimate
from imbtool.report import words
from imbtool.report.holdout import lines
from imbtool.report.terminal.bars import interval_bar
from imbtool.report.view import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.holdout.result import Bin, Evaluation, Measured, SliceColumn
    from imbtool.report.terminal.paper import Paper

_NARROWEST, _WIDEST = 12, 30
_GAP = 2
_LABEL = 24


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: int = 1,
    bars: tuple[Text, Sequence[str]] | None = None,
) -> Table:
    """Return a table whose first `left` columns are text, the others numbers.

    Headers of two words take two lines; `bars` are a last column of pictures with its header.
    """
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    tall = any(" " in name and i >= left for i, name in enumerate(header))
    for i, name in enumerate(header):
        first, _, second = name.partition(" ") if i >= left else (name, "", "")
        text = (f"{first}\n{second}" if second else f"\n{first}") if tall else name
        shown.add_column(text, justify="right" if i >= left else "left", no_wrap=True)
    if bars:
        shown.add_column(Text("\n").append(bars[0]) if tall else bars[0], no_wrap=True)
    for number, row in enumerate(rows):
        cells = [Text(_fit(words.safe(cell)) if i < left else cell) for i, cell in enumerate(row)]
        shown.add_row(*cells, *([Text(bars[1][number])] if bars else []))
    return shown


def width_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Return how many characters a table needs, headers of two words on two lines."""
    heads = [max(map(len, name.split(" "))) for name in header]
    cells = zip(heads, *([len(cell) for cell in row] for row in rows), strict=True)
    return sum(max(column) + _GAP for column in cells)


def bar_room(header: Sequence[str], rows: Sequence[Sequence[str]], paper: Paper) -> int:
    """Return how wide bars beside a table can be, 0 where there is no room for any."""
    room = min(paper.width - width_of(header, rows), _WIDEST)
    return 0 if paper.plain or room < _NARROWEST else room


def estimate(found: Measured) -> Estimate:
    """Return a measure as bars take it."""
    return Estimate(mean=found.value, low=found.low, high=found.high)


def show_confusion(evaluation: Evaluation, paper: Paper, *, most: int) -> None:
    """Print the rows by true and decided class."""
    cells, data = evaluation.confusion, evaluation.data
    if cells is None:
        return
    threshold = lines.threshold_words(evaluation)
    of = "weight of rows" if data.weighted else "rows"
    at = f" at the threshold {threshold}" if threshold and len(data.classes) == 2 else ""
    paper.heading("Decisions", f"{of} by true class (down) and decided class (across){at}")
    paper.write("")
    if len(data.classes) > most:
        paper.write(Text(f"  {len(data.classes)} classes: --verbose shows them, the JSON document has them"))
        return
    header = ["true", *(_fit(words.safe(label), 12).replace(" ", "_") for label in data.classes), "found"]
    rows = []
    for k, line in enumerate(cells):
        total = sum(line)
        share = words.percent(line[k] / total) if total else words.MISSING
        rows.append([data.classes[k], *(f"{cell:,.0f}" for cell in line), share])
    paper.write(table(header, rows))


def show_reliability(evaluation: Evaluation, paper: Paper, *, verbose: bool) -> None:
    """Print what became of rows of similar probability; of several classes the rarest, or all."""
    every = evaluation.reliability
    for found in every if verbose else every[:1]:
        more = f"; --verbose shows {len(every) - 1} more classes" if len(every) > 1 and not verbose else ""
        paper.heading("Reliability", f"of the probability of {found.label}, in ten parts of equal size{more}")
        paper.write("")
        header = ["predicted", "rows", "mean", "observed", "95 % interval"]
        rows = [_bin_row(one) for one in found.bins]
        room = bar_room(header, rows, paper)
        bars = _bars(found.bins, paper, room) if room else None
        paper.write(table([name.replace(" ", "\u00a0") for name in header], rows, bars=bars))


def _bin_row(one: Bin) -> list[str]:
    return [
        f"{_share(one.low)} to {_share(one.high)}",
        words.count(one.rows),
        _share(one.stated),
        _share(one.observed),
        f"{_share(one.observed_low)} to {_share(one.observed_high)}",
    ]


def _share(value: float) -> str:
    """Return a probability; the small ones of rare classes with a digit more."""
    return f"{value:.4f}" if 0.0 < value < 0.01 else f"{value:.3f}"


def _bars(bins: Sequence[Bin], paper: Paper, width: int) -> tuple[Text, list[str]]:
    """Return the observed rates with a mark where they should be."""
    scale = Scale(low=0.0, high=max(max(one.observed_high, one.stated) for one in bins))
    mark = "┊" if paper.unicode else ":"
    cells = [
        interval_bar(
            Estimate(mean=one.observed, low=one.observed_low, high=one.observed_high),
            scale,
            width,
            reference=one.stated,
            unicode=paper.unicode,
        )
        for one in bins
    ]
    return Text(f"{mark} predicted", style="not bold dim"), cells


def show_top(evaluation: Evaluation, paper: Paper) -> None:
    """Print precision and recall among the rows with the highest scores."""
    if not evaluation.top:
        return
    paper.heading("Top of the ranking", "rows with the highest scores; lift is over the share of positives")
    paper.write("")
    header = ["top", "rows", "precision", "interval", "recall", "interval", "lift"]
    rows = [
        [
            top.top,
            words.count(top.rows),
            words.number(top.precision.value),
            lines.interval(top.precision),
            words.number(top.recall.value),
            lines.interval(top.recall),
            words.number(top.lift, 1),
        ]
        for top in evaluation.top
    ]
    paper.write(table(header, rows))


def show_slices(evaluation: Evaluation, paper: Paper) -> None:
    """Print each column that rows were cut by."""
    names = lines.slice_metrics(evaluation)
    for column in evaluation.slices:
        how = "cut into quartiles" if column.how == "quartiles" else "its levels"
        paper.heading(f"By {words.safe(column.column)}", f"{how}; ! marks slices that are too small to judge")
        paper.write("")
        for shown in range(len(names), 0, -1):
            header, rows = _slice_rows(evaluation, column, names[:shown])
            if shown == 1 or width_of(header, rows) <= paper.width:
                paper.write(table(header, rows, left=2))
                break


def _slice_rows(
    evaluation: Evaluation, column: SliceColumn, names: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    data = evaluation.data
    header = ["", column.column, "rows", f"class {data.classes[data.rare]}"]
    for name in names:
        header += [words.metric_name(name), "interval"]
    rows = []
    for part in column.slices:
        row = ["!" if part.small else "", _fit(words.safe(part.label)), words.count(part.rows)]
        row.append(words.count(lines.positives(evaluation, part)))
        for name in names:
            found = part.metrics[name]
            row += [words.number(found.value), lines.interval(found)]
        rows.append(row)
    return [_fit(words.safe(name)).replace(" ", "\u00a0") for name in header], rows


def _fit(text: str, most: int = _LABEL) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
