"""Which engine to use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imbtool.engine.base import Engine


def default_jobs() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_engine(jobs: int | None, n_tasks: int) -> Engine:
    """Return the engine for so many workers: no processes are started for one worker or one task."""
    wanted = min(default_jobs() if jobs is None else jobs, n_tasks)
    if wanted <= 1:
        from imbtool.engine.serial import SerialEngine

        return SerialEngine()
    from imbtool.engine.processes import ProcessEngine

    return ProcessEngine(wanted)
