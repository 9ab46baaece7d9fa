# ruff: noqa: PTH118, PTH123, PTH208 - pathlib costs more to import than this look takes
"""Who offers methods, learners and metrics: the entry points of the groups ``imbtool.*``.

`importlib.metadata` costs more to import than the whole catalogue does. It is asked only where another
package may offer something: where a file ``entry_points.txt`` beside the installed packages has the word
imbtool in it and is not our own, or where such files cannot be looked at (a path that is an archive, a
finder of its own).
"""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, NamedTuple

from imbtool.core.info import load_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OURS = "imbtool"


class Door(NamedTuple):
    """One entry point: the package that offers it, its ``"module:attribute"``, and how to load that."""

    package: str
    value: str
    load: Callable[[], Any]


def doors(group: str) -> list[Door]:
    """Return the entry points of a group, ours first, the others by their names."""
    own = _only_ours()
    if own is not None:
        return [Door(package=OURS, value=v, load=partial(load_target, v)) for v in _values(own, group)]
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=group), key=lambda e: (e.name != OURS, e.name))
    return [Door(package=e.dist.name if e.dist else e.name, value=e.value, load=e.load) for e in found]


def _only_ours() -> str | None:
    """Return our own ``entry_points.txt`` where no other can name one of our groups, else None."""
    if any(hasattr(finder, "find_distributions") and finder is not PathFinder for finder in sys.meta_path):
        return None
    try:
        named = [(name, text) for name, text in _declared() if OURS in text]
    except OSError:
        return None
    if len(named) != 1 or named[0][0].rpartition(".")[0].partition("-")[0] != OURS:
        return None
    return named[0][1]


def _declared() -> Iterator[tuple[str, str]]:
    """Yield folder name and text of every ``entry_points.txt`` on the path.

    Raises
    ------
    OSError
        Where a part of the path is there and is no folder, or may not be read.
    """
    for entry in sys.path:
        try:
            names = os.listdir(entry or ".")
        except FileNotFoundError:
            continue
        for name in names:
            if name.lower().endswith((".dist-info", "egg-info")):
                file = os.path.join(entry, name, "entry_points.txt")
                try:
                    with open(file, encoding="utf-8", errors="replace") as stream:
                        yield name, stream.read()
                except (FileNotFoundError, NotADirectoryError):  # it offers nothing
                    continue


def _values(text: str, group: str) -> Iterator[str]:
    """Yield what the entries of one section of an ``entry_points.txt`` name."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
        elif section == group and "=" in line:
            yield line.partition("=")[2].strip()
