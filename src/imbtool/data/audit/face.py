"""What the table itself says about leaks, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.data.audit.copies import find_near_copies
from imbtool.data.audit.encoded import pure_codes, target_means, target_totals
from imbtool.data.audit.flags import RIGHT, telling_flags, telling_remainders
from imbtool.data.audit.future import backfilled, later_dates, later_targets, windowed_targets
from imbtool.data.audit.groups import alike_groups
from imbtool.data.audit.synthetic import share_on_lines
from imbtool.data.dataset import Finding
from imbtool.data.phrases import count, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, IntArray
    from imbtool.data.audit.copies import Copies
    from imbtool.data.dataset import Dataset

MANY = 0.2
"""Share of the rare class's rows, copied though the table is not of few values, that is no accident."""
_FEWEST = 10
_MOST_ROWS = 50_000
_ON_LINES, _TIMES, _MOST_CLASSES = 0.3, 3.0, 50


def audit(dataset: Dataset, copies: Copies) -> tuple[Finding, ...]:
    """Look for leaks in a table and return a warning for each that was found.

    Parameters
    ----------
    dataset : Dataset
    copies : Copies
        Of all its rows, from `find_copies`.

    Returns
    -------
    tuple of Finding
        Codes ``copied-rows``, ``nearly-copied-rows``, ``synthetic-rows``, ``gives-target-away``,
        ``looks-like-group`` and, with a time column, ``later-target``, ``backfilled``, ``later-date``.
        ``docs/proof.md`` says when each is raised.
    """
    rows = _sample(dataset)
    return (
        *_copied(dataset, copies),
        *_nearly_copied(dataset, copies, rows),
        *_synthetic(dataset),
        *_encoded(dataset),
        *_flags(dataset),
        *_groups(dataset, rows),
        *_future(dataset),
    )


def suspicious(isolated: BoolArray, rare: BoolArray) -> bool:
    """Whether so many rows of the rare class are copies that this is neither grain nor accident."""
    found = int((isolated & rare).sum())
    return found >= max(_FEWEST, MANY * int(rare.sum()))


