"""The progress of a whole suite, put together from that of its comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.core.progress import Progress


class SuiteProgress:
    """Shows the trials of all comparisons as one count; stands in for the progress of each of them.

    How many trials the comparisons to come will have is taken to be the mean of those that began.

    Parameters
    ----------
    shown : Progress
        What the user sees.
    n_comparisons : int
        Data sets times seeds.
    """

    def __init__(self, shown: Progress, n_comparisons: int) -> None:
        self._shown, self._n = shown, n_comparisons
        self._begun = self._own = self._before = self._done = 0
        self._where = ""

    def next(self, where: str) -> None:
        """Begin a comparison; `where` names it."""
        self._before, self._own = self._done, 0
        self._begun += 1
        self._where = f"[{self._begun}/{self._n}] {where}"
        self._shown.advance(0, f"{self._where}: reading")

    def start(self, total: int, description: str) -> None:
        """Take in how many trials this comparison has."""
        self._own = total
        seen = self._before + total
        left = round(seen / self._begun * (self._n - self._begun))
        self._shown.start(seen + left, f"{self._where}: {description}")

    def advance(self, done: int, description: str) -> None:
        """Hand on what was done."""
        self._done += done
        self._shown.advance(done, f"{self._where}: {description}")

    def note(self, text: str) -> None:
        """Hand on a line, with the data set it is about."""
        self._shown.note(f"{self._where}: {text}")

    def finish(self) -> None:
        """One comparison ended; the suite goes on."""

    def end(self) -> None:
        """End the suite."""
        self._shown.finish()
