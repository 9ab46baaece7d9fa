"""Work for engines, importable in their workers."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


HERE = os.path.dirname(__file__)  # noqa: PTH120 - text for an environment variable


def add(shared: Any, task: int) -> float:
    return float(shared["X"].sum()) + task


def whose(shared: Any, task: Any) -> tuple[int, bool]:
    return os.getpid(), isinstance(shared["X"].base, np.memmap | type(None))


def nap(shared: Any, task: float) -> float:
    time.sleep(task)
    return task


def count_up(shared: Any, task: float) -> float:
    """Work for so many seconds past everything that can be caught."""
    end = time.monotonic() + task
    while time.monotonic() < end:
        try:
            sum(range(1000))
        except Exception:
            continue
    return task


def touch(shared: Path, task: int) -> int:
    (shared / str(task)).touch()
    return task


def die_once(shared: Path, task: int) -> int:
    """Die the first time that task 1 is done."""
    mark = shared / "died"
    if task == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def die(shared: Any, task: int) -> int:
    if task == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def fail(shared: Any, task: int) -> int:
    raise LookupError(f"task {task}")


def swell(shared: Any, task: int) -> int:
    """Hold so many MB for a while."""
    block = np.ones(task * 2**17)
    time.sleep(0.8 if task > 1 else 0)
    return int(block.shape[0] > 0) * task