def _sample(dataset: Dataset) -> IntArray:
    """Return all rows, or of a large table some, every row of the rare class among them if they fit."""
    n = dataset.n_rows
    if n <= _MOST_ROWS:
        return np.arange(n)
    rng = np.random.default_rng(derive_seed("audit", n))
    rare = np.flatnonzero(dataset.y == dataset.rare)
    rest = np.flatnonzero(dataset.y != dataset.rare)
    if len(rare) > _MOST_ROWS // 2:
        rare = rng.choice(rare, _MOST_ROWS // 2, replace=False)
    rest = rng.choice(rest, min(len(rest), _MOST_ROWS - len(rare)), replace=False)
    return np.sort(np.concatenate([rare, rest]))


def _copied(dataset: Dataset, copies: Copies) -> Iterator[Finding]:
    rare = dataset.y == dataset.rare
    if not suspicious(copies.isolated, rare):
        return
    found = copies.isolated & rare
    share = 100 * found.sum() / rare.sum()
    yield _warning(
        "copied-rows",
        f"{count(int(found.sum()), 'row')} of class {_rare(dataset)} ({share:.0f} percent) are copied "
        "and no row differs from them in one column only, so that this is not the grain of the table. Copies "
        "on both sides of a split are answers known in advance: remove them, or give --group.",
    )


def _nearly_copied(dataset: Dataset, copies: Copies, rows: IntArray) -> Iterator[Finding]:
    if not dataset.layout.numeric:
        return
    rare = dataset.y[rows] == dataset.rare
    found = np.zeros(len(rows), dtype=bool)
    for near in find_near_copies(dataset.X[rows], dataset.layout):
        found |= near.isolated & ~copies.repeated[rows]
    if not suspicious(found, rare):
        return
    n = int((found & rare).sum())
    yield _warning(
        "nearly-copied-rows",
        f"{count(n, 'row')} of class {_rare(dataset)} ({100 * n / rare.sum():.0f} percent) differ from "
        "another row by less than a hundredth of a standard deviation in every column, and no other is "
        "near. They look like copies with noise: remove them, or give --group.",
    )


def _synthetic(dataset: Dataset) -> Iterator[Finding]:
    rng = np.random.default_rng(derive_seed("audit", "lines"))
    codes = [code for code in range(dataset.n_classes) if dataset.counts[code]][:_MOST_CLASSES]
    found = {code: share_on_lines(dataset.X, dataset.y, dataset.layout, code, rng) for code in codes}
    for code, share in found.items():
        usual = min((found[other] or 0.0 for other in codes if other != code), default=0.0)
        if share is not None and share >= max(_ON_LINES, _TIMES * usual):
            yield _warning(
                "synthetic-rows",
                f"{100 * share:.0f} percent of the rows of class {dataset.classes[code]!r} looked at "
                "lie exactly on a line between two others, as rows made by SMOTE do. Rows made before the "
                "split carry test rows into training: start from the table as it was collected.",
            )


def _encoded(dataset: Dataset) -> Iterator[Finding]:
    sources = dataset.schema.sources
    for code in range(dataset.n_classes) if dataset.task == "multiclass" else (1,):
        target = dataset.y == code
        computed = (target_means, target_totals)
        for j, what in (pair for find in computed for pair in find(dataset.X, target, dataset.layout)):
            yield _warning(
                "gives-target-away",
                f"{sources[j]!r} is {what}, taken over these very rows: every row's own answer is in it. "
                f"Compute it inside each training part, or leave it out with --drop {shorten(sources[j])!r}.",
                sources[j],
            )
        for j, n in pure_codes(dataset.X, target, dataset.layout):
            yield _warning(
                "gives-target-away",
                f"{sources[j]!r} stands for the target: {count(n, 'row')} of class {dataset.classes[code]!r} "
                f"share its values with rows of their class only. Leave it out with --drop "
                f"{shorten(sources[j])!r}, or give it as --group if it numbers what belongs together.",
                sources[j],
            )


def _flags(dataset: Dataset) -> Iterator[Finding]:
    sources = dataset.schema.sources
    told = {f.column for f in dataset.findings if f.code == "gives-target-away"}
    for code in range(dataset.n_classes) if dataset.task == "multiclass" else (1,):
        target, name = dataset.y == code, dataset.classes[code]
        flags = telling_flags(dataset.X, target, dataset.layout)
        rests = telling_remainders(dataset.X, target, dataset.layout)
        found = {
            **{j: f"{what} tells class {name!r}" for j, what in flags},
            **{
                j: ("whether it is odd" if m == 2 else f"its remainder by {m}") + f" tells class {name!r}"
                for j, m in rests
            },
        }
        for j, what in found.items():
            if sources[j] not in told:
                told.add(sources[j])
                yield _warning(
                    "gives-target-away",
                    f"Of {sources[j]!r}, {what} from the others in {100 * RIGHT:.0f} percent of the rows of "
                    f"either or more. If that is not known when predictions are made, leave it out with "
                    f"--drop {shorten(sources[j])!r}.",
                    sources[j],
                )


def _groups(dataset: Dataset, rows: IntArray) -> Iterator[Finding]:
    if dataset.group is not None:
        return
    for j, n, share in alike_groups(dataset.X[rows], dataset.layout):
        name = dataset.schema.sources[j]
        yield _warning(
            "looks-like-group",
            f"{name!r} numbers {n:,} groups of rows that are nearly the same ({100 * share:.0f} percent of "
            f"the variance lies between them). Rows of one group stand on both sides of the splits: give "
            f"--group {name!r}.",
            name,
        )


def _future(dataset: Dataset) -> Iterator[Finding]:
    if dataset.time is None:
        return
    X, layout, sources = dataset.X, dataset.layout, dataset.schema.sources
    target, order = dataset.y == dataset.rare, np.argsort(dataset.time, kind="stable")
    for j, step in later_targets(X, target, order):
        yield _later("later-target", sources[j], f"gives away the target of the row {_steps(step)} later")
    for j, begin, end in windowed_targets(X, target, order):
        yield _later("later-target", sources[j], f"is computed from the target of {_window(begin, end)}")
    for j, first, last in backfilled(X, target, order):
        yield _later(
            "backfilled",
            sources[j],
            f"tells the classes apart in the earliest rows (ROC-AUC {first:.4f}) and hardly in the latest "
            f"({last:.2f}), as a field does that is filled in once the outcome is known",
        )
    if _in_seconds(dataset):
        for j, share, auc in later_dates(X, layout, dataset.time, target):
            yield _later(
                "later-date",
                sources[j],
                f"is later than the row's own time in {100 * share:.0f} percent of the rows and says much "
                f"about the target (ROC-AUC {auc:.2f})",
            )


def _in_seconds(dataset: Dataset) -> bool:
    return any(c.role == "time" and (c.kind == "datetime" or c.date_format) for c in dataset.schema.columns)


def _later(code: str, name: str, what: str) -> Finding:
    more = "That was not known at the row's time: leave it out with --drop"
    return _warning(code, f"{name!r} {what}. {more} {shorten(name)!r}.", name)


def _window(begin: int, end: int) -> str:
    if end == 0:
        return "the row itself and rows before it"
    return "the row itself and later rows" if begin <= 0 else "later rows"


def _steps(step: int) -> str:
    return "one row" if step == 1 else f"{step} rows"


def _rare(dataset: Dataset) -> str:
    return repr(dataset.classes[dataset.rare])


def _warning(code: str, message: str, column: str = "") -> Finding:
    return Finding(level="warning", code=code, message=message, column=column)
