"""The trials of a run as they come in: whose they are, what is missing, what was cut off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.errors import DataError
from imbtool.evaluation import plan
from imbtool.evaluation.result import Trial
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.core.types import TrialStatus
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Candidate, Task
    from imbtool.evaluation.referee import Key, Place

    Name = tuple[str, str]


class Book:
    """Trials by learner, recipe, repeat and fold.

    ``cut`` says why rows do not go on; those of them that lost a race are ``dropped``. ``able`` are the rows
    that can be run.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.trials: dict[Key, Trial] = {}
        self.order: dict[Name, int] = {}
        self.cut: dict[Name, str] = {}
        self.dropped: set[Name] = set()
        self.able: list[Candidate] = []

    def admit(self, rows: Sequence[Candidate]) -> list[Candidate]:
        """Give rows their place in the table; return those that can be run."""
        able = []
        for row in rows:
            self.order.setdefault(name_of(row), len(self.order))
            reason = self.design.refusal(row)
            if reason:
                self.fill(name_of(row), self.design.places, "not-applicable", reason)
            else:
                able.append(row)
        self.able += (row for row in able if row not in self.able)
        return able

    def has(self, key: Key) -> bool:
        """Return whether a trial is there that was not cut off."""
        return key in self.trials and self.trials[key].status != "cut-off"

    def missing(self, rows: Iterable[Candidate], places: Sequence[Place]) -> list[Task]:
        """Return the tasks of what is not finished, but for rows that were cut."""
        live = [row for row in rows if name_of(row) not in self.cut]
        tasks = []
        for task in plan.tasks(live, places):
            place = (task.repeat, task.fold)
            left = tuple(r for r in task.recipes if (str(task.learner), str(r), *place) not in self.trials)
            if left:
                tasks.append(replace(task, recipes=left))
        return tasks

    def enter(self, trials: Iterable[Trial]) -> None:
        """Take trials in."""
        for trial in trials:
            self.trials[trial.learner, trial.recipe, trial.repeat, trial.fold] = trial

    def fill(self, name: Name, places: Iterable[Place], status: TrialStatus, reason: str) -> None:
        """Give a row a trial without values on each of these folds on which it has none."""
        for place in places:
            self.trials.setdefault((*name, *place), self.blank(name, place, status, reason))

    def blank(self, name: Name, place: Place, status: TrialStatus, reason: str) -> Trial:
        """Return a trial without values."""
        split = self.design.splits[self.design.places.index(place)]
        return Trial(
            learner=name[0],
            recipe=name[1],
            repeat=place[0],
            fold=place[1],
            status=status,
            reason=reason,
            n_train=split.train.shape[0],
            n_test=split.test.shape[0],
        )

    def ordered(self) -> tuple[Trial, ...]:
        """Return the trials by the plan, not by who finished first: order decides between equals (law 3)."""
        keys = sorted(self.trials, key=lambda k: (k[2], k[3], self.order[k[0], k[1]]))
        return tuple(self.trials[k] for k in keys)

    @property
    def has_gaps(self) -> bool:
        """Whether anything was cut off."""
        return bool(self.cut) or len(self.trials) < len(self.order) * len(self.design.places)

    def fill_gaps(self, reason: str, *, kept: bool = False) -> list[Place]:
        """Report what is missing as cut off; return the folds to compare on.

        Parameters
        ----------
        reason : str
        kept : bool, default False
            Whether there is a store, from which the same command goes on.

        Raises
        ------
        DataError
            There is none.
        """
        whole, _ = self.comparable()
        if not whole:
            raise DataError(
                f"Not one fold was finished: {reason}.",
                hint="Give more time, fewer rows (--max-rows) or fewer methods."
                + (" The same command goes on from what was finished." if kept else ""),
                code="nothing-finished",
            )
        for name in self.order:
            self.fill(name, self.design.places, self._ended(name), self.cut.get(name, reason))
        return whole

    def comparable(self) -> tuple[list[Place], set[Name]]:
        """Return the folds to compare on and the rows that lack some of them.

        These are the folds that every row has which was not cut; where there is none, those that the
        controls of the learner with most of them have, which the other rows then lack.
        """
        done = {k for k, trial in self.trials.items() if trial.status not in ("cut-off", "dropped")}
        live = [name for name in self.order if name not in self.cut]
        whole = self._shared_by(live, done)
        if not whole:
            whole = max((self._shared_by(own, done) for own in self._controls()), key=len, default=[])
        return whole, {name for name in self.order if not all((*name, *p) in done for p in whole)}

    def _ended(self, name: Name) -> TrialStatus:
        return "dropped" if name in self.dropped else "cut-off"

    def _shared_by(self, names: Iterable[Name], done: set[Key]) -> list[Place]:
        return [p for p in self.design.places if all((*name, *p) in done for name in names)]

    def _controls(self) -> list[list[Name]]:
        """Return the controls that need no training beyond the plain one, by learner."""
        found: dict[str, list[Name]] = defaultdict(list)
        for learner, recipe in self.order:
            spec = parse_recipe(recipe)
            if spec.control and spec.cost == 0:
                found[learner].append((learner, recipe))
        return list(found.values())

    def keep_complete_folds(self) -> None:
        """Keep the folds that every row has, else the rows that have every fold; raise when neither is."""
        have: dict[Name, set[Place]] = {}
        for learner, recipe, *fold in self.trials:
            if (learner, recipe) not in self.cut:
                have.setdefault((learner, recipe), set()).add((fold[0], fold[1]))
        folds = set.intersection(*have.values()) if have else set()
        if not folds:
            every = set(self.design.places)
            have = {row: mine for row, mine in have.items() if mine == every}
            folds = every
        names = {*have, *self.cut}
        self.trials = {k: t for k, t in self.trials.items() if k[:2] in names and k[2:] in folds}
        for name, reason in self.cut.items():
            self.fill(name, sorted(folds), self._ended(name), reason)
        if not any(t.status == "ok" for t in self.trials.values()):
            raise KeyboardInterrupt


def name_of(row: Candidate) -> Name:
    """Return learner and recipe as text."""
    return str(row.learner), str(row.recipe)
