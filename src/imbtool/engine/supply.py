"""Which task a worker gets next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@runtime_checkable
class Supply(Protocol):
    """Tasks whose order may depend on who asks, since workers keep what their last task needed."""

    def take(self, after: Any | None) -> Any | None:
        """Return the next task for a worker whose last one was `after` (None: it has had none).

        None when there are no more. What a task answers must not depend on who does it.
        """


class InOrder:
    """Tasks one after another, whoever asks."""

    def __init__(self, tasks: Iterable[Any]) -> None:
        self._tasks: Iterator[Any] = iter(tasks)

    def take(self, after: Any | None) -> Any | None:  # noqa: ARG002 - makes no difference
        """Return the next task, or None."""
        return next(self._tasks, None)


def supply_of(tasks: Iterable[Any] | Supply) -> Supply:
    """Return the tasks as a supply."""
    return tasks if isinstance(tasks, Supply) else InOrder(tasks)


def one_by_one(tasks: Iterable[Any] | Supply) -> Iterator[Any]:
    """Yield the tasks as one worker would take them."""
    supply, task = supply_of(tasks), None
    while (task := supply.take(task)) is not None:
        yield task
