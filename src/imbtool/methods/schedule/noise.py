"""Matrices of wrong labels as text. Imports nothing heavy: recipes are checked with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_noise(text: str) -> tuple[tuple[float, ...], ...]:
    """Return the rows of the matrix that a text spells: rows by semicolons, cells by commas.

    Raises
    ------
    UsageError
        It is not a square of probabilities whose columns sum to 1.
    """
    try:
        rows = tuple(tuple(float(cell) for cell in row.split(",")) for row in text.split(";"))
    except ValueError:
        rows = ()
    square = bool(rows) and all(len(row) == len(rows) for row in rows)
    if not (square and all(0.0 <= cell <= 1.0 for row in rows for cell in row) and _sums_to_one(rows)):
        raise UsageError(
            f"rent: `noise` must be a square matrix of probabilities whose columns sum to 1; got {text!r}.",
            hint='Cell (i, j): the probability that class j is labelled i: rent(noise="0.98,0.2;0.02,0.8").',
            code="bad-parameter",
        )
    return rows


def check_noise(params: Mapping[str, Any]) -> None:
    """Refuse a matrix that is none, before anything is trained."""
    if params.get("noise") is not None:
        read_noise(str(params["noise"]))


def _sums_to_one(rows: tuple[tuple[float, ...], ...]) -> bool:
    return all(abs(sum(column) - 1.0) < 1e-6 for column in zip(*rows, strict=True))
