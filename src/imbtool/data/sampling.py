"""Drawing rows at natural prevalence; counting copies and rare rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.data.dataset import Finding
from imbtool.data.phrases import count

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.labels import Labels

FEWEST_KEPT = 5
FEW_POSITIVES = 50


def sample_rows(
    y: IntArray, classes: tuple[str, ...], max_rows: int | None, seed: int
) -> tuple[IntArray | None, list[Finding]]:
    """Draw rows without replacement, stratified by class, in file order.

    Every class keeps its share, but at least ``min(count, 5)`` rows; the draw depends on nothing but
    `seed`, `max_rows` and the class codes.

    Returns
    -------
    rows : ndarray of int64 or None
        Ascending row numbers; None when all rows stay.
    findings : list of Finding
        Code ``rows-sampled``.
    """
    if max_rows is None or len(y) <= max_rows:
        return None, []
    counts = np.bincount(y, minlength=len(classes))
    wanted = _allocation(counts, max_rows)
    rng = np.random.default_rng(derive_seed("rows", seed, max_rows))
    rows = np.sort(
        np.concatenate(
            [rng.choice(np.flatnonzero(y == k), n, replace=False) for k, n in enumerate(wanted) if n]
        )
    )
    raised = [classes[k] for k, n in enumerate(wanted) if n > counts[k] * max_rows / len(y) + 1]
    more = f" More than its share was kept of {', '.join(map(repr, raised))}." if raised else ""
    message = f"{len(rows):,} of {count(len(y), 'row')} drawn at natural prevalence (seed {seed}).{more}"
    return rows, [Finding(level="note", code="rows-sampled", message=message)]


def _allocation(counts: IntArray, max_rows: int) -> IntArray:
    """Rows of each class: its share by largest remainder, but never below the floor."""
    share = counts * (max_rows / counts.sum())
    wanted = np.floor(share).astype(np.int64)
    spare = max_rows - int(wanted.sum())
    wanted[np.argsort(-(share - wanted), kind="stable")[:spare]] += 1
    return np.asarray(np.maximum(wanted, np.minimum(counts, FEWEST_KEPT)), dtype=np.int64)


def duplicate_finding(X: FloatArray, y: IntArray) -> list[Finding]:
    """Count rows that have an exact copy (all features and the class).

    A fact, not a fault: a table of few values repeats itself. The proof of a comparison says more.
    """
    import pandas as pd

    hashes = pd.util.hash_pandas_object(pd.DataFrame(X).assign(y=y), index=False).to_numpy()
    _, times = np.unique(hashes, return_counts=True)
    copies = int(times[times > 1].sum())
    if not copies:
        return []
    share = 100 * copies / len(y)
    shown = f"{share:.1f}" if share >= 0.1 else "under 0.1"
    message = (
        f"{count(copies, 'row')} ({shown} percent) have an exact copy, class included; copies may "
        "stand on both sides of a split and make every method look better."
    )
    return [Finding(level="note", code="duplicate-rows", message=message)]


def few_positives_finding(y: IntArray, labels: Labels) -> list[Finding]:
    """Say when the rarest class is so small that estimates will be uncertain."""
    counts = np.bincount(y, minlength=len(labels.classes))
    rare = 1 if labels.task == "binary" else int(np.argmin(counts))
    if counts[rare] >= FEW_POSITIVES:
        return []
    message = (
        f"Only {count(int(counts[rare]), 'row')} of class {labels.classes[rare]!r}: differences between "
        "methods will be uncertain."
    )
    return [Finding(level="note", code="few-positives", message=message)]
