"""Progress on standard error: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from imbtool.core.progress import NullProgress
from imbtool.report.words import duration, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imbtool.cli.terminal import Terminal
    from imbtool.core.progress import Progress as ProgressProtocol

EVERY = 3.0
"""Seconds between two lines when there is no terminal."""


class Left(ProgressColumn):
    """How much is done and how long the rest will take; nothing before that is known."""

    max_refresh = 0.5

    def __init__(self, until: float | None) -> None:
        super().__init__()
        self._until = until

    def render(self, task: Task) -> Text:
        """Return ``12/210  35 s left``."""
        if task.total is None:
            return Text()
        rest = task.time_remaining
        left = "" if rest is None else f"  {duration(_at_most(rest, self._until, time.monotonic()))} left"
        return Text(f"{int(task.completed)}/{int(task.total)}{left}")


def _at_most(seconds: float, until: float | None, now: float) -> float:
    """Return the time left, which ends with the budget."""
    return seconds if until is None else min(seconds, max(until - now, 0.0))


class BarProgress:
    """A bar with the current step and the time left; gone when the work is done."""

    def __init__(self, terminal: Terminal, opening: str, until: float | None = None) -> None:
        self._terminal = terminal
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=24),
            Left(until),
            TextColumn("{task.description}", markup=False),
            console=terminal.err,
            transient=True,
        )
        self._task = self._progress.add_task(self._short(opening), total=None)
        self._progress.start()

    def start(self, total: int, description: str) -> None:
        """Set the length of the bar."""
        self._progress.update(self._task, total=total, description=self._short(description))

    def advance(self, done: int, description: str) -> None:
        """Move the bar."""
        self._progress.update(self._task, advance=done, description=self._short(description))

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(Text(f"imbtool: {safe(text)}"))

    def finish(self) -> None:
        """Take the bar away."""
        self._progress.stop()

    def _short(self, text: str) -> str:
        room = max(12, self._terminal.err.width - 56)
        text = safe(text)
        return text if len(text) <= room else f"{text[: room - 3]}..."


class LineProgress:
    """One plain line at the start and every few seconds."""

    def __init__(
        self,
        terminal: Terminal,
        opening: str,
        until: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal, self._until, self._clock = terminal, until, clock
        self._done = self._total = 0
        self._begun = self._said = clock()
        terminal.say(opening)

    def start(self, total: int, description: str) -> None:
        """Say how much there is to do, the first time."""
        if not self._total:
            self._begun = self._said = self._clock()
            self._terminal.say(f"{description}: 0/{total}")
        self._total = total

    def advance(self, done: int, description: str) -> None:
        """Say where the work is, when some seconds have passed; how long it takes, when that is known."""
        self._done += done
        now = self._clock()
        if now - self._said < EVERY:
            return
        self._said = now
        if not self._total:
            self._terminal.say(description)
            return
        left = (now - self._begun) / max(self._done, 1) * max(self._total - self._done, 0)
        left = _at_most(left, self._until, now)
        self._terminal.say(f"{self._done}/{self._total} {description}, about {duration(left)} left")

    def note(self, text: str) -> None:
        """Say it."""
        self._terminal.say(text)

    def finish(self) -> None:
        """Nothing stays to be taken away."""


@contextmanager
def progress(
    terminal: Terminal, opening: str, *, answering: bool = False, until: float | None = None
) -> Iterator[ProgressProtocol]:
    """Show progress while the body runs; `opening` is told at once.

    With `answering` the body writes to standard output itself: on the same terminal a bar would run into it.
    `until` is the moment of `time.monotonic` at which the budget ends, and with it the time left.
    """
    if terminal.quiet:
        yield NullProgress()
        return
    shown: BarProgress | LineProgress
    bar = terminal.live and not (answering and terminal.seen)
    shown = (BarProgress if bar else LineProgress)(terminal, opening, until)
    try:
        yield shown
    finally:
        shown.finish()
