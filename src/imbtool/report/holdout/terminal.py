"""The evaluation on a terminal: data, gates, metrics, decisions, calibration, top, slices."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from rich.text import Text

from imbtool.report import words
from imbtool.report.holdout import lines, money
from imbtool.report.holdout.parts import (
    bar_room,
    estimate,
    show_confusion,
    show_reliability,
    show_slices,
    show_top,
)
from imbtool.report.holdout.parts import table as plain_table
from imbtool.report.terminal.bars import interval_bar, share_bar
from imbtool.report.terminal.paper import Paper
from imbtool.report.view import Scale

if TYPE_CHECKING:
    from rich.console import Console

    from imbtool.holdout.result import Evaluation, Measured

_MOST_CLASSES = 12


def render(evaluation: Evaluation, console: Console, *, verbose: bool = False) -> None:
    """Write the report of an evaluation to a console.

    Parameters
    ----------
    evaluation : Evaluation
    console : rich.console.Console
        When it is not a terminal the report has no boxes, no bars and 100 columns.
    verbose : bool
        Show every class and bin.
    """
    paper = Paper(console, plain=not console.is_terminal)
    _show_data(evaluation, paper)
    _show_gates(evaluation, paper)
    _show_money(evaluation, paper)
    _show_metrics(evaluation, paper)
    _show_classes(evaluation, paper)
    show_confusion(evaluation, paper, most=30 if verbose else 8)
    show_reliability(evaluation, paper, verbose=verbose)
    show_top(evaluation, paper)
    show_slices(evaluation, paper)
    paper.write("")


def _show_data(evaluation: Evaluation, paper: Paper) -> None:
    data = evaluation.data
    paper.heading(words.safe(data.name), f"{words.plural(data.n_rows, 'row')}, target {data.target}")
    paper.write("")
    facts: list[tuple[str | Text, str | Text]] = []
    order = sorted(range(len(data.classes)), key=lambda k: (k != data.rare, data.counts[k]))
    width = max(len(words.safe(data.classes[k])[:24]) for k in order)
    for k in order[:_MOST_CLASSES]:
        share = data.counts[k] / data.n_rows
        label = words.safe(data.classes[k])[:24]
        line = Text(f"{label:<{width}}  {words.count(data.counts[k]):>9}  {words.percent(share):>7}")
        if not paper.plain:
            bar = share_bar(share, min(paper.width - 50, 40), unicode=paper.unicode)
            line.append(f"  {bar}", style="cyan" if k == data.rare else "dim")
        facts.append(("classes", line))
    if len(order) > _MOST_CLASSES:
        facts.append(("classes", f"and {len(order) - _MOST_CLASSES} more classes"))
    facts.append(("scored by", lines.model_words(evaluation)))
    threshold = lines.threshold_words(evaluation)
    if threshold:
        facts.append(("threshold", threshold))
    facts += [("shift", text) for text in lines.shift_words(evaluation)]
    if evaluation.baseline is not None:
        facts.append(("baseline", lines.baseline_words(evaluation)))
        facts += [("baseline", text) for text in lines.paired_words(evaluation)]
    facts += [("rivals", text) for text in lines.rival_words(evaluation)]
    facts += [("looks", text) for text in lines.looks_words(evaluation)]
    facts += [("note", text) for text in evaluation.notes]
    paper.pairs(facts)


def _show_gates(evaluation: Evaluation, paper: Paper) -> None:
    if not evaluation.gates:
        return
    vague = any(gate.outcome == "inconclusive" for gate in evaluation.gates)
    colour = "red" if not evaluation.passed else "yellow" if vague else "green"
    sentences = [lines.gate_line(gate) for gate in evaluation.gates]
    paper.panel("Gates", lines.headline(evaluation), sentences, colour)


def _show_money(evaluation: Evaluation, paper: Paper) -> None:
    facts = evaluation.money
    if facts is None:
        return
    paper.heading("Money" if facts.unit else "Capacity")
    paper.write("")
    paper.pairs([("-", text) for text in money.sentences(evaluation)], gap=1)
    if not facts.curve:
        return
    paper.write("")
    picture = money.sparkline(facts.curve, unicode=paper.unicode)
    paper.pairs([("acting on none", f"{picture}  on all")])
    paper.write("")
    header = ["acting\u00a0on", facts.unit, "95\u00a0%\u00a0band"]
    paper.write(plain_table(header, money.curve_rows(facts)))


def _show_metrics(evaluation: Evaluation, paper: Paper) -> None:
    paper.heading("Metrics", lines.intervals_words(evaluation))
    paper.write("")
    rows = lines.metric_rows(evaluation)
    twins = any(row.default is not None for row in rows)
    moved = any(row.at_training is not None for row in rows)
    header = ["metric", "value", "95\u00a0%\u00a0interval"]
    header += ["at default"] if twins else []
    header += ["at old\u00a0shares"] if moved else []
    cells = []
    for row in rows:
        line = [row.label, words.number(row.found.value), lines.interval(row.found)]
        line += ["" if row.default is None else words.number(row.default.value)] if twins else []
        line += ["" if row.at_training is None else words.number(row.at_training)] if moved else []
        cells.append(line)
    bars = None
    room = bar_room(header, cells, paper)
    if room:
        axis = Text("0" + "1".rjust(room - 1), style="not bold dim")
        bars = (axis, [_bar(row.found, paper, room) for row in rows])
    paper.write(plain_table(header, cells, bars=bars))
    if evaluation.points:
        paper.write("")
    for name, found in evaluation.points.items():
        paper.pairs([(name, f"{words.number(found.value)}   {lines.interval(found)}")])


def _bar(found: Measured, paper: Paper, width: int) -> str:
    """Return the interval on the axis from 0 to 1; nothing for what leaves it."""
    if not (min(found.low, found.value) >= 0.0 and max(found.high, found.value) <= 1.0):
        return ""
    return interval_bar(estimate(found), Scale(low=0.0, high=1.0), width, unicode=paper.unicode)


def _show_classes(evaluation: Evaluation, paper: Paper) -> None:
    metrics = lines.class_metrics(evaluation)
    if not metrics:
        return
    data = evaluation.data
    paper.heading("Classes", "each against the rest")
    paper.write("")
    header = ["class", "rows", *map(words.metric_name, metrics)]
    rows = [
        [
            data.classes[k],
            words.count(data.counts[k]),
            *(words.number(evaluation.per_class[name].get(data.classes[k], nan)) for name in metrics),
        ]
        for k in sorted(range(len(data.classes)), key=lambda k: data.counts[k])
    ]
    paper.write(plain_table(header, rows))
