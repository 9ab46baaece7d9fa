"""How often a hold-out was looked at: which rows it is, what was judged on it, and how many times."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.holdout.intake import content_columns
from imbtool.holdout.prints import fingerprints
from imbtool.holdout.result import LookCount
from imbtool.store import KnownHoldout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.holdout.prints import Prints
    from imbtool.holdout.rows import Holdout
    from imbtool.store import Looks

_MOST_COLUMN_LISTS = 50


def count_look(holdout: Holdout, looks: Looks, *, guarded: bool = False) -> tuple[KnownHoldout, LookCount]:
    """Note a look in the store, and return which hold-out it was at and which look it is.

    The same scores with the same decisions are one look, however often they come: they show nothing new.
    """
    which = identity(holdout, looks.holdouts())
    number, total, plain = looks.note(
        which, scores=scores_digest(holdout), name=holdout.name, judged=_judged(holdout), guarded=guarded
    )
    return which, LookCount(number=number, total=total, plain=plain, budget=None, spent=None)


def identity(holdout: Holdout, known: Iterable[KnownHoldout]) -> KnownHoldout:
    """Return which of the known hold-outs this is, or a new one.

    It is a known one when it has the same rows over the columns that the known one had, in any order; the
    table may have gained columns.
    """
    columns = content_columns(holdout.table, holdout.scored_by)
    prints = holdout.rows.prints
    if prints is None:
        raise ValueError("rows without fingerprints")
    mine = KnownHoldout(key=rows_digest(prints), rows=holdout.rows.n, columns=tuple(sorted(columns)))
    fitting = [one for one in known if one.rows == mine.rows and set(one.columns) <= set(columns)]
    lists = list(dict.fromkeys(one.columns for one in fitting))[:_MOST_COLUMN_LISTS]
    digests = {names: rows_digest(fingerprints(holdout.table, names)) for names in lists}
    return next((one for one in fitting if digests.get(one.columns) == one.key), mine)


def rows_digest(prints: Prints) -> str:
    """Return a hex digest of rows in any order."""
    return blake2b(np.sort(prints).astype("<u8").tobytes(), digest_size=16).hexdigest()


def scores_digest(holdout: Holdout) -> str:
    """Return a hex digest of scores and decisions with the rows they belong to, in any order."""
    rows = holdout.rows
    prints = np.zeros(rows.n, dtype=np.uint64) if rows.prints is None else rows.prints
    decided = np.zeros(rows.n, dtype=np.int64) if rows.decided is None else rows.decided
    columns: list[Any] = [decided, *rows.proba.T, prints]
    order = np.lexsort(columns)
    digest = blake2b(digest_size=16)
    for column in columns:
        digest.update(np.ascontiguousarray(column[order]).astype(column.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def _judged(holdout: Holdout) -> str:
    model = holdout.model
    return (
        f"{model['recipe']} with {model['learner']}" if model else f"scores in {', '.join(holdout.scored_by)}"
    )
