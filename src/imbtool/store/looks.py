"""Looks at hold-outs: who judged what on which rows, and what the reusable hold-out has given away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from imbtool.store.faults import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imbtool.store.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHoldout:
    """A hold-out that was looked at: digest, number of rows, and the columns that the digest is over."""

    key: str
    rows: int
    columns: tuple[str, ...]


class Looks:
    """The part of a store that counts looks; all methods raise `ImbtoolError`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def holdouts(self) -> list[KnownHoldout]:
        """Return every hold-out that was looked at."""
        rows = self._store.read("SELECT key, rows, columns FROM holdout ORDER BY key")
        return [
            KnownHoldout(key=_as(str, key), rows=_as(int, n), columns=tuple(self._list(columns)))
            for key, n, columns in rows
        ]

    def note(
        self, holdout: KnownHoldout, *, scores: str, name: str, judged: str, guarded: bool
    ) -> tuple[int, int, int]:
        """Note a look at a hold-out, the same scores once.

        Returns
        -------
        number, total, plain : int
            Which look it is in the order of the first ones, how many there are, and how many of them were not
            guarded by the reusable hold-out.
        """
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._store.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO holdout VALUES (?, ?, ?, ?, NULL)",
                (holdout.key, name, holdout.rows, json.dumps(list(holdout.columns))),
            )
            db.execute(
                "INSERT INTO look (holdout, scores, judged, number, first, plain) SELECT ?1, ?2, ?3,"
                " 1 + (SELECT count(*) FROM look WHERE holdout = ?1), ?4, ?5 WHERE true"
                " ON CONFLICT (holdout, scores) DO UPDATE SET plain = max(plain, excluded.plain)",
                (holdout.key, scores, judged, now, int(not guarded)),
            )
            query = "SELECT number FROM look WHERE holdout = ? AND scores = ?"
            (number,) = db.execute(query, (holdout.key, scores)).fetchone()
            query = "SELECT count(*), sum(plain) FROM look WHERE holdout = ?"
            total, plain = db.execute(query, (holdout.key,)).fetchone()
        return int(number), int(total), int(plain)

    def guarded(self, key: str, change: Callable[[Mapping[str, Any] | None], tuple[dict[str, Any], T]]) -> T:
        """Read the state of a reusable hold-out, None at first, and write what `change` makes of it.

        Nobody else reads or writes in between.
        """
        with self._store.writing() as db:
            found = db.execute("SELECT guard FROM holdout WHERE key = ?", (key,)).fetchone()
            text = None if found is None else found[0]
            state, answer = change(None if text is None else self._object(text))
            db.execute("UPDATE holdout SET guard = ? WHERE key = ?", (json.dumps(state, sort_keys=True), key))
        return answer

    def _list(self, text: object) -> list[str]:
        found = self._json(text)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise damaged(self._store.path, "the columns of a hold-out cannot be read")
        return found

    def _object(self, text: object) -> dict[str, Any]:
        found = self._json(text)
        if not isinstance(found, dict):
            raise damaged(self._store.path, "the state of a reusable hold-out cannot be read")
        return found

    def _json(self, text: object) -> Any:
        try:
            return json.loads(str(text))
        except ValueError as error:
            raise damaged(self._store.path, "a hold-out holds text that is no JSON") from error


def _as(kind: type[T], value: Any) -> T:
    return kind(value)  # type: ignore[call-arg] # SQLite's numbers and texts are what STRICT columns would be
