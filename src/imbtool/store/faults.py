"""What users are told when SQLite or the system refuses."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imbtool.core.errors import DataError, ImbtoolError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ELSEWHERE = "Name another file with --store, or do without one: --no-store."
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the system into ours."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, ImbtoolError):
            raise
        raise fault(path, error) from error


def fault(path: Path, error: Exception) -> ImbtoolError:
    """Return the error that says what is wrong with the store at `path`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of the bits are details
    if code == sqlite3.SQLITE_NOTADB:
        return foreign(path)
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path, str(error))
    if code == sqlite3.SQLITE_FULL:
        return OutputError(
            f"The store {path} cannot grow: the disk is full.",
            hint=f"Make room (`imbtool runs prune` also helps). {ELSEWHERE}",
            code="store-full",
        )
    if code in _BUSY:
        return OutputError(
            f"The store {path} is locked by another process.",
            hint=f"Wait until it is done, or stop it. {ELSEWHERE}",
            code="store-busy",
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return unusable(path, reason)


def unusable(path: Path, reason: str) -> OutputError:
    """Return the error for a store that the system does not let us use."""
    return OutputError(
        f"The store {path} cannot be used: {reason}.",
        hint=f"The file and its folder must be writable. {ELSEWHERE}",
        code="store-unusable",
    )


def foreign(path: Path) -> DataError:
    """Return the error for a file that is something else."""
    return DataError(
        f"{path} is not a store of imbtool; it was left as it is.",
        hint=ELSEWHERE,
        code="store-foreign",
    )


def damaged(path: Path, reason: str) -> DataError:
    """Return the error for a store with broken pages or values."""
    return DataError(
        f"The store {path} is damaged: {reason}. It was left as it is.",
        hint=f"Move it away to start a new one; `sqlite3 {path} .recover` may save its rows. {ELSEWHERE}",
        code="store-damaged",
    )


def newer(path: Path, version: int, known: int) -> DataError:
    """Return the error for a store that a later imbtool made."""
    return DataError(
        f"The store {path} has schema version {version}; this imbtool reads up to {known}.",
        hint=f"Upgrade with: pip install --upgrade imbtool. {ELSEWHERE}",
        code="store-newer",
    )


def missing(path: Path) -> DataError:
    """Return the error for a store that is not there."""
    return DataError(
        f"There is no store {path} yet.",
        hint="`imbtool compare` makes one; --store FILE names another.",
        code="store-missing",
    )
