"""The time that a comparison may take: how much of it is left for training, and what is kept for the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imbtool.core.quantities import spell_seconds
from imbtool.engine import Limits, default_jobs
from imbtool.engine.memory import held

if TYPE_CHECKING:
    from imbtool.evaluation.options import Options

RESERVE = 2.0
"""Seconds that are kept for the report, a tenth of a small budget."""
SLOWNESS = 0.4
"""Share of the time of starting and reading that is kept where this is more: statistics and report are work
of the same kind, of this process alone, and take a third of that time on a small table; more where the
machine is slow or the table large, as starting and reading do. A sixth of the budget at most."""


class Budget:
    """The clock of a run that has to be over in time.

    Parameters
    ----------
    seconds : float
        Wall time of the whole run.
    began : float
        Moment of `time.monotonic` at which it began.
    jobs : int
        Workers.
    """

    def __init__(self, seconds: float, *, began: float, jobs: int) -> None:
        self.seconds = seconds
        self.jobs = jobs
        self._began = began
        started = time.monotonic() - began
        kept = max(min(RESERVE, seconds / 10), min(SLOWNESS * started, seconds / 6))
        self.deadline = began + seconds - kept
        self._batches = 0
        self._worked = self._trained = 0.0

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() >= self.deadline

    @property
    def reason(self) -> str:
        """What trials that were cut off say."""
        return f"the budget of {spell_seconds(self.seconds)} was used up"

    @property
    def words(self) -> str:
        """The budget in words."""
        return f"the budget of {spell_seconds(self.seconds)}"

    @property
    def left(self) -> float:
        """Seconds of training, all workers together, that can still be had at the pace so far."""
        return max(0.0, self.deadline - time.monotonic()) * self.jobs / self.pace

    @property
    def pace(self) -> float:
        """Time of workers over that of the trainings in it: some goes to waiting and to preparing folds.

        Below 1 where a scheduler has more workers than were counted on.
        """
        return max(0.01, self._worked / self._trained) if self._trained else 1.0

    def note(self, wall: float, trained: float) -> None:
        """Note a batch: its wall time, and the seconds of its trainings. The first one starts the workers."""
        self._batches += 1
        if self._batches > 1:
            self._worked += wall * self.jobs
            self._trained += trained

    def enough(self, missing: float) -> float:
        """Return the budget that would have sufficed, now that trainings of so many seconds are missing."""
        spent = time.monotonic() - self._began
        return spent + missing * self.pace / self.jobs + self._began + self.seconds - self.deadline


def budget_of(options: Options, began: float) -> Budget | None:
    """Return the budget that was asked for, which counts from this moment of `time.monotonic`."""
    if options.budget is None:
        return None
    jobs = 1 if options.engine == "serial" else options.jobs or default_jobs()
    return Budget(float(options.budget), began=began, jobs=jobs)


def limits_of(options: Options, budget: Budget | None) -> Limits:
    """Return what work may cost."""
    return Limits(
        task_seconds=None if options.method_timeout is None else float(options.method_timeout),
        deadline=budget.deadline if budget else None,
        memory=None if options.max_memory is None else int(options.max_memory),
    )


def unseen(limits: Limits) -> tuple[str, ...]:
    """Return a note where a limit of memory is not kept, since nobody tells what processes hold."""
    if limits.memory is None or held():
        return ()
    return ("This system does not tell what processes hold: --max-memory was not kept.",)
