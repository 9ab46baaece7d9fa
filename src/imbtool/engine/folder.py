"""The folder in which one process shares data with its workers, and what killed ones left behind."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

PREFIX = "imbtool-shared-"
LOCK = "lock"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 << 30
"""Bytes that must be free in memory for it to be used."""


class SharedFolder:
    """A private folder, in memory where there is room, that is gone when its owner is.

    The owner holds a lock on a file in it. Folders whose lock nobody holds belonged to processes that
    were killed, and are removed when the next one is made.
    """

    def __init__(self) -> None:
        place = _place()
        _sweep(place)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        self._lock = (self.path / "new").open("wb")
        _locked(self._lock)
        (self.path / "new").rename(self.path / LOCK)  # seen by others only when it is locked

    def new_file(self) -> Path:
        """Return the path of a new file."""
        handle, name = tempfile.mkstemp(dir=self.path)
        with open(handle, "wb"):  # noqa: PTH123 - a descriptor
            return Path(name)

    def in_memory(self) -> int:
        """Return the bytes of memory that its files take: all of them, or none where they are on a disk."""
        if self.path.parent != MEMORY:
            return 0
        return sum(file.stat().st_size for file in self.path.iterdir())

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _place() -> Path:
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM:
            return MEMORY
    return Path(tempfile.gettempdir())


def _sweep(place: Path) -> None:
    """Remove the folders of owners that are no more."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / LOCK).open("r+b") as lock:
            if _locked(lock):
                shutil.rmtree(folder, ignore_errors=True)


def _locked(file: Any) -> bool:
    """Lock a file until it is closed; return False when another process has done so, or none can."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
