"""Several processes on this machine, through joblib's loky."""

from __future__ import annotations

import signal
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky.process_executor import TerminatedWorkerError

from imbtool.core.errors import ImbtoolError
from imbtool.engine.base import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class ProcessEngine:
    """Hands tasks to `jobs` worker processes in order; large arrays are memory-mapped, not copied."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(
        self, function: Callable[[Any, Any], Any], shared: Any, tasks: Sequence[Any]
    ) -> Iterator[Outcome]:
        """Yield outcomes as they finish, in any order."""
        with parallel_config(backend="loky", inner_max_num_threads=1), warnings.catch_warnings():
            # loky says when a worker was replaced; the task is run again and nothing is lost
            warnings.filterwarnings(
                "ignore", message="A worker stopped while some jobs", category=UserWarning
            )
            pool = Parallel(
                n_jobs=self.jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs"
            )
            try:
                with _deaf_to_interrupts():
                    outcomes = pool(delayed(_call)(function, shared, i, task) for i, task in enumerate(tasks))
                yield from outcomes
            except TerminatedWorkerError as error:
                raise ImbtoolError(
                    "A worker process was killed, most likely because the machine ran out of memory.",
                    hint="Try fewer workers (--jobs 1) or fewer rows (--max-rows).",
                    code="worker-killed",
                ) from error


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start workers that ignore Ctrl-C, which a terminal sends to them too: stopping them is our job."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _call(function: Callable[[Any, Any], Any], shared: Any, index: int, task: Any) -> Outcome:
    return Outcome(index, function(shared, task))
