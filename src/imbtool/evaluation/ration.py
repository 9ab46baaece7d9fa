"""A comparison within a given time: what is trained in which order, so that the answer is worth most.

First the untreated learners that treatments may be compared with, on all folds of the first repeat; then
treatments, as many as fit on all of these folds, those first that are worth most a second; then, where there
is time for them, other learners; then further repeats, fold by fold, of the rows that have the first one.
What a training takes is predicted from the untreated learner and corrected by what others took (`bids`).
Where everything is predicted to fit, it runs as without a budget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.quantities import spell_seconds
from imbtool.evaluation.bids import Bid, affordable, hopeful, predicted, worths
from imbtool.evaluation.book import name_of
from imbtool.evaluation.referee import Batch
from imbtool.evaluation.standing import Standing, groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from imbtool.evaluation.bids import Group
    from imbtool.evaluation.book import Book
    from imbtool.evaluation.budget import Budget
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Candidate, Task
    from imbtool.evaluation.referee import Place, Referee
    from imbtool.recipe.spec import LearnerSpec

    Drop = Callable[[Sequence[Candidate], Sequence[Place]], None]

AMPLE = 1.25
"""Everything fits where it is predicted to take this much less than the time that is left."""
CHEAP = 0.15
"""Share of the time for which an untreated learner is finished before the treatments of a better one."""
CONTROL, TREATMENT, OTHER, REST = range(4)
"""Tiers: class weights, treatments, other learners untreated, these treated."""


class Ration:
    """Hands out the time of a budget.

    Parameters
    ----------
    budget : Budget
    design : Design
    book : Book
    referee : Referee
        Cuts the folds where there is time for all of them.
    """

    def __init__(self, budget: Budget, design: Design, book: Book, referee: Referee) -> None:
        self._budget, self._design, self._book, self._referee = budget, design, book, referee
        self._first = [place for place in design.places if place[0] == 0]
        self._now = Standing(book, self._first)
        self._later = [place for place in design.places if place[0] > 0]
        self._begun: list[Group] = []
        self._probing = False
        self._short: set[Group] = set()
        self.needed: float | None = None

    def batches(
        self,
        first: Sequence[Candidate],
        second: Callable[[LearnerSpec], Sequence[Candidate]],
        pick: Callable[[], LearnerSpec],
        drop: Drop,
    ) -> Iterator[Batch]:
        """Yield what is to run next, until all is done or the time is over; each batch runs before the next.

        Parameters
        ----------
        first : sequence of Candidate
            Rows that can be run.
        second : callable
            Returns further ones that treat the learner that was picked.
        pick : callable
            Returns the learner that does best untreated on the folds so far.
        drop : callable
            Drops losers of these rows which are not to run on the folds ahead.
        """
        mains = _mains(self._design)
        plain = [row for row in first if row.learner in mains and not row.recipe.cost]
        yield from self._opening(plain, first, pick)
        main = pick()
        rows = [*first, *second(main)]
        yield from self._everything(rows, drop)
        yield from self._waves(rows, main, drop)
        yield from self._repeats(rows, drop)

    def wanted(self, task: Task) -> bool:
        """Return whether a training is to be begun, now that others took longer or shorter than predicted."""
        group = (task.learner, task.training)
        if not self._probing or group in self._begun:
            return True
        known = self._now.measured()
        asked = sum(self._seconds(g, known) * len(self._now.missing(g)) for g in [*self._begun, group])
        if asked > self._budget.left:
            return False
        self._begun.append(group)
        return True

    def postpone(self, task: Task) -> None:
        """Note that a training was stopped on its first fold, for there was no time for it on all folds."""
        self._short.add((task.learner, task.training))

    def settle(self, reason: str | None = None) -> None:
        """Cut the rows that lack folds of the first repeat, so that the others are compared on all of it.

        ``needed`` then says what budget would have sufficed for them. Nothing is cut where no untreated
        learner has all of these folds: then all rows are compared on those that there are.
        """
        known, groups = self._now.measured(), self._now.groups()
        missing = {g: lacking for g in groups if (lacking := self._now.missing(g))}
        open_now = [g for g in missing if g in self._short or self._now.live(groups[g])]
        if known and open_now:
            self.needed = self._budget.enough(
                sum(self._seconds(g, known) * len(missing[g]) for g in open_now)
            )
        if not any(not training.steps and (a, training) not in missing for a, training in groups):
            return
        for group in open_now:
            late = self._budget.over and self._now.ran(group)
            self._cut(group, reason or (self._budget.reason if late else self._too_long(group, known)))

    def remarks(self) -> list[str]:
        """Return what budget would have sufficed, where rows were cut."""
        if self.needed is None:
            return []
        enough = spell_seconds(self.needed)
        return [f"Rows were cut off: about {enough} would have sufficed for all of them on one repeat."]

    def _opening(
        self, plain: Sequence[Candidate], rows: Sequence[Candidate], pick: Callable[[], LearnerSpec]
    ) -> Iterator[Batch]:
        """Yield what is not treated; on later repeats too where there is time for all rows there will be."""
        n = self._budget.jobs
        yield from self._in_time(plain, self._first[:n])
        kept = self._kept(list(groups_of(plain)), pick())
        going = [row for row in plain if (row.learner, row.recipe.training) in kept]
        yield from self._in_time(going, self._first[n:])
        slowest = max(groups_of(plain), key=lambda g: self._seconds(g, self._now.measured()), default=None)
        if slowest and self._fits(self._all(rows, slowest[0]), self._design.places):
            yield from self._in_time(plain, self._design.places)

    def _kept(self, groups: Sequence[Group], best: LearnerSpec) -> list[Group]:
        """Return the untreated learners to go on with: the best where it can be finished, cheap ones."""
        known, left = self._now.measured(), self._budget.left
        whole = {g: self._seconds(g, known) * len(self._now.missing(g)) for g in groups}
        first = next((g for g in groups if g[0] == best and whole[g] <= left), None)
        first = first or min(groups, key=lambda g: whole[g], default=None)
        return [g for g in groups if g == first or whole[g] <= CHEAP * left]

    def _everything(self, rows: Sequence[Candidate], drop: Drop) -> Iterator[Batch]:
        """Yield everything, as it runs without a budget, for as long as all of it is predicted to fit."""
        places, done, margin = self._design.places, 0, AMPLE
        for piece in self._referee.batches(places):
            for part in self._parts(piece):
                if not self._fits(self._now.live(rows), places, margin):
                    return
                yield from self._probe(self._now.live(rows), part) if not done else self._in_time(rows, part)
                done, margin = done + len(part), 1.0
            drop(self._now.live(rows), places[done:])

    def _parts(self, places: Sequence[Place]) -> Iterator[Sequence[Place]]:
        """Yield the folds of the first repeat as many at a time as there are workers, then the others."""
        first = [place for place in places if place in self._first]
        for start in range(0, len(first), self._budget.jobs):
            yield first[start : start + self._budget.jobs]
        if len(first) < len(places):
            yield places[len(first) :]

    def _waves(self, rows: Sequence[Candidate], main: LearnerSpec, drop: Drop) -> Iterator[Batch]:
        """Yield the first repeat: what is predicted to fit, then what fits into what that left."""
        n, members = self._budget.jobs, groups_of(rows)
        worth = worths([g for g in members if g[1].steps and not _control(members[g])])

        def bids(groups: Iterable[Group]) -> list[Bid]:
            known = self._now.measured()
            waiting = (g for g in groups if self._now.missing(g) and self._now.live(members[g]))
            return [self._bid(g, _tier(g, members[g], main), worth.get(g, 1.0), known) for g in waiting]

        while (asked := bids(members)) and not self._budget.over:
            left = self._budget.left
            taken = affordable(asked, left) or hopeful(asked, left)
            groups = [bid.group for bid in taken]
            width = -(-n // max(1, len(groups)))
            probed = self._now.live(row for g in groups for row in members[g])
            yield from self._probe(probed, self._first[:width], sure=groups[:1])
            if not any(self._now.ran(g) for g in groups):  # there was nothing that could be begun
                return
            for start in range(width, len(self._first), n):
                groups = [g for g in groups if self._now.ran(g)]
                self._thin(bids(groups))
                going = self._now.live(row for g in groups for row in members[g])
                yield from self._in_time(going, self._first[start : start + n])
                drop(going, [*self._first[start + n :], *self._later])

    def _probe(
        self, rows: Sequence[Candidate], places: Sequence[Place], sure: Sequence[Group] = ()
    ) -> Iterator[Batch]:
        """Yield first folds, on which a training is stopped that could not be finished on all of them."""
        if self._budget.over or not rows:
            return
        self._begun = [g for g in groups_of(rows) if g in sure or self._now.ran(g)]
        folds = max(len(self._now.missing(g)) for g in groups_of(rows))
        together = min(self._budget.jobs, folds)
        most = self._budget.left * together / self._budget.jobs / max(1, folds)
        self._probing = True
        yield Batch(rows, places, task_seconds=max(most, 1e-3))
        self._probing = False

    def _thin(self, bids: Sequence[Bid]) -> None:
        """Cut what was begun and takes too long for all of it to be finished, worth least a second."""
        kept, known = affordable(bids, self._budget.left), self._now.measured()
        for bid in bids:
            if bid not in kept:
                self._cut(bid.group, self._too_long(bid.group, known))

    def _repeats(self, rows: Sequence[Candidate], drop: Drop) -> Iterator[Batch]:
        """Yield further repeats of what has the first one, as many folds as there are workers at a time."""
        groups = groups_of(rows)
        rows = [row for g, mine in groups.items() if not self._now.missing(g) for row in self._now.live(mine)]
        ahead = list(self._later)
        while ahead and rows:
            n = self._budget.jobs if self._fits(rows, ahead[: self._budget.jobs], 1.0) else 1
            if not self._fits(rows, ahead[:n], 1.0):
                return
            yield from self._in_time(rows, ahead[:n])
            ahead = ahead[n:]
            drop(rows, ahead)
            rows = self._now.live(rows)

    def _in_time(self, rows: Sequence[Candidate], places: Sequence[Place]) -> Iterator[Batch]:
        if rows and places and not self._budget.over:
            yield Batch(rows, places)

    def _bid(self, group: Group, tier: int, worth: float, known: dict[Group, float]) -> Bid:
        seconds, folds = self._seconds(group, known), len(self._now.missing(group))
        begun = self._now.ran(group)
        return Bid(group=group, tier=tier, worth=worth, seconds=seconds, folds=folds, begun=begun)

    def _fits(self, rows: Iterable[Candidate], places: Sequence[Place], margin: float = AMPLE) -> bool:
        known = self._now.measured()
        if not known or self._budget.over:
            return False
        asked = sum(self._seconds(g, known) * len(self._now.missing(g, places)) for g in groups_of(rows))
        return margin * asked <= self._budget.left

    def _all(self, rows: Sequence[Candidate], main: LearnerSpec) -> list[Candidate]:
        """Return all rows that there will be where this learner is picked."""
        more = self._design.second(main) if self._design.auto else ()
        return [*rows, *(row for row in more if not self._design.refusal(row))]

    def _seconds(self, group: Group, known: dict[Group, float]) -> float:
        return predicted(group, known) or 0.0

    def _cut(self, group: Group, reason: str) -> None:
        self._short.add(group)
        for row in self._now.groups()[group]:
            self._book.cut.setdefault(name_of(row), reason)

    def _too_long(self, group: Group, known: dict[Group, float]) -> str:
        each = spell_seconds(self._seconds(group, known))
        if self._now.ran(group):
            return f"takes {each} a fold, too long for {self._budget.words}"
        return f"was predicted to take {each} a fold, too long for what was left of {self._budget.words}"


def _tier(group: Group, rows: Iterable[Candidate], main: LearnerSpec) -> int:
    learner, training = group
    if learner != main and not training.own_learner:
        return REST if training.steps else OTHER
    return CONTROL if _control(rows) else TREATMENT


def _control(rows: Iterable[Candidate]) -> bool:
    return any(row.recipe.control for row in rows)


def _mains(design: Design) -> list[LearnerSpec]:
    """Return the learners among which the one is picked whose treatments come first."""
    return [x for x in design.learners if registry.learner(x.name).quick] or list(design.learners[:1])
