"""Rich's console as this command line wants it; apart, so that what draws nothing need not import Rich."""

from __future__ import annotations

from rich.console import Console


class StreamConsole(Console):
    """A console that leaves closed pipes to its caller; Rich would leave the program."""

    def on_broken_pipe(self) -> None:
        """Pass the error on."""
        raise BrokenPipeError
