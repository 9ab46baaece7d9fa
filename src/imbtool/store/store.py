"""What can be asked of a store and written to it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from imbtool.core.errors import UsageError
from imbtool.store.faults import damaged, explained

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

KEPT = ("ok", "not-applicable")
"""Trials that need not be run again."""

_RUNS = """
WITH tally AS (
    SELECT run.key AS run,
        sum(trial.status IN ('ok', 'not-applicable')) AS done,
        sum(trial.status NOT IN ('ok', 'not-applicable')) AS failed
    FROM run JOIN line ON line.run = run.key
    JOIN trial ON trial.basis = run.basis AND trial.learner = line.learner AND trial.recipe = line.recipe
        AND trial.repeat < run.repeats
    GROUP BY run.key
)
SELECT run.key, basis.key, basis.facts, name, source, target, settings, request, begun, changed, state,
    verdict, splits * (SELECT count(*) FROM line WHERE line.run = run.key), coalesce(done, 0),
    coalesce(failed, 0)
FROM run JOIN basis ON basis.key = run.basis LEFT JOIN tally ON tally.run = run.key
ORDER BY changed DESC, run.key
"""


class TrialRow(NamedTuple):
    """A trial as it is stored; `result` is JSON text."""

    learner: str
    recipe: str
    repeat: int
    fold: int
    status: str
    reason: str
    seconds: float
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What is known of a run.

    Parameters
    ----------
    key : str
        Hex digest of what was asked for and what its numbers rest on.
    basis : str
        Hex digest of `facts`; runs with the same one share their trials.
    facts, settings : mapping
        What the numbers of its trials rest on; the resolved settings of the run.
    name, source, target : str
        The data: short name, path (or name, ``-``, ``memory``), target column.
    request : mapping or None
        The arguments of `imbtool.compare` that repeat it; None for data in memory.
    begun, changed : str
        ISO 8601, UTC.
    state : {"unfinished", "interrupted", "complete"}
    verdict : str
        Headline of the last report; empty when there is none.
    planned, done, failed : int
        Trials: planned so far, finished, failed or cut off.
    """

    key: str
    basis: str
    facts: Mapping[str, Any]
    name: str
    source: str
    target: str
    settings: Mapping[str, Any]
    request: Mapping[str, Any] | None
    begun: str
    changed: str
    state: str
    verdict: str
    planned: int
    done: int
    failed: int

    @property
    def id(self) -> str:
        """The short name of the run."""
        return self.key[:8]


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that the body writes, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


