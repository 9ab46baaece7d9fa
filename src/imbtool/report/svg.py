"""Parts of pictures: lines, texts, dots and axes as SVG."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INK, QUIET, FAINT = "#1f2328", "#656d76", "#d8dee4"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart with the usual kinds of colour blindness (Okabe and Ito, 2008)."""
DASHES = ("", "7 3", "2 2.5", "9 3 2 3", "5 2", "1 2")
"""Line styles that go with them, for prints without colour."""


def page(parts: Iterable[str], width: float, height: float, title: str) -> str:
    """Return a whole picture on white."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" style="font: 13px {FONT}">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values between two ends."""
    rough = (high - low) / about or 1.0
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
    return [i * step for i in range(ceil(low / step), floor(high / step) + 1)]


def points(places: Iterable[tuple[float, float]]) -> str:
    """Return places as the attribute ``points`` has them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def path(places: Sequence[tuple[float, float]], colour: str, *, width: float = 2.0, dash: str = "") -> str:
    """Return a polyline."""
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{points(places)}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
        f' stroke-linejoin="round"{style}/>'
    )


def area(places: Sequence[tuple[float, float]], colour: str, opacity: float = 0.18) -> str:
    """Return a filled shape without an edge."""
    return f'<polygon points="{points(places)}" fill="{colour}" fill-opacity="{opacity:g}"/>'


def dot(x: float, y: float, colour: str, radius: float = 4.5) -> str:
    """Return a dot with a white edge."""
    where = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"'
    return f'<circle {where} fill="{colour}" stroke="#ffffff" stroke-width="1.5"/>'


def line(
    x1: float, y1: float, x2: float, y2: float, *, colour: str = INK, width: float = 1.0, dash: str = ""
) -> str:
    """Return a straight line."""
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{style}/>'
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    quiet: bool = False,
    size: int = 12,
    bold: bool = False,
    colour: str = "",
) -> str:
    """Return a line of text, escaped."""
    fill = colour or (QUIET if quiet else INK)
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}"{weight}>'
        f"{escape(words)}</text>"
    )
