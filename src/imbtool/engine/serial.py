"""Everything in this process, one task after another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from imbtool.engine.base import Limits, Outcome
from imbtool.engine.memory import peak
from imbtool.engine.supply import one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imbtool.engine.supply import Supply


class SerialEngine:
    """Runs tasks in order, in the calling process; of the limits it keeps the deadline, between tasks."""

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
            value = function(shared, task)
            yield Outcome(index, value, "", time.monotonic() - begun)

    def close(self) -> None:
        """Nothing is held."""
