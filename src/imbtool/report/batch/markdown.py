"""A batch as Markdown, for pull requests and job summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.report import words
from imbtool.report.batch import view
from imbtool.report.markdown import escape, table

if TYPE_CHECKING:
    from imbtool.batches.result import Answer, Batch, RankedRow


def to_markdown(batch: Batch) -> str:
    """Return the whole report as Markdown (GitHub's tables), every row and group included."""
    parts = [f"# {escape(batch.name)}: {view.title(batch)}", "", *_answer(batch, batch.answer), *_data(batch)]
    parts += _groups(batch)
    notes = [f"- {escape(text)}" for text in batch.notes]
    parts += ["## Notes", "", *notes, ""] if notes else []
    if batch.command:
        parts += ["To repeat this batch, or to go on with it:", "", f"    {words.safe(batch.command)}", ""]
    return "\n".join(parts).rstrip() + "\n"


def _answer(batch: Batch, answer: Answer, level: str = "##") -> list[str]:
    title = answer.group or "Across data sets"
    so_far = "" if batch.complete else " (so far: the run was interrupted)"
    parts = [f"{level} {escape(title)}{so_far}", "", f"**{escape(answer.headline)}**", ""]
    parts += [f"- {escape(sentence)}" for sentence in answer.sentences]
    parts += ["", *_ranks(batch, answer), *_gaps(answer)]
    return parts


def _ranks(batch: Batch, answer: Answer) -> list[str]:
    if not answer.rows:
        return []
    metric = words.metric_name(batch.settings["metric"])
    header = ["", "row", "mean rank", "not told apart", metric, "vs nothing", "wins/ties/losses"]
    header += ["Wilcoxon p", "Holm p", "P(better)", "P(equal)", "P(worse)"]
    letters = view.letters(answer)
    lines = [_rank(row, letters[i]) for i, row in enumerate(answer.rows)]
    legend = f"`{view.LEGEND}`; rows that share a letter are not told apart by Nemenyi's test."
    return [*table(header, lines, left=2), legend, ""]


def _rank(row: RankedRow, letters: str) -> tuple[str, ...]:
    gain = row.versus_nothing
    head = (
        f"`{view.mark(row)}`" if view.mark(row) else "",
        escape(", ".join((view.name(row), *row.same))),
        f"{row.mean_rank:.2f}",
        letters,
        words.number(row.mean_value),
    )
    if gain is None:
        return (*head, *[""] * 7)
    posterior = (words.probability(p) for p in (gain.better, gain.equivalent, gain.worse))
    tests = (view.p_value(gain.p_value), view.p_value(gain.p_holm))
    return (*head, words.signed(gain.mean), view.tally(gain), *tests, *posterior)


def _gaps(answer: Answer) -> list[str]:
    if not answer.gaps:
        return []
    n = len(answer.data)
    lines = [
        f"- {escape(view.name(gaps))}, on {gaps.n_data} of {n}: {escape('; '.join(view.gap_lines(gaps)))}"
        for gaps in answer.gaps
    ]
    return ["Not ranked, because a value is missing on some data set:", "", *lines, ""]


def _data(batch: Batch) -> list[str]:
    header = ("data set", "verdict", "learner", "rows", "rare class", "features", "time")
    lines = [
        (
            escape(run.name),
            escape(view.verdict(run)),
            escape(run.learner),
            words.count(run.n_rows) if run.n_rows else "",
            words.percent(run.rare_share) if run.n_rows else "",
            words.count(run.n_features) if run.n_rows else "",
            words.duration(run.seconds),
        )
        for run in batch.data
    ]
    parts = ["## Data sets", "", *table(header, lines, left=3)]
    told = [
        f"- **{run.status}**: {escape(run.name)}: {escape(run.reason)}"
        for run in view.broken(batch)
        if run.reason
    ]
    return [*parts, *told, ""] if told else parts


def _groups(batch: Batch) -> list[str]:
    if not batch.groups:
        return []
    parts = [
        "## By group",
        "",
        "These are looks into parts of the suite, not corrected for their number.",
        "",
    ]
    for answer in batch.groups:
        parts += _answer(batch, answer, level="###")
    return parts
