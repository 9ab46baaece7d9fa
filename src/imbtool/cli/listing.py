"""Plain aligned lists, and catalogue rows as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.info import MethodInfo, Param

PARAM = ("name", "type", "default", "summary", "low", "high", "choices", "optional")


ROOM = 24
"""Columns of a screen that the last column of a list needs to be worth folding."""


def aligned(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    width: int | None = None,
) -> str:
    """Return rows as columns set apart by two blanks, without trailing blanks; `right` names numbers.

    Where there is a `width`, that of a screen, the last column is folded between words to fit into it.
    """
    lines = [header, *rows] if header else list(rows)
    if not lines:
        return ""
    if width is not None:
        room = width - sum(max(len(line[i]) for line in lines) + 2 for i in range(len(lines[0]) - 1))
        lines = [part for line in lines for part in _folded(line, room)] if room >= ROOM else lines
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]

    def padded(line: Sequence[str]) -> str:
        cells = (c.rjust(widths[i]) if i in right else c.ljust(widths[i]) for i, c in enumerate(line))
        return "  ".join(cells).rstrip()

    return "".join(f"{padded(line)}\n" for line in lines)


def _folded(line: Sequence[str], room: int) -> list[Sequence[str]]:
    """Return a row as several, its last cell folded between words."""
    from textwrap import wrap

    first, *others = wrap(line[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
    blank = [""] * (len(line) - 1)
    return [(*line[:-1], first), *((*blank, text) for text in others)]


def method_row(row: MethodInfo) -> dict[str, Any]:
    """Return a row of the catalogue for JSON."""
    return {
        "name": row.name,
        "kind": row.kind,
        "summary": row.summary,
        "helps_when": row.when,
        "default": row.default,
        "parameters": [{name: getattr(param, name) for name in PARAM} for param in row.params],
        "paper": row.paper,
        "cost": row.cost,
        "needs": list(row.needs),
        "aliases": list(row.aliases),
    }


def parameter_line(param: Param) -> str:
    """Return one parameter with its default, its range and what it does."""
    return f"{param.name}={_value(param.default)}  {param.summary} ({_range(param)})"


def _value(value: object) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _range(param: Param) -> str:
    if param.choices:
        text = " | ".join(param.choices)
    elif param.type == "bool":
        text = "true or false"
    elif param.low is not None and param.high is not None:
        text = f"{param.type}, {param.low:g} to {param.high:g}"
    elif param.low is not None:
        text = f"{param.type}, {param.low:g} or more"
    else:
        text = param.type
    return f"{text}, or none" if param.optional else text
