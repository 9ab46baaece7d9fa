"""The workers of a dask scheduler, for work that outgrows one machine."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from imbtool.engine.alarm import within_thread
from imbtool.engine.base import Limits, Outcome
from imbtool.engine.memory import peak
from imbtool.engine.scheduler import PATIENCE, connect, gone, workers
from imbtool.engine.supply import supply_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imbtool.engine.base import Stop
    from imbtool.engine.supply import Supply

LOOK = 0.5
"""Seconds between two looks at how long tasks have been running."""
TRIES = 3
"""How often a task is begun when the data or the workers it needs are lost."""


class DaskEngine:
    """Sends what tasks share to every worker once, then tasks in order, one to a worker process at a time.

    A task whose worker dies is begun again on another one. Workers need a nanny, which they have by
    default, for a task to be stopped in the middle.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    packages : tuple of str
        What the work needs beside the packages that always have to agree.

    Raises
    ------
    MissingExtraError
        dask.distributed is not installed.
    UsageError
        There is no scheduler at this address, it has no workers, or these have other packages.
    """

    def __init__(self, address: str | None, packages: tuple[str, ...] = ()) -> None:
        self._client = connect(str(address), packages)
        self.jobs = len(workers(self._client))
        self._peak = 0

    @property
    def peak(self) -> int | None:
        """Sum of the peaks of this process and of the workers that were there at the end."""
        return peak() + self._peak or None

    def run(
        self,
        function: Callable[[Any, Any], Any],
        shared: Any,
        tasks: Iterable[Any] | Supply,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Iterator[Outcome]:
        """Yield outcomes as they finish, in any order."""
        crew = _Crew(self._client, function, shared, supply_of(tasks), limits)
        try:
            while crew.fill():
                yield from crew.next_outcomes()
        finally:
            crew.dismiss()
            if self._client.status == "running":  # else it would wait for a scheduler that is gone
                with suppress(Exception):  # the workers may be gone
                    self._peak = sum(self._client.run(peak).values())

    def close(self) -> None:
        """Leave the scheduler; its workers stay."""
        self._client.close()


class _Running(NamedTuple):
    number: int
    task: Any
    worker: str
    begun: float


class _Crew:
    """The tasks of one call of `DaskEngine.run`."""

    def __init__(
        self,
        client: Any,
        function: Callable[[Any, Any], Any],
        shared: Any,
        supply: Supply,
        limits: Limits,
    ) -> None:
        self._client, self._function, self._shared = client, function, shared
        self._supply, self._limits = supply, limits
        self._numbers = count()
        self._there: Any = None
        self._running: dict[Any, _Running] = {}
        self._last: dict[str, Any] = {}
        self._again: list[tuple[int, Any]] = []
        self._tries: dict[int, int] = {}
        self._looked = time.monotonic()
        self._done: SimpleQueue[Any] = SimpleQueue()

    def fill(self) -> bool:
        """Give each worker that has none a task; return whether anything runs."""
        if self._client.status != "running":
            raise gone()
        busy = {running.worker for running in self._running.values()}
        for worker in workers(self._client):
            if worker in busy or self._over():
                continue
            found = self._again.pop(0) if self._again else self._next(worker)
            if found is None:
                break
            self._submit(*found, worker)
        return bool(self._running) or bool(self._again)

    def _next(self, worker: str) -> tuple[int, Any] | None:
        task = self._supply.take(self._last.get(worker))
        return None if task is None else (next(self._numbers), task)

    def _submit(self, number: int, task: Any, worker: str) -> None:
        if self._there is None:
            # in a list, since the keys of a mapping would name its parts to the whole scheduler
            (self._there,) = self._client.scatter([self._shared], broadcast=True, hash=False)
        future = self._client.submit(
            _alone,
            self._function,
            self._there,
            task,
            self._left(),
            pure=False,  # one that was stopped must not be taken for the same one of another run
            workers=[worker],
            allow_other_workers=True,  # should this one die
        )
        self._last[worker] = task
        self._running[future] = _Running(number, task, worker, time.monotonic())
        future.add_done_callback(self._done.put)

    def _left(self) -> float | None:
        deadline = self._limits.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def _over(self) -> bool:
        return self._limits.deadline is not None and time.monotonic() >= self._limits.deadline

    def next_outcomes(self) -> list[Outcome]:
        """Wait for something to happen and return the outcomes it brought."""
        found: list[Outcome] = []
        with suppress(Empty):
            future = self._done.get(timeout=LOOK)
            if future in self._running:  # else it was stopped before
                found += self._finished(future)
        if self._over():
            found += [self._stop(future, "deadline") for future in list(self._running)]
        return found + self._overdue()

    def _finished(self, future: Any) -> list[Outcome]:
        """Return what became of a task; begin it again when its worker or its data were lost."""
        number, task, _, begun = self._running.pop(future)
        seconds = time.monotonic() - begun
        if future.status == "finished":
            try:
                done, value = future.result(timeout=PATIENCE)
                return [Outcome(number, value, "" if done else "deadline", seconds)]
            except TimeoutError:
                pass  # the worker that held the result went away
        elif future.status == "error":
            error = future.exception(timeout=PATIENCE)
            if type(error).__name__ == "KilledWorker":
                return [Outcome(number, None, "died", seconds)]
            raise error
        self._tries[number] = self._tries.get(number, 0) + 1
        if self._client.status != "running" or self._tries[number] >= TRIES:
            raise gone()
        self._there = None
        self._again.append((number, task))
        return []

    def _overdue(self) -> list[Outcome]:
        """Stop tasks that take too long; asks the workers, since a task may have waited for one."""
        limit = self._limits.task_seconds
        if limit is None or time.monotonic() - self._looked < LOOK:
            return []
        self._looked = time.monotonic()
        since = self._client.run(_busy_for, on_error="ignore")
        where = {k: w for w, keys in self._client.processing().items() for k in keys}
        late = [f for f in self._running if since.get(where.get(f.key), (None, 0.0))[1] >= limit]
        late = [f for f in late if since[where[f.key]][0] == f.key]
        found = [(f, where[f.key]) for f in late]
        return [self._stop(future, "timeout", worker) for future, worker in found]

    def _stop(self, future: Any, why: Stop, worker: str = "") -> Outcome:
        """Give a task up; where its worker is named, end that too, so that it is free for others."""
        number, _, _, begun = self._running.pop(future)
        self._client.cancel([future], force=True)
        if worker:
            with suppress(ValueError, TimeoutError, KeyError):  # it has no nanny, or is gone
                self._client.restart_workers([worker], timeout=PATIENCE, raise_for_error=False)
        return Outcome(number, None, why, time.monotonic() - begun)

    def dismiss(self) -> None:
        """Cancel what still runs and forget the data."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel([*self._running, *([self._there] if self._there is not None else [])])
        self._running.clear()
        self._there = None


_ONE = threading.Lock()
_NOW: list[tuple[str, float]] = []


def _alone(
    function: Callable[[Any, Any], Any], shared: Any, task: Any, left: float | None
) -> tuple[bool, Any]:
    """Do one task at a time in this worker: tasks set limits and keep artefacts for the whole process.

    After `left` seconds nobody waits for it any more: it is stopped, so that the worker is free for others.
    Returns whether it was done, and its value.
    """
    from distributed import get_worker

    with _ONE:
        _NOW[:] = [(str(get_worker().get_current_task()), time.monotonic())]
        try:
            if left is None:
                return True, function(shared, task)
            return within_thread(max(left, 1e-3), partial(function, shared, task))
        finally:
            _NOW.clear()


def _busy_for() -> tuple[str | None, float]:
    """Return the key of the task that this worker does, and for how many seconds."""
    for key, begun in tuple(_NOW):
        return key, time.monotonic() - begun
    return None, 0.0
