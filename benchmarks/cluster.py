"""A real dask scheduler with two worker processes on loopback, for tests and benchmarks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Cluster:
    """Its address, and its processes to be killed."""

    def __init__(self, address: str, scheduler: subprocess.Popen[str], nanny: subprocess.Popen[str]) -> None:
        self.address, self.scheduler, self.nanny = address, scheduler, nanny

    def stop(self) -> None:
        """End its processes."""
        for process in (self.nanny, self.scheduler):
            process.terminate()
        for process in (self.nanny, self.scheduler):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2, importable: str = "") -> Iterator[Cluster]:
    """Start it, stop it in the end; workers can also import what is in the folder `importable`."""
    paths = [importable, os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    log = (folder / "dask.log").open("w")
    file = folder / "scheduler.json"
    common = {"cwd": folder, "env": environment, "stdout": log, "stderr": log, "text": True}
    dask = [sys.executable, "-m", "dask"]
    scheduler = subprocess.Popen(
        [
            *dask,
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            file,
        ],
        **common,
    )
    counts = ["--nworkers", str(workers), "--nthreads", "1", "--local-directory", folder]
    nanny = subprocess.Popen(
        [*dask, "worker", "--scheduler-file", file, *counts, "--no-dashboard", "--host", "127.0.0.1"],
        **common,
    )
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.1)
    made = Cluster(json.loads(file.read_text())["address"], scheduler, nanny)
    try:
        wait_for(made.address, workers)
        yield made
    finally:
        made.stop()
        log.close()


def wait_for(address: str, workers: int) -> None:
    """Wait until so many workers are there."""
    from distributed import Client

    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)