class Store:
    """An open store; `imbtool.store.open_store` makes it. All methods raise `ImbtoolError`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def patience(self, seconds: float) -> None:
        """Set how long to wait for another process that writes."""
        self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for writes that happen all or not at all."""
        with explained(self.path), transaction(self._connection):
            yield self._connection

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        with explained(self.path):
            return self._connection.execute(query, values).fetchall()

    def begin(
        self,
        *,
        key: str,
        basis: str,
        facts: Mapping[str, Any],
        name: str,
        source: str,
        target: str,
        settings: Mapping[str, Any],
        request: Mapping[str, Any] | None,
        repeats: int,
        splits: int,
    ) -> bool:
        """Note that a run begins or is resumed; return whether its basis was there before."""
        values = (key, basis, name, source, target, _text(settings), request and _text(request))
        with self.writing() as db:
            new = db.execute("INSERT OR IGNORE INTO basis VALUES (?, ?)", (basis, _text(facts))).rowcount
            db.execute(
                "INSERT INTO run (key, basis, name, source, target, settings, request, repeats, splits,"
                " begun, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET request = coalesce(excluded.request, request),"
                " changed = excluded.changed",
                (*values, repeats, splits, _now(), _now()),
            )
        return not new

    def plan(self, run: str, lines: Iterable[tuple[str, str]]) -> None:
        """Note the learners and recipes that a run holds."""
        rows = [(run, *line) for line in lines]
        with self.writing() as db:
            db.executemany("INSERT OR IGNORE INTO line (run, learner, recipe) VALUES (?, ?, ?)", rows)

    def record(self, basis: str, rows: Iterable[TrialRow]) -> None:
        """Write trials, all or none; one that failed does not take the place of one that was finished."""
        with self.writing() as db:
            db.executemany(
                "INSERT INTO trial (basis, learner, recipe, repeat, fold, status, reason, seconds, result)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (basis, learner, recipe, repeat, fold) DO UPDATE SET status = excluded.status,"
                " reason = excluded.reason, seconds = excluded.seconds, result = excluded.result"
                " WHERE trial.status NOT IN ('ok', 'not-applicable')",
                [(basis, *row) for row in rows],
            )

    def finish(self, run: str, *, state: str, verdict: str, document: str) -> None:
        """Keep the report of a run; one of an interrupted run does not replace that of a complete one."""
        with self.writing() as db:
            db.execute(
                "UPDATE run SET state = ?1, verdict = ?2, document = ?3, changed = ?4"
                " WHERE key = ?5 AND (?1 = 'complete' OR state <> 'complete')",
                (state, verdict, document, _now(), run),
            )

    def trials(self, basis: str) -> Iterator[TrialRow]:
        """Return every stored trial of a basis, failed ones too."""
        kinds = (str, str, int, int, str, str, float, str)
        columns = "learner, recipe, repeat, fold, status, reason, seconds, result"
        for row in self.read(f"SELECT {columns} FROM trial WHERE basis = ?", (basis,)):  # noqa: S608
            if not all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True)):
                raise damaged(self.path, "a trial holds values of the wrong type")
            yield TrialRow(*row)  # type: ignore[arg-type] # checked in the line above

    def runs(self) -> list[RunFacts]:
        """Return all runs, the latest first."""
        return [self._run(row) for row in self.read(_RUNS)]

    def _run(self, row: tuple[Any, ...]) -> RunFacts:
        found = dict(zip(RunFacts.__dataclass_fields__, row, strict=True))
        numbers = ("planned", "done", "failed")
        kinds = {name: (int if name in numbers else str) for name in found}
        if not all(isinstance(v, kinds[k]) or (k, v) == ("request", None) for k, v in found.items()):
            raise damaged(self.path, "a run holds values of the wrong type")
        try:
            read = {k: json.loads(found[k] or "null") for k in ("facts", "settings", "request")}
        except ValueError as error:
            raise damaged(self.path, "a run holds text that is no JSON") from error
        if not all(isinstance(v, dict) or (k, v) == ("request", None) for k, v in read.items()):
            raise damaged(self.path, "a run holds JSON of the wrong form")
        return RunFacts(**(found | read))

    def find(self, name: str | None = None) -> RunFacts:
        """Return the run whose key begins with `name`, the latest without one; raise `UsageError`."""
        runs = self.runs()
        found = runs[:1] if name is None else [run for run in runs if run.key.startswith(name.lower())]
        if name is not None and not name.strip():
            found = []
        if len(found) == 1:
            return found[0]
        if not runs:
            what = f"The store {self.path} holds no run."
        elif found:
            what = f"{len(found)} runs begin with {name!r}: {', '.join(run.key for run in found[:4])}."
        else:
            what = f"There is no run {name!r} in the store {self.path}."
        raise UsageError(what, hint="`imbtool runs list` shows them.", code="unknown-run")

    def document(self, run: str) -> str | None:
        """Return the JSON document of a run's last report, None when there is none."""
        (found,) = self.read("SELECT document FROM run WHERE key = ?", (run,))
        return None if found[0] is None else str(found[0])

    def remove(self, runs: Iterable[str]) -> tuple[int, int]:
        """Delete runs, and the trials that no other run rests on; return how many of each."""
        with self.writing() as db:
            keys = [(key,) for key in runs]
            db.executemany("DELETE FROM line WHERE run = ?", keys)
            gone = db.executemany("DELETE FROM run WHERE key = ?", keys).rowcount
            trials = db.execute("DELETE FROM trial WHERE basis NOT IN (SELECT basis FROM run)").rowcount
            db.execute("DELETE FROM basis WHERE key NOT IN (SELECT basis FROM run)")
        return gone, trials

    def shrink(self) -> None:
        """Give the room of what was deleted back to the system."""
        with explained(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
