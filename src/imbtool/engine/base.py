"""The engine's contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imbtool.engine.supply import Supply

EngineKind = Literal["serial", "processes", "dask"]
Stop = Literal["", "timeout", "memory", "deadline", "died"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What work may cost; None is no limit.

    Parameters
    ----------
    task_seconds : float, optional
        Wall time of one task; it is stopped when it takes longer.
    deadline : float, optional
        Moment of `time.monotonic` at which everything stops.
    memory : int, optional
        Bytes that this process and its workers may hold together.
    """

    task_seconds: float | None = None
    deadline: float | None = None
    memory: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit that needs a running task to be stopped."""
        return not (self.task_seconds is None and self.deadline is None and self.memory is None)

    def within(self, task_seconds: float | None) -> Limits:
        """Return the same with at most these seconds for a task; None leaves it at what it is."""
        if task_seconds is None or (self.task_seconds is not None and self.task_seconds <= task_seconds):
            return self
        return replace(self, task_seconds=task_seconds)


class Outcome(NamedTuple):
    """What became of the task with this number, counted in the order in which tasks were taken.

    ``stopped`` says why there is no value: it took too long (``"timeout"``), needed too much memory
    (``"memory"``), the time for everything was over (``"deadline"``), or its worker died twice
    (``"died"``). ``seconds`` is the wall time that it had.
    """

    number: int
    value: Any
    stopped: Stop = ""
    seconds: float = 0.0


class Engine(Protocol):
    """Runs independent tasks; results do not depend on which engine runs them (law 3)."""

    jobs: int

    @property
    def peak(self) -> int | None:
        """Most bytes that this process and its workers can have held together; None when not known."""

    def run(
        self,
        function: Callable[[Any, Any], Any],
        shared: Any,
        tasks: Iterable[Any] | Supply,
        limits: Limits,
    ) -> Iterator[Outcome]:
        """Yield the outcome of ``function(shared, task)`` for every task, as each finishes.

        `function` must be importable by name; `shared` is sent to each worker as cheaply as the engine
        can. `tasks` is read one by one as workers become free, so that a generator or `Supply` may
        leave out what the outcomes so far have made needless. After the deadline no task is taken any more,
        and each that was running has an outcome ``"deadline"``. Closing the iterator stops everything.
        """

    def close(self) -> None:
        """Free workers; the engine is not used again."""
