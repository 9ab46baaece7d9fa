"""What the report is written on: a terminal with boxes and bars, or a pipe with plain lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.box import ASCII, ROUNDED
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from imbtool.report.words import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

PIPED_WIDTH = 100
WIDEST = 160
_TRAILING = re.compile(r"[ ]+((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Paper:
    """A console with the few shapes that the report is made of.

    Parameters
    ----------
    console : Console
    plain : bool
        No boxes and no bars: the output is not a terminal.
    """

    console: Console
    plain: bool

    @property
    def width(self) -> int:
        """Characters a line."""
        return PIPED_WIDTH if self.plain else min(self.console.width, WIDEST)

    @property
    def unicode(self) -> bool:
        """Whether the output can carry more than ASCII."""
        return self.console.encoding.startswith("utf")

    def write(self, *things: RenderableType, wrap: bool = True) -> None:
        """Print renderables; in a pipe without trailing blanks."""
        if not self.plain:
            for thing in things:
                self.console.print(thing, soft_wrap=not wrap, width=self.width if wrap else None)
            return
        text = StringIO()
        colours: Any = self.console.color_system
        draft = Console(file=text, width=PIPED_WIDTH, color_system=colours, force_terminal=False)
        for thing in things:
            draft.print(thing, soft_wrap=not wrap)
        self.console.file.write(_TRAILING.sub(r"\1", text.getvalue()))

    def heading(self, title: str, remark: str = "") -> None:
        """Print the title of a section, set off by an empty line."""
        line = Text(f"\n{title}", style="bold")
        line.append(f"  {safe(remark)}" if remark else "", style="not bold")
        self.write(line)

    def pairs(self, rows: Iterable[tuple[str | Text, str | Text]], *, gap: int = 3) -> None:
        """Print labels with their values, values aligned and wrapped under themselves.

        A label that repeats the one before it is left blank.
        """
        grid = Table.grid(padding=(0, gap, 0, 0))
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column()
        before: str | Text = ""
        for label, value in rows:
            shown = Text() if label == before else label if isinstance(label, Text) else Text(label)
            grid.add_row(shown, value if isinstance(value, Text) else Text(safe(value)))
            before = label
        if grid.row_count:
            self.write(Padding(grid, (0, 0, 0, 2)))

    def panel(self, title: str, headline: str, sentences: Sequence[str], colour: str) -> None:
        """Print the verdict: the headline first, the sentences under it."""
        if self.plain:
            self.heading(title)
            self.write(Padding(Text(safe(headline)), (0, 0, 0, 2)))
            for sentence in sentences:
                self.pairs([("-", sentence)], gap=1)
            return
        body = Table.grid(padding=(0, 1, 0, 0))
        body.add_column(no_wrap=True)
        body.add_column()
        for sentence in sentences:
            body.add_row("·" if self.unicode else "-", Text(safe(sentence)))
        inside = Table.grid()
        inside.add_row(Text(safe(headline), style="bold"))
        if sentences:
            inside.add_row("")
            inside.add_row(body)
        self.write(
            "",
            Panel(
                inside,
                title=Text(title, style="bold"),
                title_align="left",
                box=ROUNDED if self.unicode else ASCII,
                border_style=colour,
                padding=(1, 2),
                width=min(self.width, 100),
            ),
        )
