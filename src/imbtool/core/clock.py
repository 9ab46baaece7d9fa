# ruff: noqa: PTH123 - every command comes by here, and pathlib costs more to import than all it does
"""From when the time of a command counts."""

from __future__ import annotations

import os
import time

_COMMAND: list[bool] = []


def begin_command() -> None:
    """Note that this process is one command, whose time counts from the start of the process."""
    _COMMAND[:] = [True]


def take_start() -> float:
    """Return the moment of `time.monotonic` from which a budget counts.

    That is the start of the process for the first one who asks in a command, and now for all others.
    """
    return process_start() if _COMMAND and _COMMAND.pop() else time.monotonic()


def command_start() -> float | None:
    """Return the start of the process where it is a command in which nobody has asked yet, else None."""
    return process_start() if _COMMAND else None


def process_start() -> float:
    """Return the moment of `time.monotonic` at which this process was started.

    Where the system does not tell (Linux does), the processor time used so far is taken for the time since.
    """
    now = time.monotonic()
    try:
        with open("/proc/self/stat", encoding="utf-8") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        age = time.process_time()
    return now - max(age, 0.0)
