"""What has run of the first repeat, how long it took, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.evaluation.book import name_of
from imbtool.evaluation.conclude import scale_for
from imbtool.evaluation.table import Table, best_untreated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.evaluation.bids import Group
    from imbtool.evaluation.book import Book
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.referee import Place
    from imbtool.recipe.spec import LearnerSpec


class Standing:
    """A book read by trainings: rows that share one are one `Group`.

    Parameters
    ----------
    book : Book
    first : sequence of (repeat, fold)
        The folds of the first repeat.
    """

    def __init__(self, book: Book, first: Sequence[Place]) -> None:
        self._book, self._first = book, first

    def measured(self) -> dict[Group, float]:
        """Return the mean seconds a fold of every training that has run."""
        by_name: dict[tuple[str, str], dict[Place, float]] = defaultdict(dict)
        for key, trial in self._book.trials.items():
            if trial.status != "cut-off" or trial.seconds:  # one that was stopped took at least this
                by_name[key[:2]][key[2:]] = trial.seconds
        found = {}
        for group, rows in self.groups().items():
            each: dict[Place, float] = defaultdict(float)
            for row in rows:
                for place, seconds in by_name[name_of(row)].items():
                    each[place] += seconds
            if each:
                found[group] = sum(each.values()) / len(each)
        return found

    def groups(self) -> dict[Group, list[Candidate]]:
        """Return the rows that can be run by their training."""
        return groups_of(self._book.able)

    def missing(self, group: Group, places: Sequence[Place] | None = None) -> list[Place]:
        """Return the folds, of the first repeat by default, on which a row of the training has not run."""
        names = [name_of(row) for row in self.groups().get(group, ())]
        asked = self._first if places is None else places
        return [p for p in asked if not names or not all(self._book.has((*name, *p)) for name in names)]

    def ran(self, group: Group) -> bool:
        """Return whether a training has run on a fold of the first repeat."""
        return len(self.missing(group)) < len(self._first)

    def live(self, rows: Iterable[Candidate]) -> list[Candidate]:
        """Return the rows that were not cut."""
        return [row for row in rows if name_of(row) not in self._book.cut]


def groups_of(rows: Iterable[Candidate]) -> dict[Group, list[Candidate]]:
    """Return rows by learner and training, in their order."""
    found: dict[Group, list[Candidate]] = defaultdict(list)
    for row in rows:
        found[row.learner, row.recipe.training].append(row)
    return dict(found)


def best_learner(design: Design, book: Book) -> LearnerSpec:
    """Return of the quick learners the one that does best untreated on the folds to compare on."""
    quick = [str(x) for x in design.learners if registry.learner(x.name).quick]
    if not quick:
        return design.learners[0]
    whole, lacking = book.comparable()
    table = Table(t for t in book.ordered() if (t.repeat, t.fold) in whole)
    able = [name for name in quick if (name, "none") not in lacking]
    name = best_untreated(table, able or quick, scale_for(design, table))
    return next(x for x in design.learners if str(x) == name)
