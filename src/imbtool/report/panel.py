"""A panel of a picture of curves: its place, its axes and their grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.report import svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.core.types import FloatArray

WIDE, HIGH, GAP = 340, 270, 66
"""Pixels of a panel, and between panels."""
LEFT = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Where a panel lies, and its axes: from `low` to `high` in both directions.

    `x`, `y` are pixels of the upper left corner.
    """

    x: float
    y: float
    title: str
    across: str
    up: str
    low: float = 0.0
    high: float = 1.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a place, which is kept inside the panel."""
        inside = min(max(y, self.low), self.high)
        return self.x + x * WIDE, self.y + (self.high - inside) / (self.high - self.low) * HIGH

    def places(self, x: Sequence[float], y: Sequence[float] | FloatArray) -> list[tuple[float, float]]:
        """Return the pixels of places."""
        return [self.at(float(a), float(b)) for a, b in zip(x, y, strict=True)]

    def mark(self, x: float, what: str) -> Iterator[str]:
        """Yield a dashed line from bottom to top, and what it marks."""
        end = x > 0.5
        yield svg.line(*self.at(x, self.low), *self.at(x, self.high), colour=svg.INK, dash="5 3")
        place = self.at(x + (-0.02 if end else 0.02), self.low + 0.92 * (self.high - self.low))
        yield svg.text(*place, what, anchor="end" if end else "start")

    def frame(self) -> Iterator[str]:
        """Yield title, grid and the names of the axes."""
        yield svg.text(self.x, self.y - 12, self.title, size=13, bold=True)
        bottom = self.y + HIGH
        for value in svg.ticks(self.low, self.high):
            _, y = self.at(0, value)
            yield svg.line(self.x, y, self.x + WIDE, y, colour=svg.FAINT)
            yield svg.text(self.x - 7, y + 4, _number(value), anchor="end", size=11)
        for value in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            x, _ = self.at(value, self.low)
            yield svg.line(x, bottom, x, bottom + 4)
            yield svg.text(x, bottom + 17, f"{value:g}", anchor="middle", size=11)
        yield svg.line(self.x, bottom, self.x + WIDE, bottom)
        yield svg.text(self.x + WIDE / 2, bottom + 34, self.across, anchor="middle", quiet=True)
        middle = self.y + HIGH / 2
        turned = svg.text(0, 0, self.up, anchor="middle", quiet=True)
        yield f'<g transform="translate({self.x - 42:.0f} {middle:.0f}) rotate(-90)">{turned}</g>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
