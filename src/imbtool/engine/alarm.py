"""Stopping a piece of work in this very process, as far as Python can."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

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
    on = [True]

    def ring(*_: object) -> None:
        if on:
            raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            return True, work()
        finally:
            on.clear()
    except Overtime:
        on.clear()
        return False, None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
