"""One worker process: what runs in it, and how its owner sees it."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager, suppress
from math import inf
from typing import TYPE_CHECKING, Any

from imbtool.engine.memory import held, peak

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)


class Worker:
    """A process that does one task at a time, started by loky so that it inherits no threads or locks."""

    def __init__(self) -> None:
        from joblib.externals.loky.backend import get_context

        context = get_context("loky")
        ours, theirs = context.Pipe()
        self.process = context.Process(
            target=serve, args=(theirs, os.getpid()), daemon=True, env=ONE_THREAD, name="imbtool worker"
        )
        with deaf_to_interrupts():
            self.process.start()
        theirs.close()
        self._begin(ours)

    def _begin(self, connection: Connection) -> None:
        self.connection = connection
        self.place = ""
        self.number: int | None = None
        self.last: Any = None
        self.begun = 0.0
        self.peak = 0

    @property
    def pid(self) -> int:
        """The number of its process; 0 before there is one."""
        return self.process.pid or 0

    @property
    def unborn(self) -> bool:
        """Whether it is still to be forked."""
        return False

    def born(self, pid: int) -> None:
        """Note the number of a process that was forked by another one."""
        raise NotImplementedError(pid)

    @property
    def busy(self) -> bool:
        """Whether it has a task."""
        return self.number is not None

    @property
    def held(self) -> int:
        """Bytes that are its own."""
        return held(self.pid)

    def hand(self, number: int, task: Any, place: str) -> None:
        """Give it a task on what is stored at `place`; raise `OSError` when it is dead."""
        # The clock does not run while it starts and loads; it says when it begins.
        self.begun = time.monotonic() if place == self.place else inf
        self.number, self.place, self.last = number, place, task
        self.connection.send((number, place, task))

    @property
    def seconds(self) -> float:
        """Wall time that its task has had."""
        return max(0.0, time.monotonic() - self.begun)

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            if os.name == "nt":
                self.process.terminate()
            else:  # loky's processes have no kill(), and terminate() can be ignored
                os.kill(self.pid, signal.SIGKILL)
        self.process.join()
        self.connection.close()
        self.number = None


def serve(connection: Connection, owner: int) -> None:
    """Do tasks until nobody sends any more; runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with, args=(owner,), daemon=True).start()
    here, work = "", (None, None)
    with suppress(EOFError, OSError):  # the owner has gone away
        while True:
            number, place, task = connection.recv()
            if connection.poll():  # nothing more is sent before the answer: it was hung up
                return
            if place != here:
                from joblib import load

                # Our own file in a folder that only we can read (law 6 is about what users hand in).
                here, work = place, load(place, mmap_mode="r")
                connection.send((number, "begin", None, 0))
            try:
                function, shared = work
                answer = ("done", function(shared, task))  # type: ignore[misc] # loaded above
            except Exception as error:  # told to the owner, who raises it
                answer = ("raise", error)
            connection.send((number, *answer, peak()))


def _die_with(owner: int, every: float = 1.0) -> None:
    """End this process soon after the one that started it, also in the middle of a long training."""
    while os.getppid() == owner or os.name == "nt":
        time.sleep(every)
    os._exit(1)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Start workers that ignore Ctrl-C, which a terminal sends to them too: stopping them is our job."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
