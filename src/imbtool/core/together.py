"""Work that is put off so that alike pieces can be done together, such as the trainings of many networks.

Inside ``with together():`` a learner may promise a model instead of training it. The first question to any
of the promised models, or the end of the block, does all that was put off until then.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Promise:
    """A result that is there once its crowd has worked."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._kept = False
        self._value: Any = None

    def keep(self, value: Any) -> None:
        """Set the result."""
        self._value, self._kept = value, True

    @property
    def value(self) -> Any:
        """The result; asking for it does all that the crowd has put off."""
        if not self._kept:
            self._crowd.work()
        return self._value


class Crowd:
    """Pieces of work that wait for each other."""

    def __init__(self) -> None:
        self._waiting: dict[Callable[[Sequence[Any]], Sequence[Any]], list[tuple[Any, Promise]]] = {}

    def add(self, run: Callable[[Sequence[Any]], Sequence[Any]], piece: Any) -> Promise:
        """Put a piece off; `run` takes all pieces of its kind and returns as many results, in order."""
        promise = Promise(self)
        self._waiting.setdefault(run, []).append((piece, promise))
        return promise

    def work(self) -> None:
        """Do all that was put off."""
        waiting, self._waiting = self._waiting, {}
        for run, pairs in waiting.items():
            results = run([piece for piece, _ in pairs])
            for (_, promise), result in zip(pairs, results, strict=True):
                promise.keep(result)


_NOW: ContextVar[Crowd | None] = ContextVar("imbtool_crowd", default=None)


def crowd() -> Crowd | None:
    """Return the crowd that work may be put off to, or None outside of `together`."""
    return _NOW.get()


@contextmanager
def together() -> Iterator[None]:
    """Let work wait for its like inside; all is done at the end."""
    mine = Crowd()
    token = _NOW.set(mine)
    try:
        yield
        mine.work()
    finally:
        _NOW.reset(token)
