"""The columns of the table of methods, each with a rank that says who leaves a narrow page first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.report import view, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.evaluation.result import Comparison, Difference, MethodResult

GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its header, its text for each row and its place in the queue for space."""

    key: str
    header: str
    cells: tuple[str, ...]
    right: bool = True
    queue: int = 0

    @property
    def width(self) -> int:
        """Characters that the longest line of the column needs."""
        lines = [line for cell in (self.header, *self.cells) for line in cell.split("\n")]
        return max(map(len, lines), default=0)


def columns(
    comparison: Comparison, rows: tuple[MethodResult, ...], width: int, *, bars: bool
) -> tuple[Column, ...]:
    """Return the columns that fit `width`, in reading order.

    The bar is not among them; with `bars` the interval in numbers can wait for space.
    """
    every = _all_columns(comparison, rows, recipe_width=24 if width < 80 else 34, bars=bars)
    left = width
    kept: set[int] = set()
    for i in sorted(range(len(every)), key=lambda i: every[i].queue):
        need = every[i].width + GAP
        if need <= left:
            kept.add(i)
            left -= need
    return tuple(column for i, column in enumerate(every) if i in kept)


def _all_columns(
    comparison: Comparison, rows: tuple[MethodResult, ...], recipe_width: int, *, bars: bool
) -> tuple[Column, ...]:
    metric, decision = comparison.settings.metric, comparison.settings.threshold_metric
    chosen = view.recommended(comparison)

    def column(
        queue: int, key: str, header: str, cell: Callable[[MethodResult], str], *, right: bool = True
    ) -> Column:
        return Column(key=key, header=header, cells=tuple(map(cell, rows)), right=right, queue=queue)

    several = len({r.learner for r in view.ranked(comparison)}) > 1
    found = (
        column(0, "marks", "", lambda r: _marks(r, chosen), right=False),
        column(11, "rank", "", lambda r: str(r.rank)),
        column(3, "learner", "learner", lambda r: words.safe(r.learner), right=False),
        column(1, "recipe", "recipe", lambda r: folded(words.safe(r.recipe), recipe_width), right=False),
        column(2, "mean", words.metric_name(metric).replace(" ", "\n"), lambda r: _judged(r, metric)),
        column(8 if bars else 5, "interval", "95 %\ninterval", lambda r: _interval(r, metric)),
        column(4, "gain", "vs\nnothing", lambda r: _gain(r, metric)),
        column(9, "gain interval", "95 %\ninterval", lambda r: _gain_interval(r, metric)),
        column(10, "better", "P(gain\n> rope)", lambda r: _better(r, metric)),
        column(
            6, "decision", _two_lines(words.metric_name(decision), "chosen"), lambda r: _mean(r, decision)
        ),
        column(
            13,
            "default",
            _two_lines(words.metric_name(decision), "default"),
            lambda r: _mean(r, f"{decision}_default"),
        ),
        column(7, "skill", "Brier\nskill", lambda r: _mean(r, "brier_skill")),
        column(12, "slope", "cal.\nslope", lambda r: _mean(r, "calibration_slope", 2)),
        column(14, "time", "time", lambda r: words.duration(r.seconds)),
    )
    told = {decision: "decision", "brier_skill": "skill", "calibration_slope": "slope"}.get(metric)
    needless = {told, None if several else "learner"}
    return tuple(column for column in found if column.key not in needless)


def _two_lines(name: str, threshold: str) -> str:
    return f"{name.rsplit(maxsplit=1)[-1]}\n{threshold}"


def folded(recipe: str, width: int) -> str:
    """Return a recipe broken after a ``+`` where it is longer than `width`."""
    lines = [""]
    for i, part in enumerate(recipe.split("+")):
        piece = part if i == 0 else f"+{part}"
        if lines[-1] and len(lines[-1]) + len(piece) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _marks(row: MethodResult, chosen: MethodResult | None) -> str:
    verdict = ">" if row is chosen else " "
    return f"{verdict}{view.MARKS[view.standing(row)]}{'c' if row.control else ' '}".rstrip()


def _mean(row: MethodResult, metric: str, digits: int = 3) -> str:
    found = words.estimate_of(row, metric)
    return words.number(found.mean, digits) if found else words.MISSING


def _judged(row: MethodResult, metric: str) -> str:
    found = words.judged(row, metric)
    return words.number(found.mean) if found else words.MISSING


def _interval(row: MethodResult, metric: str) -> str:
    found = words.judged(row, metric)
    return words.between(found.low, found.high) if found else words.MISSING


def _difference(row: MethodResult, metric: str) -> Difference | None:
    return row.versus_nothing.get(metric)


def _gain(row: MethodResult, metric: str) -> str:
    found = _difference(row, metric)
    return words.signed(found.mean) if found else ""


def _gain_interval(row: MethodResult, metric: str) -> str:
    found = _difference(row, metric)
    return words.between(found.low, found.high, sign=True) if found else ""


def _better(row: MethodResult, metric: str) -> str:
    found = _difference(row, metric)
    return words.probability(found.better) if found else ""
