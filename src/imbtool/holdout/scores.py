"""From a table of anybody's scores to rows that can be measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.scoring import DECISION
from imbtool.core.errors import DataError, UsageError
from imbtool.data.labels import encode_labels, read_labels
from imbtool.data.phrases import count, some
from imbtool.data.values import form_of, numbers, texts
from imbtool.holdout.intake import PROBABILITY, check_threshold, content_columns, cut_at, holdout_of
from imbtool.holdout.prints import fingerprints
from imbtool.holdout.reading import codes_of, read_labelled, weights_of
from imbtool.holdout.rows import Scored
from imbtool.methods.postprocess.threshold import default_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.reading import Labelled
    from imbtool.holdout.rows import Holdout

_SUM = 1e-6
"""Probabilities written with seven digits or more still sum to 1 within this."""


def from_scores(
    source: Any,
    *,
    target: str,
    score: Sequence[str] = (),
    positive: str | None = None,
    weight: str | None = None,
    threshold: float | None = None,
) -> Holdout:
    """Take scores from columns of a table.

    Parameters
    ----------
    source : path, the name of a known data set, ``"-"`` or a data frame
    target : str
    score : sequence of str
        One column: the score of the positive class. Several: one a class, each called like its class,
        alone or after ``probability_``. None: all columns called ``probability_<class>``.
    positive : str, optional
        The class of interest of a binary target; by default the last of the ``probability_`` columns, or
        the rarer class.
    weight, threshold : optional
        As in `from_model`; without a threshold the column ``decision`` has the decisions, or 0.5 makes
        them.

    Raises
    ------
    DataError, UsageError
        Codes ``bad-scores``, ``which-scores``, ``column-missing``, and what reading raises.
    """
    table = read_labelled(source)
    labels = table.require(target, "--target")
    given = list(dict.fromkeys(score)) or [name for name in table.columns if name.startswith(PROBABILITY)]
    if not given:
        raise UsageError(
            f"{table.source} has no columns probability_<class>.",
            hint=f"Name the column of scores with --score. Columns: {some(table.columns, 12)}",
            code="which-scores",
        )
    for name in given:
        table.require(name, "--score")
    if len(given) == 1:
        if positive is None and given[0].startswith(PROBABILITY):
            positive = given[0].removeprefix(PROBABILITY)
        found = read_labels(labels, target, positive)
        if found.task != "binary":
            raise UsageError(
                f"The target {target!r} has {len(found.classes)} classes; there is one column of scores.",
                hint="Name a column for each class (--score a --score b ...), or that one (--positive).",
                code="which-scores",
            )
        y, classes, told = found.codes, found.classes, tuple(f.message for f in found.findings)
        one = _column(table, given[0])
        proba = np.column_stack([1.0 - one, one])
    else:
        classes = _classes_of(given, table, target, positive)
        y, told = codes_of(labels, target, classes), ()
        proba = np.column_stack([_column(table, _named(given, label)) for label in classes])
    check_threshold(threshold, classes)
    rows, values, notes = _decided(table, y, proba, classes, threshold)
    prints = fingerprints(table.columns, content_columns(table.columns, given))
    rows = replace(rows, weight=weights_of(table, weight), prints=prints)
    return holdout_of(
        table, target, rows, threshold=values, notes=(*table.notes, *told, *notes), scored_by=tuple(given)
    )


def _decided(
    table: Labelled, y: IntArray, proba: FloatArray, classes: tuple[str, ...], threshold: float | None
) -> tuple[Scored, tuple[float, ...], tuple[str, ...]]:
    """Make the decisions: by `threshold`, by the column ``decision``, or at the default."""
    notes: list[str] = []
    inside = bool(((proba >= 0) & (proba <= 1)).all())
    probabilities = inside and bool(np.allclose(proba.sum(axis=1), 1.0, rtol=0, atol=_SUM))
    if not probabilities:
        notes.append("the scores are no probabilities: metrics of their values are left out")
    default = default_rule(len(classes)).predict(proba) if probabilities or len(classes) > 2 else None
    values: tuple[float, ...] = ()
    if threshold is not None:
        decided: IntArray | None = cut_at(proba, threshold)
        values = (threshold,)
    elif DECISION in table.columns:
        decided = codes_of_decisions(table, classes)
        notes.append("decisions come from the column 'decision'")
    else:
        decided = default
        values = () if default is None or len(classes) > 2 else (0.5,)
        if decided is None:
            notes.append("no decisions without --threshold: metrics of decisions are left out")
    rows = Scored(
        y=y,
        proba=proba,
        classes=classes,
        probabilities=probabilities,
        decided=decided,
        decided_default=default,
    )
    return rows, values, tuple(notes)


def codes_of_decisions(table: Labelled, classes: tuple[str, ...]) -> IntArray:
    """Return the codes of the column ``decision``."""
    try:
        return encode_labels(table.columns[DECISION], classes)
    except DataError as error:
        raise DataError(
            f"The column 'decision' does not name the classes. {error.message}",
            hint=error.hint,
            code=error.code,
        ) from error


def _classes_of(given: Sequence[str], table: Labelled, target: str, positive: str | None) -> tuple[str, ...]:
    """Return the classes in code order: that of the score columns, the positive one of two last."""
    labels = texts(table.columns[target]).texts
    classes = []
    for name in given:
        near = [name, name.removeprefix(PROBABILITY), *(x for x in labels if name.endswith(f"_{x}"))]
        classes.append(next((x for x in near if x in labels), name.removeprefix(PROBABILITY)))
    if len(set(classes)) < len(classes):
        raise UsageError(
            f"Two columns of scores are of the class {max(classes, key=classes.count)!r}.",
            hint="Name one column a class.",
            code="which-scores",
        )
    if positive is not None:
        if positive not in classes or len(classes) > 2:
            raise UsageError(
                f"--positive {positive!r} needs its own column of scores, and one of the rest or none.",
                hint=f"Classes of the columns: {some(classes, 20)}. Name one of them alone with --score.",
                code="which-scores",
            )
        classes.sort(key=lambda label: label == positive)
    return tuple(classes)


def _named(given: Sequence[str], label: str) -> str:
    wanted = (label, f"{PROBABILITY}{label}")
    return next((x for x in given if x in wanted), None) or next(x for x in given if x.endswith(f"_{label}"))


def _column(table: Labelled, name: str) -> FloatArray:
    series = table.columns[name]
    values = numbers(series) if form_of(series) in ("number", "bool") else np.full(table.n, np.nan)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise DataError(
            f"The scores in {name!r} must be finite numbers; {count(bad, 'row')} of {table.n:,} hold none.",
            hint="Score all rows, or name another column with --score.",
            code="bad-scores",
        )
    return values
