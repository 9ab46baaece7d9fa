"""Seeing which files and connections a piece of code opens."""

from __future__ import annotations

import os
import sys
import sysconfig
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVENTS = {"open": 0, "sqlite3.connect": 0, "socket.connect": 1}
_seen: list[str] | None = None
_installed = False


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give a list that fills with what is opened until the block ends.

    Files that belong to Python, to installed packages or to the system are left out. The interpreter's
    audit hook, which cannot be taken away again, is put in place at the first use and rests outside of
    such blocks. Files opened by compiled code alone are not seen.
    """
    global _seen, _installed  # noqa: PLW0603 - there is one audit hook for the process
    if not _installed:
        sys.addaudithook(_note)
        _installed = True
    before, _seen = _seen, []
    found = _seen
    try:
        yield found
    finally:
        _seen = before


def _note(event: str, args: tuple[object, ...]) -> None:
    if _seen is None or event not in _EVENTS:
        return
    place = args[_EVENTS[event]]
    if isinstance(place, str | bytes | os.PathLike):
        name = os.fsdecode(place)
        if not _own(name):
            _seen.append(name)
    elif event != "open":
        _seen.append(str(place))


def _own(name: str) -> bool:
    """Whether a file belongs to Python, an installed package or the system."""
    path = os.path.abspath(name)  # noqa: PTH100 - pathlib would call back into what is watched
    homes = {*map(os.path.realpath, sysconfig.get_paths().values()), sys.prefix, sys.base_prefix}
    endings = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dll", ".dylib", ".typed")
    system = ("/proc", "/sys", "/dev", "/etc", "/usr/lib", "/usr/share/zoneinfo")
    return path.endswith(endings) or path.startswith((*system, *(h.rstrip(os.sep) + os.sep for h in homes)))
