"""Opening a store: nothing in the file is executed, and a file that is not ours is left alone."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imbtool.store import faults, schema
from imbtool.store.store import Store, transaction

if TYPE_CHECKING:
    from os import PathLike

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

_HEAD = b"SQLite format 3\0"


def open_store(path: str | PathLike[str], *, create: bool = True, patience: float = PATIENCE) -> Store:
    """Open a store, make it when it is not there.

    Parameters
    ----------
    path : path
    create : bool, default True
        Make the file when there is none; its folder must exist.
    patience : float, default 30
        Seconds to wait, here and later, while another process writes.

    Raises
    ------
    OutputError
        Codes ``store-unusable``, ``store-full``, ``store-busy``.
    DataError
        Codes ``store-missing``, ``store-foreign``, ``store-damaged``, ``store-newer``.
    """
    place = Path(path).expanduser()
    with faults.explained(place):
        if not _is_there(place, create=create):
            raise faults.missing(place)
        connection = sqlite3.connect(place, timeout=patience, isolation_level=None)
        try:
            _prepare(connection, place)
        except BaseException:
            connection.close()
            raise
    return Store(place, connection)


def _is_there(place: Path, *, create: bool) -> bool:
    """Whether the file can be opened; raise what the system says about it in its own words."""
    if "\0" in str(place):
        raise faults.unusable(place, "its name holds a null character")
    if place.is_dir():
        raise faults.unusable(place, "it is a folder")
    if not place.exists():
        if create and not place.parent.is_dir():
            raise faults.unusable(place, f"there is no folder {place.parent}")
        return create
    with place.open("r+b") as file:
        head = file.read(100)
    if head and not head.startswith(_HEAD):
        raise faults.foreign(place)
    if head and len(head) < 100:
        raise faults.damaged(place, "it ends within its first lines")
    if not os.access(place.parent, os.W_OK):
        raise faults.unusable(place, f"the folder {place.parent} is not writable")
    return True


def _prepare(connection: sqlite3.Connection, place: Path) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    if _is_empty(connection):
        with transaction(connection):
            if _is_empty(connection):  # another process may have been faster
                schema.create(connection)
    _check(connection, place)
    _use_wal(connection)
    # In WAL mode a kill of the process loses nothing with NORMAL; only a power cut may lose the last trials.
    connection.execute("PRAGMA synchronous = NORMAL")
    with transaction(connection):  # a write even where nothing is new: a full or read-only disk shows now
        schema.upgrade(connection)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return schema.pragma(connection, "application_id") == 0 and not schema.objects(connection)


def _check(connection: sqlite3.Connection, place: Path) -> None:
    if schema.pragma(connection, "application_id") != schema.APPLICATION_ID:
        raise faults.foreign(place)
    version = schema.pragma(connection, "user_version")
    if version > schema.VERSION:
        raise faults.newer(place, version, schema.VERSION)
    if not schema.is_ours(connection, max(version, 1)):
        raise faults.foreign(place)
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise faults.damaged(place, " ".join(found.split()).rstrip("."))


def _use_wal(connection: sqlite3.Connection) -> None:
    """Change to write-ahead logging; SQLite does not wait by itself when another process has just begun."""
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == 49:
                raise
            time.sleep(0.05)
        else:
            return
