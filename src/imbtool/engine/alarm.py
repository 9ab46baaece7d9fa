"""Stopping a piece of work in this very process, as far as Python can."""

from __future__ import annotations

import signal
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
