"""Everything in this process, one task after another."""

from __future__ import annotations

import time
from functools import partial
from math import inf, isinf
from typing import TYPE_CHECKING, Any

from imbtool.engine.alarm import can_ring, within
from imbtool.engine.base import Limits, Outcome
from imbtool.engine.memory import peak
from imbtool.engine.supply import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imbtool.engine.base import Stop
    from imbtool.engine.supply import Supply


class SerialEngine:
    """Runs tasks in order, in the calling process.

    Of the limits it keeps those of time: a task is stopped between two steps of Python (`alarm.within`).
    Where that cannot be, in another thread than the main one and on Windows, the deadline is kept between
    tasks.
    """

    jobs = 1

    @property
    def peak(self) -> int | None:
        """Most bytes that this process has held."""
        return peak() or None

    def run(
        self,
        function: Callable[[Any, Any], Any],
        shared: Any,
        tasks: Iterable[Any] | Supply,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Iterator[Outcome]:
        """Yield each outcome in the order of the tasks."""
        for index, task in enumerate(one_by_one(tasks)):
            begun = time.monotonic()
            if limits.deadline is not None and begun >= limits.deadline:
                yield Outcome(index, None, "deadline")
                return
            left, why = _time_left(limits, begun)
            if isinf(left):
                done, value = True, function(shared, task)
            else:
                done, value = within(max(left, 1e-3), partial(function, shared, task))
            yield Outcome(index, value, "" if done else why, time.monotonic() - begun)

    def close(self) -> None:
        """Nothing is held."""


def _time_left(limits: Limits, now: float) -> tuple[float, Stop]:
    """Return the seconds that a task may take, and the limit that says so; endless where none can be kept."""
    found: list[tuple[float, Stop]] = [(inf, "")]
    if limits.deadline is not None:
        found.append((limits.deadline - now, "deadline"))
    if limits.task_seconds is not None:
        found.append((limits.task_seconds, "timeout"))
    return min(found) if len(found) > 1 and can_ring() else found[0]
