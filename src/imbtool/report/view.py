"""What a reader is shown of a comparison: which rows, in what order, grouped how. Selection only."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Literal

from imbtool.evaluation.choice import in_words
from imbtool.report.words import judged, listing, metric_name, plural, unit

if TYPE_CHECKING:
    from imbtool.evaluation.result import ColumnSummary, Comparison, DatasetSummary, MethodResult, Settings

Standing = Literal["best", "tied", "worse"]
MARKS: dict[Standing, str] = {"best": "*", "tied": "=", "worse": "-"}
"""Meaning is never carried by colour alone."""

LEGEND = "* best   = tied with the best   - worse"
FLATTERED = "PR-AUC intervals reach further down than up: few positives in a test part flatter the mean."
_LOPSIDED = 0.01
"""By how much more an interval reaches down than up before that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Rows that share a status and a reason, and the learners, where these are to be told."""

    status: str
    reason: str
    rows: tuple[str, ...]
    learners: tuple[str, ...] = ()

    def who(self, most: int = 1000) -> str:
        """Return the rows in words, the surplus over `most` as a count."""
        learners = f" ({', '.join(self.learners)})" if self.learners else ""
        return f"{listing(self.rows, most)}{learners}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """A class, its rows and its one-vs-rest values."""

    label: str
    rows: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The common axis of the interval bars: smallest to largest end of all intervals shown."""

    low: float
    high: float

    def place(self, value: float, width: float) -> float:
        """Return where `value` lies on an axis `width` long."""
        span = self.high - self.low
        share = (value - self.low) / span if span > 0 else 0.5
        return min(max(share, 0.0), 1.0) * width


def ranked(comparison: Comparison) -> tuple[MethodResult, ...]:
    """Return the rows that have an estimate of the ranking metric, best first."""
    metric = comparison.settings.metric
    rows = [row for row in comparison.methods if row.rank and judged(row, metric)]
    return tuple(sorted(rows, key=lambda row: row.rank))


def standing(row: MethodResult) -> Standing:
    """Return how a ranked row compares with the best one."""
    if row.rank == 1:
        return "best"
    return "tied" if row.tied_with_best else "worse"


def recommended(comparison: Comparison) -> MethodResult | None:
    """Return the row that the verdict names."""
    verdict = comparison.verdict
    for row in comparison.methods:
        if (row.learner, row.recipe) == (verdict.learner, verdict.recipe):
            return row
    return None


def shortened(comparison: Comparison, most: int = 15) -> tuple[MethodResult, ...]:
    """Return at most `most` ranked rows.

    The verdict's row, doing nothing with each learner and the controls of the verdict's learner come
    first, then the best; they are returned in the order of their ranks.
    """
    rows = ranked(comparison)
    if len(rows) <= most:
        return rows
    learner = comparison.verdict.learner
    chosen = recommended(comparison)

    def place(row: MethodResult) -> int:
        own = row.learner == learner
        return 0 if row is chosen else 1 if row.kind == "baseline" else 2 if row.control and own else 3

    return tuple(sorted(sorted(rows, key=place)[:most], key=lambda row: row.rank))


def scale(rows: tuple[MethodResult, ...], metric: str) -> Scale:
    """Return the common axis of the intervals of `rows`."""
    found = [e for e in (judged(row, metric) for row in rows) if e]
    ends = [x for e in found for x in (e.low, e.mean, e.high) if x == x]  # noqa: PLR0124 - NaN test
    return Scale(low=min(ends, default=0.0), high=max(ends, default=1.0))


def problems(comparison: Comparison) -> tuple[Problem, ...]:
    """Return what could not be applied or kept, failed or was cut off, grouped by reason (law 5).

    Learners are told where there are several, but for the one that all rows of the table have.
    """
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in comparison.methods:
        key = _problem_key(row)
        if key:
            groups.setdefault(key, {}).setdefault(row.recipe, []).append(row.learner)
    every, only = {row.learner for row in comparison.methods}, only_learner(comparison)
    plain = {(only,)} if only else {(name,) for name in every if len(every) == 1}
    found = []
    for (status, reason), rows in sorted(groups.items(), key=lambda item: _ORDER.index(item[0][0])):
        by_learners: dict[tuple[str, ...], list[str]] = {}
        for recipe, learners in rows.items():
            by_learners.setdefault(tuple(sorted(learners)), []).append(recipe)
        found += [
            Problem(status=status, reason=reason, rows=tuple(names), learners=() if who in plain else who)
            for who, names in by_learners.items()
        ]
    return tuple(found)


def only_learner(comparison: Comparison) -> str:
    """Return the learner of all rows that are ranked; empty where there are several, or none."""
    learners = {row.learner for row in ranked(comparison)}
    return learners.pop() if len(learners) == 1 else ""


