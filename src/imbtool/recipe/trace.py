"""Who was fitted on which rows: kept with the scores of every training, so that law 1 can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import IntArray
    from imbtool.recipe.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedOn:
    """Rows of the data set that something was fitted on.

    Parameters
    ----------
    rows : int
        Different rows; copies and synthetic ones are not counted.
    digest : str
        Hex digest of the sorted row numbers, 12 characters: equal for equal sets.
    test_rows : int
        Rows among them that what was fitted then scored; anything but 0 is a leak.
    """

    rows: int
    digest: str
    test_rows: int


def fitted_on(rows: IntArray, scored: IntArray) -> FittedOn:
    """Return what is kept of a set of rows.

    Parameters
    ----------
    rows : ndarray of int64
        Row numbers in the data set, in any order, repeats allowed.
    scored : ndarray of int64
        The rows that must not be among them.
    """
    seen = np.zeros(1 + max(int(rows.max(initial=0)), int(scored.max(initial=0))), dtype=bool)
    seen[rows] = True
    different = np.flatnonzero(seen).astype("<i8")
    digest = blake2b(different.tobytes(), digest_size=6).hexdigest()
    return FittedOn(rows=len(different), digest=digest, test_rows=int(seen[scored].sum()))


def trace_of(workspace: Workspace, used: IntArray, *, sampled: bool) -> dict[str, FittedOn]:
    """Return the trace of one training; empty where the rows of the workspace have no numbers.

    Parameters
    ----------
    workspace : Workspace
    used : ndarray of int64
        Positions in the training part of the rows that the learner was given; -1 for synthetic ones.
    sampled : bool
        Whether a sampler saw the training part.
    """
    number, scored = workspace.train.number, workspace.scored
    if number is None or scored is None:
        return {}
    part = fitted_on(number, scored)
    learner = fitted_on(number[used[used >= 0]], scored)
    return {"view": part, **({"sampler": part} if sampled else {}), "learner": learner}


def all_of(traces: list[dict[str, FittedOn]]) -> dict[str, FittedOn]:
    """Return one trace of several inner trainings: most rows, a digest of the digests, all test rows."""
    found: dict[str, FittedOn] = {}
    for name in traces[0] if traces else ():
        parts = [trace[name] for trace in traces]
        digest = blake2b("".join(part.digest for part in parts).encode(), digest_size=6).hexdigest()
        found[f"inner {name}"] = FittedOn(
            rows=max(part.rows for part in parts),
            digest=digest,
            test_rows=sum(part.test_rows for part in parts),
        )
    return found
