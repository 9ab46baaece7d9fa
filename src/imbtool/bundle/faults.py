"""What is wrong with a bundle, as errors."""

from __future__ import annotations

from imbtool.core.errors import DataError

AGAIN = "Get the file again from where it was made, or make it anew with `imbtool fit`."


def damaged(label: str, why: str) -> DataError:
    """Return the error for a file that is cut off or broken."""
    return DataError(f"{label} is damaged: {why}.", hint=AGAIN, code="bundle-damaged")


def unsafe(label: str, why: str) -> DataError:
    """Return the error for a file that holds what no model holds; nothing in it was opened."""
    return DataError(
        f"{label} is refused: {why}.",
        hint="imbtool does not write such a file; do not trust where it comes from.",
        code="bundle-unsafe",
    )


def invalid(label: str, why: str) -> DataError:
    """Return the error for contents that do not fit together."""
    return DataError(f"{label} cannot be read as a model: {why}.", hint=AGAIN, code="bundle-invalid")
