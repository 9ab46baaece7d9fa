"""The evaluation as Markdown: the summary of a job, or a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.report import words
from imbtool.report.holdout import lines, money
from imbtool.report.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imbtool.holdout.result import Evaluation

_MARKS = {"pass": "✅ pass", "fail": "❌ fail", "inconclusive": "❔ inconclusive"}


def to_markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown (GitHub's tables), the gates first."""
    parts = [
        *_head(evaluation),
        *_gates(evaluation),
        *_money(evaluation),
        *_metrics(evaluation),
        *_top(evaluation),
    ]
    parts += [*_classes(evaluation), *_confusion(evaluation), *_reliability(evaluation), *_slices(evaluation)]
    return "\n".join(parts).rstrip() + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    rule = ["---" if i < left else "---:" for i in range(len(header))]
    return [f"| {' | '.join(line)} |" for line in (header, rule, *rows)] + [""]


def _head(evaluation: Evaluation) -> Iterator[str]:
    data = evaluation.data
    yield f"# {escape(data.name)}: {words.plural(data.n_rows, 'row')}, target {escape(data.target)}"
    yield ""
    shares = ", ".join(
        f"{escape(label)} {words.count(n)} ({words.percent(n / data.n_rows)})"
        for label, n in zip(data.classes, data.counts, strict=True)
    )
    yield f"- classes: {shares}"
    yield f"- scored by: {escape(lines.model_words(evaluation))}"
    threshold = lines.threshold_words(evaluation)
    if threshold:
        yield f"- threshold: {threshold}"
    for text in lines.shift_words(evaluation):
        yield f"- shift: {escape(text)}"
    if evaluation.baseline is not None:
        yield f"- baseline: {escape(lines.baseline_words(evaluation))}"
        for text in lines.paired_words(evaluation):
            yield f"- against it: {escape(text)}"
    for text in lines.rival_words(evaluation):
        yield f"- rivals: {escape(text)}"
    for text in lines.looks_words(evaluation):
        yield f"- looks: {escape(text)}"
    for text in evaluation.notes:
        yield f"- note: {escape(text)}"
    yield ""


def _gates(evaluation: Evaluation) -> list[str]:
    if not evaluation.gates:
        return []
    rows = [(_MARKS[gate.outcome], escape(gate.gate), escape(gate.sentence)) for gate in evaluation.gates]
    head = ["## Gates", "", f"**{escape(lines.headline(evaluation))}**", ""]
    return head + _table(("outcome", "gate", "found"), rows, left=3)


def _money(evaluation: Evaluation) -> list[str]:
    facts = evaluation.money
    if facts is None:
        return []
    parts = ["## Money" if facts.unit else "## Capacity", ""]
    parts += [*(f"- {escape(text)}" for text in money.sentences(evaluation)), ""]
    if facts.curve:
        parts += _table(("acting on", f"{facts.unit} per 1,000 rows", "95 % band"), money.curve_rows(facts))
    return parts


def _metrics(evaluation: Evaluation) -> list[str]:
    moved = evaluation.shift is not None and evaluation.shift.clear
    header = ["metric", "value", "95 % interval", "at the default threshold"]
    rows = []
    for one in lines.metric_rows(evaluation):
        row = [one.label, words.number(one.found.value), lines.interval(one.found)]
        row.append("" if one.default is None else words.number(one.default.value))
        if moved:
            row.append("" if one.at_training is None else words.number(one.at_training))
        rows.append(row)
    for name, found in evaluation.points.items():
        blank = [""] * (2 if moved else 1)
        rows.append([escape(name), words.number(found.value), lines.interval(found), *blank])
    return ["## Metrics", "", *_table(header + (["at the shares of training"] if moved else []), rows)]


def _top(evaluation: Evaluation) -> list[str]:
    if not evaluation.top:
        return []
    rows = [
        (
            escape(top.top),
            words.count(top.rows),
            words.number(top.precision.value),
            lines.interval(top.precision),
            words.number(top.recall.value),
            lines.interval(top.recall),
            words.number(top.lift, 1),
        )
        for top in evaluation.top
    ]
    header = ("top", "rows", "precision", "95 % interval", "recall", "95 % interval", "lift")
    return ["## Top of the ranking", "", *_table(header, rows)]


def _classes(evaluation: Evaluation) -> list[str]:
    metrics, data = lines.class_metrics(evaluation), evaluation.data
    if not metrics:
        return []
    rows = [
        (
            escape(label),
            words.count(n),
            *(words.number(evaluation.per_class[name].get(label, float("nan"))) for name in metrics),
        )
        for label, n in zip(data.classes, data.counts, strict=True)
    ]
    return ["## Classes", "", *_table(("class", "rows", *map(words.metric_name, metrics)), rows)]


def _confusion(evaluation: Evaluation) -> list[str]:
    cells, data = evaluation.confusion, evaluation.data
    if cells is None:
        return []
    rows = [
        (escape(label), *(f"{cell:,.0f}" for cell in line))
        for label, line in zip(data.classes, cells, strict=True)
    ]
    return ["## Decisions", "", *_table((r"true \ decided", *map(escape, data.classes)), rows)]


def _reliability(evaluation: Evaluation) -> list[str]:
    parts = []
    for found in evaluation.reliability[:1]:
        rows = [
            (
                f"{words.number(one.low)} to {words.number(one.high)}",
                words.count(one.rows),
                words.number(one.stated),
                words.number(one.observed),
                words.between(one.observed_low, one.observed_high),
            )
            for one in found.bins
        ]
        header = ("predicted", "rows", "mean", "observed", "95 % interval")
        parts += [f"## Reliability of the probability of {escape(found.label)}", "", *_table(header, rows)]
    return parts


def _slices(evaluation: Evaluation) -> list[str]:
    names, parts = lines.slice_metrics(evaluation), []
    rare = escape(evaluation.data.classes[evaluation.data.rare])
    for column in evaluation.slices:
        header = [escape(column.column), "rows", rare]
        for name in names:
            header += [words.metric_name(name), "95 % interval"]
        rows = []
        for part in column.slices:
            label = escape(part.label) + (" (too small to judge)" if part.small else "")
            row = [label, words.count(part.rows), words.count(lines.positives(evaluation, part))]
            for name in names:
                row += [words.number(part.metrics[name].value), lines.interval(part.metrics[name])]
            rows.append(row)
        parts += [f"## By {escape(column.column)}", "", *_table(header, rows)]
    return parts
