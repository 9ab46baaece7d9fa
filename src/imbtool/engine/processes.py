"""Several processes on this machine, each of which can be stopped without harm to the others."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import count
from math import inf
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joblib import dump

from imbtool.engine.base import Limits, Outcome
from imbtool.engine.folder import SharedFolder
from imbtool.engine.memory import forget_peak, held, peak
from imbtool.engine.nursery import adopt
from imbtool.engine.supply import supply_of
from imbtool.engine.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imbtool.engine.base import Stop
    from imbtool.engine.supply import Supply

LOOK = 0.05
"""Seconds between two looks at the memory that workers hold."""
TRIES = 2
"""How often a task is begun when its worker dies."""


class ProcessEngine:
    """Hands tasks to `jobs` worker processes in order; arrays are memory-mapped, not copied.

    Workers come from joblib's loky. They are watched one by one, so that one that is stopped, or that
    the system kills, costs nothing but its own task; that is begun once more when the system did it.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._workers: list[Worker] = []
        self._folder: SharedFolder | None = None
        self._peaks: dict[int, int] = {}
        self._before = peak()
        if not forget_peak():
            self._before = 0  # it is part of what `peak` returns later
        self._nursery = adopt()

    @property
    def peak(self) -> int | None:
        """Most bytes held before the workers came or, if that is more, the sum of all peaks with them."""
        together = peak() + sum(sorted(self._peaks.values())[-self.jobs :])
        return max(self._before, together) or None

    def run(
        self,
        function: Callable[[Any, Any], Any],
        shared: Any,
        tasks: Iterable[Any] | Supply,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Iterator[Outcome]:
        """Yield outcomes as they finish, in any order."""
        place = self._store(function, shared)
        crew = _Crew(self, limits, place, supply_of(tasks))
        try:
            while crew.fill():
                yield from crew.next_outcomes()
        finally:
            crew.dismiss()
            with suppress(OSError):  # Windows keeps files that are mapped
                Path(place).unlink()

    @property
    def stored(self) -> int:
        """Bytes of memory that hold what all tasks share."""
        return 0 if self._folder is None else self._folder.in_memory()

    def idle_worker(self) -> Worker | None:
        """Return a worker that has nothing to do, if there is one."""
        return next((worker for worker in self._workers if not worker.busy), None)

    def new_worker(self) -> Worker:
        """Start one more worker, a copy of what was imported ahead where there is such a thing."""
        copy = self._nursery.new() if self._nursery else None
        self._workers.append(copy or Worker())
        return self._workers[-1]

    def busy_workers(self) -> list[Worker]:
        """Return the workers that have a task."""
        return [worker for worker in self._workers if worker.busy]

    def note_peak(self, worker: Worker, size: int) -> None:
        """Keep the most that a worker has held."""
        self._peaks[id(worker)] = max(size, self._peaks.get(id(worker), 0))

    def end(self, worker: Worker) -> None:
        """Kill one worker."""
        self.note_peak(worker, worker.held)
        self._workers.remove(worker)
        worker.kill()

    def close(self) -> None:
        """End all workers and remove what they shared."""
        while self._workers:
            self._workers.pop().kill()
        self.leave_nursery()
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def leave_nursery(self) -> None:
        """Start workers in the ordinary way from now on."""
        if self._nursery is not None:
            self._nursery.end()
            self._nursery = None

    def _store(self, function: Callable[[Any, Any], Any], shared: Any) -> str:
        """Write what all tasks share to a file that workers map, in memory where there is room."""
        if self._folder is None:
            self._folder = SharedFolder()
        path = self._folder.new_file()
        with path.open("wb") as file:
            dump((function, shared), file)
        return str(path)


class _Crew:
    """The workers of one call of `ProcessEngine.run`, and what they have to do."""

    def __init__(self, engine: ProcessEngine, limits: Limits, place: str, supply: Supply) -> None:
        self._engine, self._limits, self._place, self._supply = engine, limits, place, supply
        self._numbers = count()
        self._allowed = engine.jobs
        self._again: list[tuple[int, Any]] = []
        self._tasks: dict[int, Any] = {}
        self._tries: dict[int, int] = {}

    def fill(self) -> bool:
        """Give work to those that have none; return whether anybody works."""
        while len(self._engine.busy_workers()) < self._allowed and not self._over():
            worker = self._engine.idle_worker()
            found = self._again.pop(0) if self._again else self._next(worker)
            if found is None:
                break
            number, task = found
            self._tasks[number] = task
            worker = worker or self._engine.new_worker()
            try:
                worker.hand(number, task, self._place)
            except OSError:  # it died while it had nothing to do
                self._engine.end(worker)
                self._again.insert(0, found)
        return bool(self._engine.busy_workers())

    def _next(self, worker: Worker | None) -> tuple[int, Any] | None:
        task = self._supply.take(worker.last if worker else None)
        return None if task is None else (next(self._numbers), task)

    def _over(self) -> bool:
        return self._limits.deadline is not None and time.monotonic() >= self._limits.deadline

    def next_outcomes(self) -> list[Outcome]:
        """Wait for something to happen and return the outcomes it brought."""
        busy = self._engine.busy_workers()
        ready = wait([worker.connection for worker in busy], self._patience(busy))
        found = [outcome for w in busy if w.connection in ready for outcome in self._heard(w)]
        return found + [o for w in self._engine.busy_workers() for o in self._overdue(w)] + self._too_large()

    def _patience(self, busy: list[Worker]) -> float | None:
        """Return for how long nothing needs to be looked at."""
        moments = []
        if self._limits.deadline is not None:
            moments.append(self._limits.deadline)
        if self._limits.task_seconds is not None:
            moments.append(min(w.begun for w in busy) + self._limits.task_seconds)
        if self._limits.memory is not None:
            moments.append(time.monotonic() + LOOK)
        soonest = min(moments, default=inf)
        return None if soonest == inf else max(0.0, soonest - time.monotonic())

    def _heard(self, worker: Worker) -> list[Outcome]:
        """Return what a worker has to say."""
        try:
            number, what, value, most = worker.connection.recv()
        except (EOFError, OSError):
            return self._died(worker)
        if what == "born":
            worker.born(value)
            return []
        if what == "begin":  # it was starting and loading until now
            worker.begun = time.monotonic()
            return []
        self._engine.note_peak(worker, most)
        seconds = worker.seconds
        worker.number = None
        del self._tasks[number]
        if what == "raise":
            raise value
        return [Outcome(number, value, "", seconds)]

    def _died(self, worker: Worker) -> list[Outcome]:
        """Begin the task of a dead worker again, alone if need be; give up the second time."""
        number = worker.number
        assert number is not None  # noqa: S101 - only busy workers are listened to
        if worker.unborn:  # there are no copies here
            self._engine.leave_nursery()
        else:
            self._tries[number] = self._tries.get(number, 0) + 1
        if self._tries.get(number, 0) >= TRIES:
            return [self._stop(worker, "died")]
        self._engine.end(worker)
        self._again.append((number, self._tasks[number]))
        return []

    def _overdue(self, worker: Worker) -> list[Outcome]:
        """Stop a worker whose time is over."""
        if self._over():
            return [self._stop(worker, "deadline")]
        limit = self._limits.task_seconds
        if limit is not None and worker.seconds >= limit:
            return [self._stop(worker, "timeout")]
        return []

    def _too_large(self) -> list[Outcome]:
        """Stop the largest worker when all hold too much: the only one for good, else to go on with fewer."""
        busy = self._engine.busy_workers()
        if self._limits.memory is None or not busy:
            return []
        if held() + self._engine.stored + sum(w.held for w in busy) <= self._limits.memory:
            return []
        worker = max(busy, key=lambda w: w.held)
        if len(busy) == 1:
            return [self._stop(worker, "memory")]
        number = worker.number
        assert number is not None  # noqa: S101 - it is busy
        self._engine.end(worker)
        self._again.append((number, self._tasks[number]))
        self._allowed = len(busy) - 1
        return []

    def _stop(self, worker: Worker, why: Stop) -> Outcome:
        number = worker.number
        assert number is not None  # noqa: S101 - only busy workers are stopped
        del self._tasks[number]
        seconds = worker.seconds
        self._engine.end(worker)
        return Outcome(number, None, why, seconds)

    def dismiss(self) -> None:
        """Stop what still runs."""
        for worker in self._engine.busy_workers():
            self._engine.end(worker)
