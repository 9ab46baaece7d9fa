"""The report as Markdown, for pull requests and notebooks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imbtool.report import view, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.evaluation.result import Comparison, MethodResult

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def to_markdown(comparison: Comparison) -> str:
    """Return the whole report as Markdown (GitHub's tables), every row included."""
    parts = [
        *_data(comparison),
        *_verdict(comparison),
        *_methods(comparison),
        *_classes(comparison),
        *_problems(comparison),
        *_commands(comparison),
    ]
    return "\n".join(parts).rstrip() + "\n"


def escape(text: str) -> str:
    """Return `text` as it is to be read, nothing in it taken for markup."""
    return _SPECIAL.sub(r"\\\1", words.safe(text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> list[str]:
    """Return a table whose first `left` columns are text, the others numbers."""
    rule = ["---" if i < left else "---:" for i in range(len(header))]
    return [f"| {' | '.join(line)} |" for line in (header, rule, *rows)] + [""]


def _data(comparison: Comparison) -> list[str]:
    data = comparison.dataset
    size = f"{words.plural(data.n_rows, 'row')}, {words.plural(data.n_features, 'feature')}"
    order = sorted(range(len(data.classes)), key=lambda k: data.counts[k])
    rows = [
        (
            escape(data.classes[k]),
            words.count(data.counts[k]),
            words.percent(data.counts[k] / max(data.n_rows, 1)),
        )
        for k in order
    ]
    kinds = ", ".join(f"{words.count(n)} {kind}" for kind, n in view.kinds(data.columns))
    facts = [f"- features: {kinds or data.n_features}; {words.plural(data.n_missing, 'cell')} missing"]
    facts += [f"- {role}: {escape(name)}" for role, name in view.roles(data.columns)]
    facts.append(f"- folds: {view.split(comparison.settings)}")
    facts.append(f"- test: {view.tested(comparison.settings)}")
    facts += [f"- left out: {escape(names)} ({escape(why)})" for why, names in view.left_out(data.columns)]
    facts += [f"- **WARNING**: {escape(text)}" for text in view.findings(data, "warning")]
    facts += [f"- note: {escape(text)}" for text in view.findings(data, "note")]
    facts += [f"- note: {escape(text)}" for text in comparison.notes]
    head = f"# {escape(data.name)}: {size}, target {escape(data.target)}"
    return [head, "", *table(("class", "rows", "share"), rows), *facts, ""]


def _verdict(comparison: Comparison) -> list[str]:
    verdict = comparison.verdict
    title = "## Verdict" if comparison.complete else "## Verdict so far (the run was interrupted)"
    doubt = view.unproven(comparison)
    warned = [doubt, *view.proof_warnings(comparison)] if doubt else []
    proof = comparison.proof
    return [
        title,
        "",
        *(f"> **WARNING**: {escape(text)}  " for text in warned),
        *([""] if warned else []),
        f"**{escape(verdict.headline)}**",
        "",
        *(f"- {escape(s)}" for s in verdict.sentences),
        *(["", f"Proof: {escape(proof.summary)}"] if proof else []),
        "",
    ]


def _methods(comparison: Comparison) -> list[str]:
    metric, decision = comparison.settings.metric, comparison.settings.threshold_metric
    header = [
        *("", "learner", "recipe", words.metric_name(metric), "95 % interval", "vs nothing", "95 % interval")
    ]
    header += ["P(gain > rope)", f"{words.metric_name(decision)} chosen", "Brier skill", "cal. slope", "time"]
    chosen = view.recommended(comparison)
    rows = [_row(row, metric, decision, chosen) for row in view.ranked(comparison)]
    legend = f"`> the verdict   {view.LEGEND}   c control`"
    by = view.heading(comparison)
    told = [line for note in view.footnotes(comparison) for line in ("", escape(note))]
    return [
        "## Methods",
        "",
        escape(f"{by[0].upper()}{by[1:]}."),
        "",
        *table(header, rows, left=3),
        legend,
        *told,
        "",
    ]


def _row(row: MethodResult, metric: str, decision: str, chosen: MethodResult | None) -> tuple[str, ...]:
    marks = f"{'>' if row is chosen else ''}{view.MARKS[view.standing(row)]}{'c' if row.control else ''}"
    found, gain = words.judged(row, metric), row.versus_nothing.get(metric)
    interval = (
        (words.number(found.mean), words.between(found.low, found.high)) if found else (words.MISSING,) * 2
    )
    difference = (
        (
            words.signed(gain.mean),
            words.between(gain.low, gain.high, sign=True),
            words.probability(gain.better),
        )
        if gain
        else ("", "", "")
    )
    others = (_mean(row, decision), _mean(row, "brier_skill"), _mean(row, "calibration_slope"))
    names = (f"`{marks}`", escape(row.learner), escape(row.recipe))
    return (*names, *interval, *difference, *others, words.duration(row.seconds))


def _mean(row: MethodResult, metric: str) -> str:
    found = words.estimate_of(row, metric)
    return words.number(found.mean) if found else words.MISSING


def _classes(comparison: Comparison) -> list[str]:
    metrics, lines = view.classes(comparison)
    if not lines:
        return []
    header = ("class", "rows", *map(words.metric_name, metrics))
    rows = [(escape(line.label), words.count(line.rows), *map(words.number, line.values)) for line in lines]
    title = f"## Classes: {escape(comparison.verdict.learner)}, {escape(comparison.verdict.recipe)}"
    return [title, "", *table(header, rows)]


def _problems(comparison: Comparison) -> list[str]:
    found = view.problems(comparison)
    lines = [f"- {p.status}: {escape(p.who())}: {escape(p.reason)}" for p in found]
    return ["## Not in the table, or not in full", "", *lines, ""] if lines else []


def _commands(comparison: Comparison) -> list[str]:
    lines = []
    for title, command in (
        ("To fit the verdict", comparison.fit_command),
        ("To repeat this run", comparison.command),
    ):
        if command:
            lines += [f"{title}:", "", *(f"    {line}" for line in words.safe(command).splitlines()), ""]
    return lines
