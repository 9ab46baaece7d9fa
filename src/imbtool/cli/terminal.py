"""The one place that knows about streams, colour and width."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Literal

from imbtool.core.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

Colour = Literal["auto", "always", "never"]
PIPED_WIDTH = 100
SHARED = ("quiet", "verbose", "color", "traceback")


class Terminal:
    """Standard output for the answer, standard error for all talk.

    Parameters
    ----------
    out, err : text stream
    colour : {"auto", "always", "never"}
        For `console`.
    quiet : bool
        No progress, no notes, no summary on standard error; errors are still told.
    verbose : bool
        Show everything.
    """

    def __init__(
        self,
        out: IO[str],
        err: IO[str],
        colour: Colour = "auto",
        *,
        quiet: bool = False,
        verbose: bool = False,
    ) -> None:
        self._out, self._err, self._colour = out, err, colour
        self.quiet, self.verbose = quiet, verbose

    @classmethod
    def of(cls, params: dict[str, Any]) -> Terminal:
        """Take the shared options out of `params` and return the terminal they describe."""
        found = {name: params.pop(name, None) for name in SHARED}
        return cls(
            sys.stdout,
            sys.stderr,
            found["color"] or "auto",
            quiet=bool(found["quiet"]),
            verbose=bool(found["verbose"]),
        )

    @cached_property
    def err(self) -> Console:
        """The console of standard error, made when something is first drawn there."""
        return console(self._err, self._colour)

    @property
    def live(self) -> bool:
        """Whether standard error can show a moving bar."""
        return self._err.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")

    @property
    def seen(self) -> bool:
        """Whether standard output is a terminal."""
        return self._out.isatty()

    @property
    def width(self) -> int | None:
        """Columns of the terminal that answers are shown on; None where they go elsewhere."""
        return shutil.get_terminal_size().columns if self.seen else None

    def say(self, text: str) -> None:
        """Tell one line on standard error, unless told to be quiet."""
        if self.quiet:
            return
        from imbtool.report.words import safe

        line = f"imbtool: {safe(text)}"
        try:
            if "err" in vars(self):  # a bar may be moving there, and must stay below
                self.err.print(line, soft_wrap=True)
            else:
                self._err.write(f"{line}\n")
                self._err.flush()
        except BrokenPipeError:
            hush(self._err)

    def answer(self, text: str) -> None:
        """Write text to standard output as it is."""
        write(self._out, text)

    def show(self, draw: Callable[[Console], None]) -> None:
        """Let `draw` write to standard output; a reader that went away has had enough."""
        try:
            draw(console(self._out, self._colour))
            self._out.flush()
        except OSError as error:
            gone(self._out, error)


def console(stream: IO[str], colour: Colour = "auto") -> Console:
    """Return a console that follows ``--color``, then NO_COLOR, FORCE_COLOR, then the stream.

    Colour never decides the layout: only a real terminal gets boxes and bars.
    """
    from imbtool.cli.drawing import StreamConsole

    terminal = stream.isatty()
    return StreamConsole(
        file=stream,
        force_terminal=terminal,
        color_system=_colour_system(colour, terminal, os.environ),
        no_color=False,
        width=None if terminal else PIPED_WIDTH,
        highlight=False,
        emoji=False,
        markup=False,
    )


def _colour_system(colour: Colour, terminal: bool, environ: Mapping[str, str]) -> Any:
    """Return Rich's name of the colour system, or None for no colour at all."""
    wanted = {"always": True, "never": False}.get(colour)
    if wanted is None and environ.get("NO_COLOR"):
        wanted = False
    if wanted is None and environ.get("FORCE_COLOR"):
        wanted = True
    if wanted is None:
        wanted = terminal and environ.get("TERM") not in ("dumb", "unknown")
    if not wanted:
        return None
    return "auto" if terminal and environ.get("TERM", "dumb") not in ("dumb", "unknown") else "standard"


def write(stream: IO[str], text: str) -> None:
    """Write and flush; a reader that went away has had enough, which is no error."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        gone(stream, error)


def gone(stream: IO[str], error: OSError) -> None:
    """Let go of a stream that takes nothing any more.

    Raises
    ------
    OutputError
        Code ``output-not-writable``, unless a reader has only had enough, or it is standard error, where
        nothing can be told.
    """
    hush(stream)
    if not isinstance(error, BrokenPipeError) and stream is not sys.stderr:
        raise OutputError(
            f"Standard output cannot be written: {error.strerror or error}.",
            hint="Make room, or send it somewhere else.",
            code="output-not-writable",
        ) from error


def hush(stream: IO[str]) -> None:
    """Point a stream nobody reads at nothing, so that closing it at exit stays silent."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
