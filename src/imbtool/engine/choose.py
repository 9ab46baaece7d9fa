"""Which engine to use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.engine.base import Engine, EngineKind


def default_jobs() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_engine(
    jobs: int | None,
    n_tasks: int,
    *,
    kind: EngineKind | None = None,
    scheduler: str | None = None,
    stoppable: bool = False,
    packages: tuple[str, ...] = (),
) -> Engine:
    """Return the engine for so many workers.

    Parameters
    ----------
    jobs : int, optional
        Worker processes on this machine; by default the number of cores. dask has its own.
    n_tasks : int
        No more workers than tasks are started.
    kind : {"serial", "processes", "dask"}, optional
        By default processes, and this process alone for one worker or one task; dask when there is a
        scheduler.
    scheduler : str, optional
        Address of a dask scheduler, such as ``tcp://10.0.0.5:8786``.
    stoppable : bool, default=False
        Whether running tasks must be stopped, for which even one worker is a process of its own.
    packages : tuple of str
        What the work needs, to be looked for on the workers of a scheduler.

    Raises
    ------
    MissingExtraError
        dask is not installed.
    UsageError
        The scheduler cannot be reached.
    """
    if kind == "dask" or scheduler:
        from imbtool.engine.dask import DaskEngine

        return DaskEngine(scheduler, packages)
    wanted = min(default_jobs() if jobs is None else jobs, max(1, n_tasks))
    if kind == "serial" or (kind is None and wanted <= 1 and not stoppable):
        from imbtool.engine.serial import SerialEngine

        return SerialEngine()
    from imbtool.engine.processes import ProcessEngine

    return ProcessEngine(wanted)
