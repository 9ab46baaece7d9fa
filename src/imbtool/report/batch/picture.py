"""The critical-difference picture as SVG: mean ranks on an axis, bars over what is not told apart."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import TYPE_CHECKING

from imbtool.report.batch import view
from imbtool.report.words import metric_name, plural, safe

if TYPE_CHECKING:
    from imbtool.batches.result import Answer, Batch

SIZE = 13
_LETTER = 0.6 * SIZE
"""Width of a letter, generously: the picture must hold its labels in any font."""
_AXIS_Y, _BAR_STEP, _ROW_STEP, _AXIS_WIDTH = 84, 9, 24, 420
_LONGEST = 44


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things lie, in pixels."""

    left: float
    worst: int

    def x(self, rank: float) -> float:
        return self.left + (rank - 1) / max(self.worst - 1, 1) * _AXIS_WIDTH


def to_svg(batch: Batch, answer: Answer | None = None) -> str:
    """Return the picture of an answer, by default the one over all data sets.

    Rank 1, the best, is on the left. The ruler shows the critical difference of Nemenyi's test; a thick
    bar joins rows that it does not tell apart. Without a test there are ranks only.
    """
    found = batch.answer if answer is None else answer
    rows = found.rows
    labels = [_short(view.name(row)) for row in rows]
    half = (len(rows) + 1) // 2
    longest = max((len(text) for text in labels), default=0) + len("  10.00")
    margin = 32 + _LETTER * longest
    frame = _Frame(margin, max(len(rows), 2))
    first = _AXIS_Y + 30 + _BAR_STEP * len(found.cliques)
    height = first + _ROW_STEP * max(half, 1) + 34
    caption = _caption(found, batch)
    width = max(2 * margin + _AXIS_WIDTH, 24 + _LETTER * 0.92 * len(caption))
    parts = [*_axis(frame), *_ruler(found, frame), *_bars(found, frame)]
    for i, row in enumerate(rows):
        left = i < half
        y = first + _ROW_STEP * (i if left else len(rows) - 1 - i)
        parts += _row(labels[i], row.mean_rank, y, frame, left=left)
    parts.append(_text(12, height - 14, caption, anchor="start", quiet=True))
    style = f"font: {SIZE}px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" style="{style}">\n'
        f"<title>{escape(safe(found.headline))}</title>\n"
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _axis(frame: _Frame) -> list[str]:
    parts = [_line(frame.x(1), _AXIS_Y, frame.x(frame.worst), _AXIS_Y, 1.2)]
    step = max(1, round(frame.worst / 12))
    ticks = sorted({*range(1, frame.worst + 1, step), frame.worst})
    if len(ticks) > 2 and ticks[-1] - ticks[-2] < step:
        ticks.pop(-2)
    for rank in ticks:
        parts.append(_line(frame.x(rank), _AXIS_Y - 6, frame.x(rank), _AXIS_Y, 1.2))
        parts.append(_text(frame.x(rank), _AXIS_Y - 11, str(rank), anchor="middle"))
    return parts


def _ruler(answer: Answer, frame: _Frame) -> list[str]:
    width = answer.critical_difference
    if not isfinite(width):
        return []
    start, end = frame.x(1), frame.x(1 + width)
    ends = [_line(x, 36, x, 46, 1.2) for x in (start, end)]
    label = f"critical difference {width:.2f}"
    return [_line(start, 41, end, 41, 1.2), *ends, _text(start, 28, label, anchor="start")]


def _bars(answer: Answer, frame: _Frame) -> list[str]:
    parts = []
    for number, clique in enumerate(answer.cliques):
        y = _AXIS_Y + 14 + _BAR_STEP * number
        ranks = [answer.rows[i].mean_rank for i in clique]
        start, end = frame.x(min(ranks)) - 4, frame.x(max(ranks)) + 4
        parts.append(_line(start, y, end, y, 4.5, colour="#0969da", cap="round"))
    return parts


def _row(label: str, rank: float, y: float, frame: _Frame, *, left: bool) -> list[str]:
    x = frame.x(rank)
    end = frame.x(1) - 14 if left else frame.x(frame.worst) + 14
    text = f"{label}  {rank:.2f}" if left else f"{rank:.2f}  {label}"
    path = f'<path d="M{x:.1f},{_AXIS_Y} V{y:.1f} H{end:.1f}" fill="none" stroke="#656d76"/>'
    dot = f'<circle cx="{x:.1f}" cy="{_AXIS_Y}" r="3.2" fill="#1f2328"/>'
    at = end - 6 if left else end + 6
    return [path, dot, _text(at, y + 4.5, text, anchor="end" if left else "start")]


def _caption(answer: Answer, batch: Batch) -> str:
    metric = metric_name(batch.settings["metric"])
    over = plural(len(answer.data), "data set") + (f" ({answer.group})" if answer.group else "")
    tail = "; bars join what Nemenyi's test (5 %) does not tell apart" if answer.friedman else "; not tested"
    return f"Mean ranks by {metric} over {over}, 1 is best{tail}"


def _short(text: str) -> str:
    text = safe(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _line(
    x1: float, y1: float, x2: float, y2: float, width: float, *, colour: str = "#1f2328", cap: str = "butt"
) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}" stroke-linecap="{cap}"/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str, quiet: bool = False) -> str:
    colour = "#656d76" if quiet else "#1f2328"
    size = f' font-size="{SIZE - 1}"' if quiet else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{size} '
        f'xml:space="preserve">{escape(text)}</text>'
    )
