"""Small bars made of characters."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.evaluation.result import Estimate
    from imbtool.report.view import Scale


def share_bar(share: float, width: int, *, unicode: bool = True) -> str:
    """Return a horizontal bar whose length is `share` of `width`; never empty for a share above 0."""
    if not isfinite(share) or share <= 0:
        return ""
    return ("━" if unicode else "=") * max(1, round(share * width))


def interval_bar(
    estimate: Estimate, scale: Scale, width: int, *, reference: float | None = None, unicode: bool = True
) -> str:
    """Return an interval on a common axis, ``├──●──┤``, with a dotted line at `reference`."""
    line, dot, left, right, mark, crossed = "─●├┤┊┼" if unicode else "-o[]:+"
    cells = [" "] * width

    def cell(value: float) -> int:
        return min(round(scale.place(value, width - 1)), width - 1)

    if isfinite(estimate.low) and isfinite(estimate.high):
        low, high = cell(estimate.low), cell(estimate.high)
        cells[low : high + 1] = [line] * (high - low + 1)
        if high > low:
            cells[low], cells[high] = left, right
    if reference is not None and isfinite(reference):
        cells[cell(reference)] = mark if cells[cell(reference)] == " " else crossed
    cells[cell(estimate.mean)] = dot
    return "".join(cells)


def axis(scale: Scale, width: int) -> str:
    """Return the ends of the axis, set at the ends of `width`."""
    low, high = f"{scale.low:.2f}", f"{scale.high:.2f}"
    return low + high.rjust(width - len(low))
