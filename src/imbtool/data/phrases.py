"""Small helpers for sentences in findings and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def count(n: int, noun: str, plural: str = "") -> str:
    """Return ``"1 row"``, ``"2,000 rows"``."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def some(words: Iterable[object], limit: int = 5) -> str:
    """Return the first few words, quoted, with an ellipsis when there are more."""
    listed = [str(word) for word in words]
    shown = ", ".join(repr(shorten(word)) for word in listed[:limit])
    return shown + (", ..." if len(listed) > limit else "")


def shorten(text: str, width: int = 40) -> str:
    """Cut a long text."""
    return text if len(text) <= width else text[: width - 3] + "..."
