"""Workers that start at once: copies of a process that has imported everything meanwhile."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING

from imbtool.engine.choose import default_jobs
from imbtool.engine.worker import ONE_THREAD, Worker, deaf_to_interrupts, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.engine.base import EngineKind

PATIENCE = 60.0
"""Seconds that a copy may take to be born before a worker is started in the ordinary way."""
_BURIAL = 5.0
_ONE_THREAD = {**ONE_THREAD, "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""pandas imports pyarrow, whose allocator would start a thread."""
_CODE = "import sys; sys.path[:] = {path}; from imbtool.engine.nursery import nurse; nurse({arguments})"
_ahead: list[Nursery] = []


@contextmanager
def workers_ahead(
    jobs: int | None,
    modules: Sequence[str],
    *,
    engine: EngineKind | None = None,
    scheduler: str | None = None,
) -> Iterator[None]:
    """Let workers import modules while this process reads and plans; the next process engine takes them.

    Where it is left, workers that nobody took are ended. Nothing happens inside another such block, for one
    job, for an engine without processes, and on systems other than Linux.

    Parameters
    ----------
    jobs : int, optional
        Workers; the number of cores by default.
    modules : sequence of str
        What they import. None may start a thread.
    engine, scheduler
        As for `make_engine`.
    """
    wanted = default_jobs() if jobs is None else jobs
    local = engine in (None, "processes") and not scheduler
    if _ahead or wanted < 2 or not local or sys.platform != "linux":
        yield
        return
    nursery = Nursery(wanted, modules)
    _ahead.append(nursery)
    try:
        yield
    finally:
        if _ahead and _ahead[-1] is nursery:
            nursery.end()
            _ahead.clear()


def adopt() -> Nursery | None:
    """Return the nursery that was begun ahead, if there is one that nobody took."""
    return _ahead.pop() if _ahead else None


class Nursery:
    """A process that imports modules and then forks as many workers as it has connections.

    It has one thread only, so that its copies inherit no locks; should a module have started another, there
    are no copies.

    Parameters
    ----------
    size : int
        How many copies.
    modules : sequence of str
    """

    def __init__(self, size: int, modules: Sequence[str]) -> None:
        pairs = [Pipe() for _ in range(size)]
        self._waiting = [ours for ours, _ in pairs]
        given = [theirs.fileno() for _, theirs in pairs]
        arguments = ", ".join(json.dumps(part) for part in (given, list(modules), os.getpid()))
        code = _CODE.format(path=json.dumps(sys.path), arguments=arguments)
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined] # as multiprocessing does
        with deaf_to_interrupts():
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
                [sys.executable, *flags, "-c", code],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                pass_fds=given,
            )
        for _, theirs in pairs:
            theirs.close()

    def next(self) -> Worker | None:
        """Return the next copy; None when there is none left."""
        while self._waiting:
            connection = self._waiting.pop(0)
            with suppress(EOFError, OSError):
                if connection.poll(PATIENCE):
                    return Copy(connection, connection.recv())
            connection.close()
        return None

    def end(self) -> None:
        """End it, and with it the copies that nobody took."""
        for connection in self._waiting:
            connection.close()
        self._waiting.clear()
        self._process.kill()
        self._process.wait()


class Copy(Worker):
    """A worker that a nursery forked.

    Parameters
    ----------
    connection : Connection
    pid : int
    """

    def __init__(self, connection: Connection, pid: int) -> None:
        self._begin(connection)
        self._pid = pid

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._pid

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        # The nursery buries it; here its end of the pipe tells that it is gone.
        with suppress(EOFError, OSError):
            while self.connection.poll(_BURIAL):
                self.connection.recv_bytes()
        self.connection.close()
        self.number = None


def nurse(handles: Sequence[int], modules: Sequence[str], owner: int) -> None:
    """Import modules, fork a worker for each handle, and stay as long as the owner does.

    Parameters
    ----------
    handles : sequence of int
        Descriptors of the workers' ends of their pipes.
    modules : sequence of str
    owner : int
        The process that started this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connections = [Connection(handle) for handle in handles]
    for handle in handles:
        os.set_inheritable(handle, False)
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        os._exit(1)  # workers started in the ordinary way tell why
    if _threads() != 1:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    gc.freeze()
    for connection in connections:
        if os.fork() == 0:
            _work(connection, connections)
    for connection in connections:
        connection.close()
    while os.getppid() == owner:
        time.sleep(1.0)


def _threads() -> int:
    """Return the threads of this process; 0 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - nothing but the number matters
    except OSError:
        return 0


def _work(connection: Connection, all_connections: Sequence[Connection]) -> None:
    """Be a worker; runs in a copy."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for other in all_connections:
        if other is not connection:
            other.close()
    with suppress(EOFError, OSError):
        connection.send(os.getpid())
        serve(connection, os.getppid())
    os._exit(0)
