"""The workers of a scheduler, each with a part of the files; what they hold stays with them."""

from __future__ import annotations

from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import ImbtoolError
from imbtool.engine.scheduler import PATIENCE, connect, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOOK = 0.2
"""Seconds between two looks at whether all workers are still there."""


class Crew:
    """As many workers of a scheduler as there is work for; `close` leaves them.

    Parameters
    ----------
    scheduler : str
        Address, such as ``tcp://10.0.0.5:8786``.
    most : int
        No more workers than this are used.

    Raises
    ------
    MissingExtraError, UsageError
        As `imbtool.engine.scheduler.connect`.
    """

    def __init__(self, scheduler: str, most: int) -> None:
        self._client = connect(scheduler)
        self.workers = sorted(workers(self._client))[:most]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host of each worker."""
        return tuple(address.split("://")[-1].rsplit(":", 1)[0] for address in self.workers)

    def share(self, value: Any) -> Any:
        """Send a value to all workers, once; hand the result to `start`."""
        (there,) = self._client.scatter([value], broadcast=True, hash=False, workers=list(self.workers))
        return there

    def start(self, function: Callable[..., Any], each: Sequence[tuple[Any, ...]], *same: Any) -> list[Any]:
        """Let every worker do something with its own arguments and the `same`; the result stays there."""
        return [
            self._client.submit(function, *own, *same, pure=False, workers=[worker])
            for worker, own in zip(self.workers, each, strict=True)
        ]

    def done(self, running: list[Any]) -> list[Any]:
        """Wait until all have done it.

        Raises
        ------
        ImbtoolError
            Code ``worker-lost``; else what went wrong on a worker.
        """
        moved = Event()
        for future in running:
            future.add_done_callback(lambda _: moved.set())
        while not all(future.done() for future in running):
            moved.wait(LOOK)
            moved.clear()
            self._look(running)
        self._look(running)
        return running

    def ask(self, function: Callable[..., Any], each: Sequence[tuple[Any, ...]], *same: Any) -> list[Any]:
        """Return what every worker answers."""
        answers: list[Any] = self._client.gather(self.done(self.start(function, each, *same)))
        return answers

    def close(self) -> None:
        """Leave the scheduler; its workers stay."""
        self._client.close()

    def _look(self, running: list[Any]) -> None:
        """Raise where one has failed or gone; the others, which would wait for it, are then begun anew."""
        failed = next((f for f in running if f.status in ("error", "cancelled", "lost")), None)
        here = self._client.status == "running" and set(self.workers) <= set(workers(self._client))
        if failed is None and here:
            return
        error = (
            failed.exception(timeout=PATIENCE) if failed is not None and failed.status == "error" else None
        )
        waiting = [w for w, f in zip(self.workers, running, strict=True) if not f.done()]
        with suppress(Exception):  # they may be gone too
            self._client.cancel(running, force=True)
            self._client.restart_workers(waiting, timeout=PATIENCE, raise_for_error=False)
        if error is None or type(error).__name__ == "KilledWorker" or _hung_up(error):
            raise ImbtoolError(
                "A worker of the dask scheduler went away.",
                hint="It may have run out of memory: use more workers or smaller ones of the files each. "
                "Nothing was written; run the command again.",
                code="worker-lost",
            ) from error
        raise error


def _hung_up(error: BaseException) -> bool:
    """Whether a training failed because another one it talks with was gone.

    The other end of a connection may see this well before the scheduler does, which has started a new worker
    in the place of the lost one by the time that anybody can ask.
    """
    return type(error).__name__ == "LightGBMError" and "Socket" in str(error)
