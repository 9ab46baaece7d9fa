"""Workers that start at once: copies of a process that has imported everything meanwhile."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING

from imbtool.engine.choose import default_jobs
from imbtool.engine.worker import ONE_THREAD, Worker, deaf_to_interrupts, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.engine.base import EngineKind

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
    stoppable: bool = False,
) -> Iterator[None]:
    """Let workers import modules while this process reads and plans; the next process engine takes them.

    Where it is left, they are ended unless an engine took them. Nothing happens inside another such block,
    for one job that need not be stopped, for an engine without processes, and on systems other than Linux.

    Parameters
    ----------
    jobs : int, optional
        Workers; the number of cores by default.
    modules : sequence of str
        What they import. None may start a thread.
    engine, scheduler, stoppable
        As for `make_engine`.
    """
    several = stoppable or (default_jobs() if jobs is None else jobs) > 1
    local = engine in (None, "processes") and not scheduler
    if _ahead or not several or not local or sys.platform != "linux":
        yield
        return
    nursery = Nursery(modules)
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
    """A process that imports modules and then forks a worker whenever it is asked for one.

    It has one thread only, so that its copies inherit no locks; should a module have started another, it
    ends, and with it the copies that it was asked for.

    Parameters
    ----------
    modules : sequence of str
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._line, theirs = socket.socketpair()
        arguments = ", ".join(json.dumps(part) for part in (theirs.fileno(), list(modules)))
        code = _CODE.format(path=json.dumps(sys.path), arguments=arguments)
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined] # as multiprocessing does
        with deaf_to_interrupts():
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own code
                [sys.executable, *flags, "-c", code],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                pass_fds=[theirs.fileno()],
            )
        theirs.close()

    def new(self) -> Copy | None:
        """Ask for a copy, which is born as soon as the modules are imported; None when it has ended."""
        ours, theirs = Pipe()
        try:
            socket.send_fds(self._line, [b"1"], [theirs.fileno()])
        except OSError:
            ours.close()
            return None
        finally:
            theirs.close()
        return Copy(ours)

    def end(self) -> None:
        """End it, and with it the copies that nobody has ended."""
        self._line.close()
        self._process.kill()
        self._process.wait()


class Copy(Worker):
    """A worker that a nursery forks; until it is born it has no process to be seen.

    Parameters
    ----------
    connection : Connection
    """

    def __init__(self, connection: Connection) -> None:
        self._begin(connection)
        self._pid = 0

    @property
    def pid(self) -> int:
        """The number of its process; 0 before it is born."""
        return self._pid

    @property
    def unborn(self) -> bool:
        """Whether its process has not said anything yet."""
        return not self._pid

    def born(self, pid: int) -> None:
        """Note its process."""
        self._pid = pid

    def kill(self) -> None:
        """End it at once; before it is born, let it end as soon as it is."""
        with suppress(EOFError, OSError):
            if self.unborn and self.connection.poll():
                self.born(self.connection.recv()[2])
        if not self.unborn:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            # The nursery buries it; here its end of the pipe tells that it is gone.
            with suppress(EOFError, OSError):
                while self.connection.poll(_BURIAL):
                    self.connection.recv_bytes()
        self.connection.close()
        self.number = None


def nurse(handle: int, modules: Sequence[str]) -> None:
    """Import modules, fork a worker for each descriptor that comes, and stay as long as somebody may ask.

    Parameters
    ----------
    handle : int
        Descriptor of the socket on which the descriptors of the workers' pipes come.
    modules : sequence of str
    """
    gc.disable()  # importing makes no rubbish worth looking for; copies look for theirs
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = socket.socket(fileno=handle)
    line.set_inheritable(False)
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        os._exit(1)  # workers started in the ordinary way tell why
    if _threads() != 1:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    gc.freeze()
    while True:
        asked, handles, _, _ = socket.recv_fds(line, 1, 1)
        if not asked:  # the owner has gone away
            os._exit(0)
        connection = Connection(handles[0])
        if os.fork() == 0:
            line.close()
            _work(connection)
        connection.close()


def _threads() -> int:
    """Return the threads of this process; 0 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - nothing but the number matters
    except OSError:
        return 0


def _work(connection: Connection) -> None:
    """Be a worker; runs in a copy."""
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        connection.send((None, "born", os.getpid(), 0))
        serve(connection, os.getppid())
    os._exit(0)
