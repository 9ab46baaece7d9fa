"""What LightGBM says on standard error of a training that is given up and done again.

LightGBM writes why it gives up straight to C's standard error before it raises the same text, whatever its
verbosity and whoever registered a logger (``Log::Fatal`` of its ``log.h``). Where a training is tried that
may be given up, that stream is another one meanwhile, and what is not about giving up is passed on. Only
glibc's can be put aside so; elsewhere LightGBM is heard.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from platform import libc_ver
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVING_UP = b"[LightGBM] [Fatal] Check failed"
"""How a line begins that says that a training was given up."""


class _Ear:
    """A file of this process that stands in for C's standard error while anybody listens."""

    def __init__(self, libc: Any) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._listeners = self._read = 0
        self._libc = libc
        self._pointer = ctypes.c_void_p.in_dll(libc, "stderr")
        self._real = self._pointer.value
        # Never closed: somebody may be about to write to it when the last one stops listening. A bare
        # descriptor, since Python warns of a file object that is open when the process ends.
        with tempfile.TemporaryFile(buffering=0) as file:
            self._descriptor = os.dup(file.fileno())
        libc.fdopen.restype = ctypes.c_void_p
        self._stream = libc.fdopen(self._descriptor, b"a")

    def listen(self) -> None:
        """Take the place of standard error."""
        with self._lock:
            self._listeners += 1
            self._pointer.value = self._stream

    def leave(self) -> bytes:
        """Give standard error back when nobody else listens; return what was said meanwhile."""
        with self._lock:
            self._listeners -= 1
            if not self._listeners:
                self._pointer.value = self._real
            self._libc.fflush(ctypes.c_void_p(self._stream))
            heard = os.pread(self._descriptor, 1 << 20, self._read)
            self._read += len(heard)
            return heard


_EARS: list[_Ear] = []


def _ear() -> _Ear | None:
    """Return this process's own, not that of one that it was forked from; None where there can be none."""
    if sys.platform != "linux" or libc_ver()[0] != "glibc":
        return None
    if not _EARS or _EARS[0].owner != os.getpid():
        _EARS[:] = [_Ear(ctypes.CDLL(None))]
    return _EARS[0]


@contextmanager
def hushed() -> Iterator[None]:
    """Keep LightGBM from saying that it gives up; whatever else is said is passed on at the end."""
    ear = _ear()
    if ear is None:
        yield
        return
    ear.listen()
    try:
        yield
    finally:
        lines = ear.leave().splitlines(keepends=True)
        # A line that is empty ends what was said of giving up.
        told = b"".join(line for line in lines if line.strip() and not line.startswith(GIVING_UP))
        if told:
            os.write(2, told)
