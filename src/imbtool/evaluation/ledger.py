"""What ties a run to a store: trials are taken from it and written to it as soon as they are done."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import ImbtoolError
from imbtool.core.progress import NullProgress
from imbtool.evaluation.basis import basis_of, differences, digest
from imbtool.evaluation.trialtext import clean, from_row, to_row
from imbtool.store import Store, open_store
from imbtool.store.faults import damaged
from imbtool.store.store import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from imbtool.core.progress import Progress
    from imbtool.data.dataset import Dataset
    from imbtool.evaluation.result import Settings, Trial
    from imbtool.store import RunFacts, TrialRow

    Key = tuple[str, str, int, int]

_PASSING = ("store-full", "store-busy")
"""Faults that may go away: writing is tried again with the next trials."""


class Ledger:
    """The store as one run sees it. A store that fails in the middle never stops the run.

    Parameters
    ----------
    store : path, Store or None
        None: nothing is kept. A path is opened (and made) at once, a `Store` is left open by `close`.
    request : mapping, optional
        Plain data: the arguments that repeat the run.

    Raises
    ------
    ImbtoolError
        The store cannot be used.
    """

    def __init__(
        self, store: str | PathLike[str] | Store | None = None, request: Mapping[str, Any] | None = None
    ) -> None:
        self._own = None if store is None or isinstance(store, Store) else open_store(store)
        self._store: Store | None = store if isinstance(store, Store) else self._own
        self._request = request
        self._progress: Progress = NullProgress()
        self._run = self._basis = ""
        self._complained = False
        self._pending: list[TrialRow] = []
        self._kept = 0

    @property
    def on(self) -> bool:
        """Whether anything is kept."""
        return self._store is not None

    def close(self) -> None:
        """Close the store if it was opened here."""
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, dataset: Dataset, settings: Settings, splits: int, progress: Progress) -> None:
        """Note the run; say why it starts anew when an earlier one on the same table cannot be resumed."""
        self._progress = progress
        if self._store is None:
            return
        facts, chosen = basis_of(dataset.fingerprint, settings), asdict(settings)
        self._basis = digest(facts)
        self._run = digest({"basis": self._basis, "settings": chosen, "target": dataset.target})
        with self._forgiving():
            source, target = clean(_place(dataset.source)), clean(dataset.target)
            earlier = [r for r in self._store.runs() if (r.source, r.target) == (source, target)]
            known = self._store.begin(
                key=self._run,
                basis=self._basis,
                facts=facts,
                name=clean(dataset.name),
                source=source,
                target=target,
                settings=chosen,
                request=self._request,
                repeats=settings.repeats,
                splits=splits,
            )
            if not known and earlier:
                self._say_why(earlier[0], facts, chosen)

    def _say_why(self, last: RunFacts, facts: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
        why = "; ".join(differences(last.facts, facts, last.settings, chosen)) or "its basis changed"
        self._progress.note(f"starting anew ({why}); the trials of run {last.id} are kept")

    def known(self, lines: Sequence[tuple[str, str]], folds: Sequence[tuple[int, int]]) -> dict[Key, Trial]:
        """Return the finished trials of these learners and recipes on these folds."""
        if self._store is None:
            return {}
        found: dict[Key, Trial] = {}
        with self._forgiving():
            self._store.plan(self._run, lines)
            wanted = {(*line, *fold) for line in lines for fold in folds}
            for row in self._store.trials(self._basis):
                if row[:4] in wanted and row.status in KEPT:
                    found[row[:4]] = _read(row, self._store.path)
        self._kept += len(found)
        if found:
            self._progress.note(
                f"{len(found)} of {len(wanted)} trials are in the store already (run {self._run[:8]})"
            )
        return found

    def peek(self, dataset: Dataset, settings: Settings) -> set[Key]:
        """Return which trials a run with these settings would find finished; nothing is written."""
        if self._store is None:
            return set()
        basis = digest(basis_of(dataset.fingerprint, settings))
        return {row[:4] for row in self._store.trials(basis) if row.status in KEPT}

    def record(self, trials: Iterable[Trial]) -> None:
        """Write trials at once; what cannot be written now is tried again with the next."""
        if self._store is None:
            return
        self._pending += map(to_row, trials)
        with self._forgiving():
            self._store.record(self._basis, self._pending)
            self._kept += len(self._pending)
            self._pending.clear()

    def stopped(self) -> None:
        """Say how to go on after the run was stopped."""
        if self._store is not None and self._kept:
            self._progress.note(
                f"{self._kept} finished trials are kept in {self._store.path}; the same command resumes"
            )

    def finish(self, document: str, *, verdict: str, complete: bool) -> None:
        """Keep the report."""
        if self._store is None:
            return
        self.record(())
        state = "complete" if complete else "interrupted"
        with self._forgiving():
            self._store.finish(self._run, state=state, verdict=clean(verdict), document=clean(document))

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except ImbtoolError as error:
            if self._store is not None and error.code in _PASSING:
                self._store.patience(0)
            else:
                self._store = None
            if not self._complained:
                self._complained = True
                self._progress.note(f"{error.message} The run goes on; what follows may not be kept.")


def _place(source: str) -> str:
    """Return where the data is, wherever the user stands."""
    path = Path(source)
    return str(path.resolve()) if path.exists() else source


def _read(row: TrialRow, path: Path) -> Trial:
    try:
        return from_row(row)
    except ValueError as error:
        raise damaged(path, f"a trial of {row.recipe} cannot be read ({error})") from error
