"""Stopping a piece of work in this very process, as far as Python can."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    T = TypeVar("T")

AGAIN = 0.2
"""Seconds after which it is tried again, should what was raised have been swallowed."""


class Overtime(BaseException):
    """Raised inside work whose time is over."""


def can_ring() -> bool:
    """Whether work of this thread can be stopped.

    That takes a signal, which only the main thread gets, on systems that have it, and a timer that nobody
    else uses.
    """
    main = threading.current_thread() is threading.main_thread()
    return main and hasattr(signal, "setitimer") and not signal.getitimer(signal.ITIMER_REAL)[0]


def within(seconds: float, work: Callable[[], T]) -> tuple[bool, T | None]:
    """Do some work and return True and its value; False and None when it took too long and was stopped.

    It is stopped between two steps of Python: one call of compiled code, such as a boosting round or a search
    for neighbours, is waited for.

    Parameters
    ----------
    seconds : float
        Above 0.
    work : callable
    """
    try:
        with _ringing(seconds):
            return True, work()
    except Overtime:
        return False, None


def within_thread(seconds: float, work: Callable[[], T]) -> tuple[bool, T | None]:
    """Do the same as `within` in any thread, with the help of another one; CPython.

    An import is waited for: one that is broken off cannot always be begun again.

    Parameters
    ----------
    seconds : float
        Above 0.
    work : callable
    """
    from ctypes import c_ulong, py_object, pythonapi

    me, lock, over = c_ulong(threading.get_ident()), threading.Lock(), threading.Event()

    def ring() -> None:
        pause = seconds
        while not over.wait(pause):
            pause = AGAIN
            with lock:
                if not over.is_set() and not _imports(me.value):
                    pythonapi.PyThreadState_SetAsyncExc(me, py_object(Overtime))

    threading.Thread(target=ring, daemon=True).start()
    todo, done, value = True, False, None
    while True:
        try:
            if todo:
                todo = False
                value, done = work(), True
            with lock:
                over.set()
                pythonapi.PyThreadState_SetAsyncExc(
                    me, None
                )  # it may have rung after the last step of the work
            return done, value
        except Overtime:  # out of the work, or out of the lines after it
            continue


def _imports(thread: int) -> bool:
    """Return whether a thread is in the middle of an import."""
    frame = sys._current_frames().get(thread)
    while frame is not None and "importlib._bootstrap" not in frame.f_code.co_filename:
        frame = frame.f_back
    return frame is not None


@contextmanager
def until_started(moment: float) -> Iterator[None]:
    """Raise `Overtime` in this block at a moment of `time.monotonic`, unless `started` is called before.

    For a process that is one command: an import that is broken off cannot always be begun again.
    """
    with _ringing(max(moment - time.monotonic(), 1e-3)):
        yield


def started() -> None:
    """Let an alarm of `until_started` be: the work has begun, and keeps its limits itself."""
    for on in _on:
        on.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)


_on: list[list[bool]] = []


@contextmanager
def _ringing(seconds: float) -> Iterator[None]:
    on = [True]

    def ring(*_: object) -> None:
        if on:
            raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    _on.append(on)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        yield
    finally:
        on.clear()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _on.pop()
