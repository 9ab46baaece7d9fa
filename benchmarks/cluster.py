"""A real dask scheduler with two worker processes on loopback, for tests and benchmarks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PATIENCE = 180.0
"""Seconds for a cluster to be there: four alone, many more on a machine under load."""


class Cluster:
    """Its address, and its processes to be killed."""

    def __init__(self, address: str, scheduler: subprocess.Popen[str], nanny: subprocess.Popen[str]) -> None:
        self.address, self.scheduler, self.nanny = address, scheduler, nanny

    def lose_workers(self) -> None:
        """Kill all workers at once."""
        _kill(self.nanny)


@contextmanager
def cluster(folder: Path, workers: int = 2, importable: str = "") -> Iterator[Cluster]:
    """Start it, kill it in the end; workers can also import what is in the folder `importable`.

    Raises
    ------
    RuntimeError
        It did not start; the text ends with what its processes said.
    """
    paths = [importable, os.environ.get("PYTHONPATH", "")]
    log, file = folder / "dask.log", folder / "scheduler.json"
    with ExitStack() as stack:
        output = stack.enter_context(log.open("w"))

        def start(*words: object) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *map(str, words), "--host", "127.0.0.1", "--no-dashboard"],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
                stdout=output,
                stderr=output,
                text=True,
                start_new_session=True,
            )
            stack.callback(_kill, process)
            return process

        scheduler = start("scheduler", "--port", 0, "--scheduler-file", file)
        counts = ("--nworkers", workers, "--nthreads", 1, "--local-directory", folder)
        nanny = start("worker", "--scheduler-file", file, *counts)
        try:
            address = _address(file)
            wait_for(address, workers)
        except (TimeoutError, OSError) as error:
            raise RuntimeError(f"No dask cluster with {workers} workers: {log.read_text()}") from error
        yield Cluster(address, scheduler, nanny)


def _address(file: Path) -> str:
    """Return what a scheduler writes once it listens."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError, ValueError):  # not there yet, or not yet whole
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.1)
    raise TimeoutError


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process and its workers at once: they hold nothing, and a farewell takes them seconds."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(address: str, workers: int) -> None:
    """Wait until so many workers are there."""
    from distributed import Client

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=PATIENCE)
