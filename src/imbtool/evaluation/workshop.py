"""The work of a comparison: tasks go to an engine, trials come back and are kept."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.quantities import spell_bytes, spell_seconds
from imbtool.engine import default_jobs, make_engine
from imbtool.evaluation.errands import forget_workspaces, run_task
from imbtool.evaluation.joints import Joints
from imbtool.evaluation.plan import Joint, Task, spell_fold, tasks_of
from imbtool.evaluation.supply import FoldSupply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.progress import Progress
    from imbtool.core.types import TrialStatus
    from imbtool.engine import Engine, Limits, Outcome
    from imbtool.evaluation.book import Book
    from imbtool.evaluation.budget import Budget
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.ledger import Ledger
    from imbtool.evaluation.plan import Work
    from imbtool.evaluation.ration import Ration
    from imbtool.evaluation.result import Trial


class Workshop:
    """Hands tasks to an engine, enters the trials that come back in the book and writes them to the ledger.

    Parameters
    ----------
    design : Design
    book : Book
    ledger : Ledger
    progress : Progress
    limits : Limits
    budget : Budget or None
    ration : Ration or None
        What says, within a budget, whether a task is still wanted.
    """

    def __init__(
        self,
        design: Design,
        *,
        book: Book,
        ledger: Ledger,
        progress: Progress,
        limits: Limits,
        budget: Budget | None = None,
        ration: Ration | None = None,
    ) -> None:
        self.design, self.options = design, design.options
        self.book, self.ledger, self.progress = book, ledger, progress
        self.limits, self.budget, self.ration = limits, budget, ration
        self.joints = Joints(design)
        self._seconds: dict[str, float] = {}
        self._engine: Engine | None = None

    @property
    def peak(self) -> int | None:
        """The most memory that the engine held, in bytes, where it is known."""
        return self._engine.peak if self._engine else None

    def close(self) -> None:
        """Forget what workers share, and let them go."""
        forget_workspaces()
        if self._engine is not None:
            self._engine.close()

    def collect(self, tasks: Sequence[Task], total: int, task_seconds: float | None) -> None:
        """Run tasks, none of them longer than these seconds.

        Parameters
        ----------
        tasks : sequence of Task
        total : int
            Trials of the whole run, for the progress shown.
        task_seconds : float or None
        """
        self.progress.start(total, "starting")
        limits, begun, trained = self.limits.within(task_seconds), time.monotonic(), 0.0
        work = self.joints.of(tasks, measured=task_seconds is not None)
        while work:
            work, seconds = self._hand_out(work, limits)
            trained += seconds
        if self.budget:
            self.budget.note(time.monotonic() - begun, trained)

    def _hand_out(self, works: Sequence[Work], limits: Limits) -> tuple[list[Task], float]:
        """Do this work; return the tasks that are to be done apart, and the seconds of all trainings."""
        # Within a budget the order says what is worth most; else it is free.
        known = None if self.budget else self._seconds
        supply, trained = FoldSupply(works, self._wanted, known), 0.0
        crew = self.crew(len(self.design.places) if self.budget else len(works))
        apart: list[Task] = []
        for outcome in crew.run(run_task, self.design.shared(), supply, limits):
            task, found = supply.taken[outcome.number], outcome.value
            if outcome.stopped and isinstance(task, Joint):
                trained += outcome.seconds
                apart += () if outcome.stopped == "deadline" else self.joints.apart(task)
                continue
            if outcome.stopped and isinstance(task, Task):
                found = self._stopped(task, outcome, limits)
            seconds = outcome.seconds if outcome.stopped else sum(trial.seconds for trial in found)
            self._seconds[task.words] = seconds
            trained += seconds
            self.ledger.record(found)
            self.book.enter(found)
            done = sum(len(one.recipes) for one in tasks_of(task))
            self.progress.advance(done, f"{task.words}, {spell_fold(task, self.design.repeats, ', ')}")
        return apart, trained

    def crew(self, n_tasks: int) -> Engine:
        """Return the engine, the same one while it has workers enough."""
        wanted = min(self.options.jobs or default_jobs(), n_tasks)
        fixed = self.options.engine in ("serial", "dask")
        if self._engine is not None and (fixed or self._engine.jobs >= wanted):
            return self._engine
        if self._engine is not None:
            self._engine.close()
        self._engine = make_engine(
            self.options.jobs,
            n_tasks,
            kind=self.options.engine,
            scheduler=self.options.scheduler,
            stoppable=self.limits.any,
            packages=tuple(filter(None, (registry.learner(x.name).extra for x in self.design.learners))),
        )
        return self._engine

    def _wanted(self, task: Task) -> bool:
        """Return whether a task is still to be done: not when all its rows were cut in the meantime."""
        if any((str(task.learner), str(r)) not in self.book.cut for r in task.recipes):
            return self.ration is None or self.ration.wanted(task)
        self.progress.advance(len(task.recipes), "cut off")
        return False

    def _stopped(self, task: Task, outcome: Outcome, limits: Limits) -> tuple[Trial, ...]:
        """Return the trials of a task that was stopped; cut its rows where it was their own doing."""
        if outcome.stopped == "deadline":
            return ()
        fold = spell_fold(task, self.design.repeats, " of ")
        status: TrialStatus = "cut-off"
        if outcome.stopped == "timeout":
            reason = f"{fold} took longer than {spell_seconds(limits.task_seconds or 0)}"
            if self.ration and self.budget and limits.task_seconds != self.limits.task_seconds:
                reason += f", too long for {self.budget.words}"
                self.ration.postpone(task)
        elif outcome.stopped == "memory":
            reason = f"{fold} needed more memory than {spell_bytes(self.limits.memory or 0)}"
        else:
            status, reason = "failed", "its worker process was killed, most likely for want of memory"
        names = [(str(task.learner), str(recipe)) for recipe in task.recipes]
        if status == "cut-off":
            self.book.cut |= dict.fromkeys(names, reason)
        blank = [self.book.blank(name, (task.repeat, task.fold), status, reason) for name in names]
        return (replace(blank[0], seconds=outcome.seconds), *blank[1:])
