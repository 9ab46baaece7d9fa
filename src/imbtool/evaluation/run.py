"""One comparison while it runs: stages, batches of folds, interruption, what is reported."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError, ImbtoolError
from imbtool.engine.alarm import started
from imbtool.evaluation.book import Book, name_of
from imbtool.evaluation.budget import budget_of, limits_of, unseen
from imbtool.evaluation.conclude import conclude, scale_for
from imbtool.evaluation.curve import measure
from imbtool.evaluation.design import Design
from imbtool.evaluation.ledger import Ledger
from imbtool.evaluation.proof.face import begin_looking, prove
from imbtool.evaluation.race import TRADED, Race
from imbtool.evaluation.ration import Ration
from imbtool.evaluation.referee import Batch, Patient
from imbtool.evaluation.standing import best_learner
from imbtool.evaluation.table import Table
from imbtool.evaluation.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.outlook import Part
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.referee import Place, Referee
    from imbtool.evaluation.result import Comparison
    from imbtool.recipe.spec import LearnerSpec


class Run:
    """One comparison while it runs.

    Parameters
    ----------
    dataset : Dataset
    options : Options
        Checked.
    progress : Progress
    ledger : Ledger, optional
    began : float, optional
        Moment of `time.monotonic` from which a budget counts; now by default.
    """

    def __init__(
        self,
        dataset: Dataset,
        options: Options,
        progress: Progress,
        ledger: Ledger | None = None,
        began: float | None = None,
    ) -> None:
        self.design = Design.of(dataset, options)
        self.options = options
        self.budget = budget_of(options, time.monotonic() if began is None else began)
        self.limits = limits_of(options, self.budget)
        self.notes = [*self.design.notes, *([TRADED] if options.fast else []), *unseen(self.limits)]
        self.progress = progress
        self.ledger = Ledger() if ledger is None else ledger
        self.book = Book(self.design)
        self.total = 0
        self.referee: Referee = Race(self.design) if options.fast else Patient()
        self.ration, self._looked = None, None
        if self.budget is not None:
            self.ration = Ration(self.budget, self.design, self.book, self.referee)
            # Now, so that it is done when the time is over.
            self._looked = begin_looking(self.design, beside=options.engine != "serial")
        self.workshop = Workshop(
            self.design,
            book=self.book,
            ledger=self.ledger,
            progress=progress,
            limits=self.limits,
            budget=self.budget,
            ration=self.ration,
        )
        self._found: Comparison | None = None

    def execute(self) -> bool:
        """Run all stages; return False when interrupted after at least one complete fold."""
        started()
        self.ledger.begin(self.design.dataset, self.design.settings(), len(self.design.splits), self.progress)
        try:
            for batch in self._batches():
                tasks = self.book.missing(batch.rows, batch.places)
                if tasks:
                    self.workshop.collect(tasks, self.total, batch.task_seconds)
            if self.ration is not None:
                self.ration.settle()
            self._prove()
        except ImbtoolError:
            self.ledger.stopped()
            raise
        except KeyboardInterrupt:
            self.ledger.stopped()
            if self.ration is not None:
                self.ration.settle("was interrupted")
            self.book.keep_complete_folds()
            self.notes.append("Interrupted: only the folds that were complete are reported.")
            return False
        finally:
            self.progress.finish()
            self.workshop.close()
        return True

    def _batches(self) -> Iterator[Batch]:
        """Yield what is to run.

        With ``auto``: every learner first with what needs no training of its own, then the whole
        catalogue with the learner that does best untreated.
        """
        first = self._enter(self.design.first())
        pick = partial(best_learner, self.design, self.book)
        if self.ration is not None:
            yield from self.ration.batches(first, self._second, pick, self._drop)
            return
        yield from self._on_all_folds(first)
        if self.design.auto:
            yield from self._on_all_folds(self._second(pick()))

    def _second(self, chosen: LearnerSpec) -> list[Candidate]:
        """Return the rows that ``auto`` gives to the learner chosen, and say that it was."""
        if not self.design.auto:
            return []
        self.notes.append(
            f"auto: every treatment ran with {chosen}, untreated the best of the quick learners or not to be "
            "told from it; the others stand in the table untreated."
        )
        return self._enter(self.design.second(chosen))

    def _on_all_folds(self, rows: Sequence[Candidate]) -> Iterator[Batch]:
        done = 0
        for piece in self.referee.batches(self.design.places):
            yield Batch(rows, piece)
            done += len(piece)
            self._drop(rows, self.design.places[done:])

    def _enter(self, rows: Sequence[Candidate]) -> list[Candidate]:
        """Give rows their place in the table, and their stored trials; return those that can be run."""
        book, places = self.book, self.design.places
        able = book.admit(rows)
        book.trials.update(self.ledger.known([name_of(row) for row in able], places))
        self.total += sum(len(task.recipes) for task in book.missing(able, places))
        return able

    def _drop(self, rows: Sequence[Candidate], ahead: Sequence[Place]) -> None:
        """Leave losers of the race out of the folds ahead."""
        live = [row for row in rows if name_of(row) not in self.book.cut]
        lost = self.referee.dropped(live, self.book.trials, ahead)
        self.book.dropped |= {name_of(row) for row in lost}
        self.book.cut |= {name_of(row): reason for row, reason in lost.items()}

    def _prove(self) -> None:
        """Look for leaks while the workers are still there; what cannot be concluded is told by `report`."""
        self.progress.note("looking for leaks") if self.options.prove else None
        try:
            found = self._concluded(complete=True)
            if found.verdict.numbers.get("reason") == "unproven-lead":
                found = self._concluded(complete=True, curve=self._curve(found.verdict.numbers))
        except DataError:
            return
        proof = prove(self.design, found, self.workshop.crew(1), self.limits, self._looked)
        self._found = replace(found, proof=proof)

    def _curve(self, numbers: Mapping[str, Any]) -> tuple[Part, ...]:
        """Return the lead that is not proven on parts of the table; empty when there is no time for it."""
        if self.options.fast or (self.budget and self.budget.over):
            return ()
        lead, rival = (tuple(numbers[name]) for name in ("lead_row", "lead_against"))
        scale = scale_for(self.design, Table(self.book.ordered()))
        crew = self.workshop.crew(len(self.design.places))
        return measure(self.design, lead, rival, scale, crew, self.limits)

    def report(self, *, complete: bool = True) -> Comparison:
        """Return the comparison of the trials that are there."""
        if complete and self._found is not None:
            return self._found
        return self._concluded(complete=complete)

    def _concluded(self, *, complete: bool, curve: tuple[Part, ...] = ()) -> Comparison:
        places = None
        if complete and self.book.has_gaps:
            places = self._fill_gaps()
        return conclude(
            self.design,
            self.book.ordered(),
            places=places,
            notes=self.notes,
            enough=self.ration.needed if self.ration else None,
            measured={"engine": self.options.engine or "local", "peak_memory": self.workshop.peak},
            curve=curve,
        )

    def _fill_gaps(self) -> list[Place]:
        """Report what was cut off as that; return the folds to compare on."""
        why = self.budget.reason if self.budget else "cut off"
        whole = self.book.fill_gaps(why, kept=self.ledger.on)
        found = []
        if len(whole) < len(self.design.places):
            found.append(
                f"Cut off: {why} after {len(whole)} of {len(self.design.places)} folds, on which all rows of "
                "the table are compared."
            )
        found += self.ration.remarks() if self.ration else []
        if found and self.ledger.on:
            found[-1] += " The same command with a larger budget goes on from there."
        self.notes += [note for note in found if note not in self.notes]
        return whole
