"""How long work tells what it is doing; the library knows nothing of terminals."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by a run what has been done; shows it or not."""

    def start(self, total: int, description: str) -> None:
        """Begin: `total` units are planned. Called again when the plan grows."""

    def advance(self, done: int, description: str) -> None:
        """`done` further units are finished; `description` names what was just done."""

    def note(self, text: str) -> None:
        """Say one line that matters now."""

    def finish(self) -> None:
        """End, also after an error."""


class NullProgress:
    """Shows nothing."""

    def start(self, total: int, description: str) -> None:
        """Ignore the start."""

    def advance(self, done: int, description: str) -> None:
        """Ignore the step."""

    def note(self, text: str) -> None:
        """Ignore the note."""

    def finish(self) -> None:
        """Ignore the end."""
