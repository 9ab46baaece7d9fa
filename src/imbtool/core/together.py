"""Work that is put off so that alike pieces can be done together, such as the trainings of many networks.

Inside ``with together():`` a learner may promise a model instead of training it. The first question to any
of the promised models, or the end of the block, does all that was put off until then. A block inside another
one leaves its work to the outer one.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Promise:
    """A result that is there once its crowd has worked; `seconds` is its share of the time of that."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._kept = False
        self._value: Any = None
        self.seconds = 0.0

    def keep(self, value: Any, seconds: float) -> None:
        """Set the result."""
        self._value, self._kept, self.seconds = value, True, seconds

    @property
    def value(self) -> Any:
        """The result; asking for it does all that the crowd has put off."""
        if not self._kept:
            self._crowd.work()
        return self._value


class Crowd:
    """Pieces of work that wait for each other.

    `worked` are the seconds of all that was done. Once a run has raised an error the crowd is `broken`: what
    it put off for that run is lost.
    """

    def __init__(self) -> None:
        self._waiting: dict[Callable[[Sequence[Any]], Sequence[Any]], list[tuple[Any, Promise]]] = {}
        self.worked = 0.0
        self.broken = False

    def add(self, run: Callable[[Sequence[Any]], Sequence[Any]], piece: Any) -> Promise:
        """Put a piece off; `run` takes all pieces of its kind and returns as many results, in order.

        The time of a run is shared out by the ``effort`` of the results, evenly where they have none.
        """
        promise = Promise(self)
        self._waiting.setdefault(run, []).append((piece, promise))
        return promise

    def work(self) -> None:
        """Do all that was put off."""
        waiting, self._waiting = self._waiting, {}
        broken, self.broken = self.broken, True
        for run, pairs in waiting.items():
            began = time.perf_counter()
            results = run([piece for piece, _ in pairs])
            seconds = time.perf_counter() - began
            self.worked += seconds
            efforts = [float(getattr(result, "effort", 1.0)) for result in results]
            efforts = efforts if any(efforts) else [1.0] * len(efforts)
            whole = math.fsum(efforts)
            for (_, promise), result, effort in zip(pairs, results, efforts, strict=True):
                promise.keep(result, seconds * effort / whole)
        self.broken = broken

    def clock(self) -> float:
        """Return a reading, in seconds, of a clock that stands still while the crowd works."""
        return time.perf_counter() - self.worked


class Block:
    """What one ``with together():`` puts off."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self._promises: list[Promise] = []

    def add(self, run: Callable[[Sequence[Any]], Sequence[Any]], piece: Any) -> Promise:
        """Put a piece off; see `Crowd.add`."""
        self._promises.append(self.crowd.add(run, piece))
        return self._promises[-1]

    @property
    def seconds(self) -> float:
        """Seconds of the crowd that were spent on the pieces of this block, those done so far."""
        return math.fsum(promise.seconds for promise in self._promises)


_NOW: ContextVar[Block | None] = ContextVar("imbtool_crowd", default=None)


def crowd() -> Block | None:
    """Return the block that work may be put off to, or None outside of `together`."""
    return _NOW.get()


@contextmanager
def together() -> Iterator[Block]:
    """Let work wait for its like inside; all is done at the end of the outermost block."""
    outer = _NOW.get()
    mine = Block(Crowd() if outer is None else outer.crowd)
    token = _NOW.set(mine)
    try:
        yield mine
        if outer is None:
            mine.crowd.work()
    finally:
        _NOW.reset(token)
