"""A real dask scheduler with two worker processes on loopback, for tests and benchmarks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PATIENCE = 180.0
"""Seconds for a cluster to be there: four alone, many more on a machine under load."""
_ATTENDED = """\
import os, runpy, signal, sys, threading, time
owner = int(sys.argv.pop(1))
def watch():
    while os.getppid() == owner:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
sys.argv.pop(0)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


class Cluster:
    """Its address, and its processes to be killed."""

    def __init__(self, address: str, scheduler: subprocess.Popen[str]) -> None:
        self.address, self.scheduler = address, scheduler


@contextmanager
def cluster(folder: Path, workers: int = 2, importable: str = "") -> Iterator[Cluster]:
    """Start it, kill it in the end or when this process dies.

    Workers, of which there may be none, can also import what is in the folder `importable`.

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
            process = attended(
                *("dask", *map(str, words), "--host", "127.0.0.1", "--no-dashboard"),
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
                stdout=output,
                stderr=output,
            )
            stack.callback(_kill, process)
            return process

        scheduler = start("scheduler", "--port", 0, "--scheduler-file", file)
        counts = ("--nworkers", workers, "--nthreads", 1, "--local-directory", folder)
        if workers:
            start("worker", "--scheduler-file", file, *counts)
        try:
            address = _address(file)
            if workers:
                wait_for(address, workers)
        except (TimeoutError, OSError) as error:
            raise RuntimeError(f"No dask cluster with {workers} workers: {log.read_text()}") from error
        yield Cluster(address, scheduler)


def attended(module: str, *words: str, **how: Any) -> subprocess.Popen[str]:
    """Start a module as a program that is killed, with all its children, when this process is gone.

    Parameters
    ----------
    module : str
    *words : str
        Its arguments.
    **how
        As for `subprocess.Popen`.
    """
    command = [sys.executable, "-c", _ATTENDED, str(os.getpid()), module, *words]
    return subprocess.Popen(command, text=True, start_new_session=True, **how)


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
