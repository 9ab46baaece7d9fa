"""The engine's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Outcome(NamedTuple):
    """The result of the task with this number."""

    number: int
    value: Any


class Engine(Protocol):
    """Runs independent tasks; results do not depend on which engine runs them (law 3)."""

    jobs: int

    def run(
        self, function: Callable[[Any, Any], Any], shared: Any, tasks: Sequence[Any]
    ) -> Iterator[Outcome]:
        """Yield the outcome of ``function(shared, task)`` for every task, as each finishes.

        `function` must be importable by name; `shared` is sent to each worker as cheaply as the engine
        can. Closing the iterator stops what has not begun.
        """