def heading(comparison: Comparison) -> str:
    """Return what the rows are ranked by, over how many folds and with which learner."""
    rows, metric = ranked(comparison), comparison.settings.metric
    folds = max((len(row.fold_values) for row in rows), default=0)
    learner = only_learner(comparison)
    return (
        f"ranked by {metric_name(metric)}{unit(metric)} over {plural(folds, 'fold')}"
        f"{f' with {learner}' if learner else ''}; + is better than nothing"
    )


_ORDER = ("failed", "cut-off", "dropped", "not-applicable", "partly failed", "note")


def _problem_key(row: MethodResult) -> tuple[str, str] | None:
    if row.status != "ok":
        return row.status, row.reason or "no reason given"
    if row.n_failed:
        total = row.n_trials + row.n_failed
        reason = f": {row.reason}" if row.reason else ""
        return "partly failed", f"{row.n_failed} of {total} folds{reason}"
    return ("note", row.reason) if row.reason else None


def left_out(columns: tuple[ColumnSummary, ...]) -> tuple[tuple[str, str], ...]:
    """Return ``(reason, column names)`` of the columns that were not used."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        if column.role in NOT_USED:
            groups.setdefault(column.reason or column.role, []).append(column.name)
    return tuple((reason, listing(names)) for reason, names in groups.items())


def kinds(columns: tuple[ColumnSummary, ...]) -> tuple[tuple[str, int], ...]:
    """Return the kinds of the feature columns with their counts, most frequent first."""
    counts: dict[str, int] = {}
    for column in columns:
        if column.role == "feature":
            counts[column.kind] = counts.get(column.kind, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def roles(columns: tuple[ColumnSummary, ...]) -> tuple[tuple[str, str], ...]:
    """Return ``(role, column name)`` of columns with a role of their own, such as weight or group."""
    plain = ("feature", "target", *NOT_USED)
    return tuple((column.role, column.name) for column in columns if column.role not in plain)


def classes(comparison: Comparison) -> tuple[tuple[str, ...], tuple[ClassLine, ...]]:
    """Return metrics, and one line a class for the recommended row, rarest first.

    Both are empty unless there are several classes. The metrics are those that a decision about one
    class needs; the JSON document has all.
    """
    row, data, settings = recommended(comparison), comparison.dataset, comparison.settings
    if row is None or data.task == "binary":
        return (), ()
    wanted = (
        settings.metric,
        "pr_auc",
        "roc_auc",
        settings.threshold_metric,
        "precision",
        "recall",
        "brier_skill",
    )
    metrics = tuple(name for name in dict.fromkeys(wanted) if name in row.per_class)
    lines = tuple(
        ClassLine(
            label=data.classes[k],
            rows=data.counts[k],
            values=tuple(row.per_class[name].get(data.classes[k], nan) for name in metrics),
        )
        for k in sorted(range(len(data.classes)), key=lambda k: data.counts[k])
    )
    return (metrics, lines) if metrics else ((), ())


def footnotes(comparison: Comparison) -> tuple[str, ...]:
    """Return what a reader of the table should know of its intervals."""
    if comparison.settings.metric != "pr_auc":
        return ()
    found = (judged(row, "pr_auc") for row in ranked(comparison))
    # An interval that ends at 1 was cut there, which says nothing of flattery.
    lopsided = any(e and e.high < 1.0 and 2.0 * e.mean - e.low - e.high > _LOPSIDED for e in found)
    return (FLATTERED,) if lopsided else ()


def findings(data: DatasetSummary, level: str) -> tuple[str, ...]:
    """Return the messages of one level; columns with one value are told among those left out."""
    return tuple(f.message for f in data.findings if f.level == level and f.code != "constant-column")


def proof_warnings(comparison: Comparison) -> tuple[str, ...]:
    """Return what the proof found; empty when nothing leaks, or where there is no proof."""
    return () if comparison.proof is None else tuple(f.message for f in comparison.proof.findings)


def unproven(comparison: Comparison) -> str:
    """Return the sentence that stands above a verdict on leaking data; empty when it need not."""
    n = len(proof_warnings(comparison))
    if not n:
        return ""
    what = "what looks like a leak" if n == 1 else f"{n} things that look like leaks"
    return f"The proof found {what}. Until that is settled, rely neither on this verdict nor on the figures."


def split(settings: Settings) -> str:
    """Return how rows were split, in words."""
    folds, repeats = plural(settings.folds, "fold"), plural(settings.repeats, "repeat")
    return f"{folds}, {settings.splitter}; {repeats}, seed {settings.seed}"


def tested(settings: Settings) -> str:
    """Return which test decided and how it was corrected, in words."""
    return in_words(settings.test, settings.correction)


NOT_USED = ("left-out", "dropped", "ignored")
