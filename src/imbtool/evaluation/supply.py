"""Handing out the tasks of a comparison so that a worker stays with a fold."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

from imbtool.evaluation.plan import Joint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from imbtool.evaluation.plan import Task, Work
    from imbtool.evaluation.referee import Place


class FoldSupply:
    """Gives each worker the tasks of one fold, whose workspace it then has warm.

    A worker without a fold gets the first one that nobody has begun; when there is none, it helps with the
    fold that has most left. Of a fold those come first that nothing is known about, then the longest, so that
    workers end at about the same time.

    Parameters
    ----------
    tasks : iterable of Task or Joint
    wanted : callable
        Says of a task, when it is about to be handed out, whether it is still to be done.
    seconds : mapping of str to float, optional
        How long work of these words took on other folds, as far as that is known; it is looked at whenever
        a task is taken. Without it the order of the tasks is kept.
    """

    def __init__(
        self,
        tasks: Iterable[Work],
        wanted: Callable[[Task], bool],
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        self._waiting: dict[Place, list[Work]] = defaultdict(list)
        for task in tasks:
            self._waiting[_place(task)].append(task)
        self._begun: set[Place] = set()
        self._wanted, self._seconds = wanted, seconds
        self.taken: list[Work] = []

    def take(self, after: Work | None) -> Work | None:
        """Return the next task for a worker; see `imbtool.engine.supply.Supply`."""
        while self._waiting:
            place = self._choose(after)
            self._begun.add(place)
            work = self._waiting[place].pop(self._next_of(self._waiting[place]))
            if not self._waiting[place]:
                del self._waiting[place]
            left = self._left(work)
            if left is not None:
                self.taken.append(left)
                return left
        return None

    def _next_of(self, works: Sequence[Work]) -> int:
        if self._seconds is None:
            return 0
        known = [self._seconds.get(work.words, inf) for work in works]
        return known.index(max(known))

    def _left(self, work: Work) -> Work | None:
        """Return what is still to be done of it."""
        if not isinstance(work, Joint):
            return work if self._wanted(work) else None
        tasks = tuple(task for task in work.tasks if self._wanted(task))
        return Joint(tasks=tasks) if len(tasks) > 1 else next(iter(tasks), None)

    def _choose(self, after: Work | None) -> Place:
        if after is not None and _place(after) in self._waiting:
            return _place(after)
        new = (place for place in self._waiting if place not in self._begun)
        return next(new, None) or max(self._waiting, key=lambda place: len(self._waiting[place]))


def _place(task: Work) -> Place:
    return task.repeat, task.fold
