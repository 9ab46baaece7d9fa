"""Everything in this process, one task after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.engine.base import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class SerialEngine:
    """Runs tasks in order, in the calling process."""

    jobs = 1

    def run(
        self, function: Callable[[Any, Any], Any], shared: Any, tasks: Sequence[Any]
    ) -> Iterator[Outcome]:
        """Yield each outcome in the order of the tasks."""
        for index, task in enumerate(tasks):
            yield Outcome(index, function(shared, task))
