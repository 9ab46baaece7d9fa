"""The target column: class labels, their codes, and what cannot be a target."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean
from imbtool.data.dataset import Finding
from imbtool.data.phrases import count, shorten, some
from imbtool.data.values import form_of, natural_order, numbers, text_of, texts

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.core.types import IntArray, Task

MAX_CLASSES = 100
_FEW_VALUES = 20
_AFFIRMATIVE = ("1", "true", "yes", "y", "t", "positive", "pos")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """Class codes of a target column; `classes` as in `Dataset`."""

    codes: IntArray
    classes: tuple[str, ...]
    task: Task
    findings: tuple[Finding, ...] = ()


def read_labels(series: pd.Series[Any], target: str, positive: object = None) -> Labels:
    """Turn a target column into class codes.

    Binary: the positive class is code 1; it is `positive`, or else the rarer one (the affirmative or
    larger label when both are equally frequent). With `positive` and more than two classes the target
    becomes that class against the rest, and a finding says so.

    Raises
    ------
    DataError
        Codes ``target-missing-values``, ``target-constant``, ``target-continuous``,
        ``class-too-small``, ``positive-unknown``.
    """
    _refuse_continuous(series, target)
    cells = texts(series)
    blank = int((cells.codes < 0).sum())
    if blank:
        raise DataError(
            f"The target {target!r} is missing in {blank:,} of {count(len(series), 'row')}.",
            hint="Remove these rows or fill in their class; rows are never dropped silently.",
            code="target-missing-values",
        )
    counts = np.bincount(cells.codes, minlength=len(cells.texts))
    _refuse_few_or_many(cells.texts, counts, target)
    found = _coded(cells.codes, cells.texts, counts, target, positive)
    return replace(found, findings=(*_alike(cells.texts, target), *found.findings))


def _coded(
    codes: IntArray, labels: tuple[str, ...], counts: IntArray, target: str, positive: object
) -> Labels:
    if positive is not None:
        return _against(codes, labels, counts, _positive(positive, labels, target), target)
    if len(labels) == 2:
        return _binary(codes, labels, _rarer(labels, counts))
    order = natural_order(list(labels))
    place = np.array([order.index(label) for label in labels], dtype=np.int64)
    return Labels(codes=place[codes], classes=tuple(order), task="multiclass")


def _alike(labels: tuple[str, ...], target: str) -> tuple[Finding, ...]:
    """Return a warning when classes differ in capital letters only, as where people typed them."""
    spelt: dict[str, list[str]] = {}
    for label in natural_order(list(labels)):
        spelt.setdefault(label.casefold(), []).append(label)
    alike = "; ".join(some(ways) for ways in spelt.values() if len(ways) > 1)
    if not alike:
        return ()
    message = (
        f"Classes of {target!r} that differ in capital letters only: {alike}. They are taken for different "
        "classes; if they are not, write them alike first."
    )
    return (Finding(level="warning", code="classes-alike", message=message, column=target),)


def encode_labels(series: pd.Series[Any], classes: tuple[str, ...]) -> IntArray:
    """Return the codes of labels in another table with the same classes.

    Raises
    ------
    DataError
        Code ``class-unknown``: a label that is missing or not among `classes`.
    """
    cells = texts(series)
    place = {label: i for i, label in enumerate(classes)}
    codes = np.array([*(place.get(t, -1) for t in cells.texts), -1], dtype=np.int64)[cells.codes]
    if (codes < 0).any():
        unknown = [t for t in cells.texts if t not in place]
        what = f"labels that are not known: {some(unknown)}" if unknown else "missing labels"
        raise DataError(
            f"The target has {what}.", hint=f"Known classes: {some(classes, 20)}.", code="class-unknown"
        )
    return codes


def _refuse_continuous(series: pd.Series[Any], target: str) -> None:
    form = form_of(series)
    if form == "date":
        raise _continuous(target, "it holds dates")
    if form == "nested":
        raise _continuous(target, "its cells are lists or mappings")
    if form != "number":
        return
    values = numbers(series)
    if np.isinf(values).any():
        raise _continuous(target, "it has infinite values")
    present = values[~np.isnan(values)]
    n_unique = len(np.unique(present))
    fractions = bool((present != np.floor(present)).any())
    if n_unique > _FEW_VALUES and (fractions or n_unique > max(MAX_CLASSES, len(present) // 2)):
        raise _continuous(target, f"it has {n_unique:,} different numbers")


def _continuous(target: str, why: str) -> DataError:
    return DataError(
        f"The target {target!r} looks continuous, not like classes: {why}.",
        hint="Name a column of classes with --target, or cut this one into classes first.",
        code="target-continuous",
    )


def _refuse_few_or_many(labels: tuple[str, ...], counts: IntArray, target: str) -> None:
    n_rows = int(counts.sum())
    if len(labels) < 2:
        what = f"one class only ({labels[0]!r})" if labels else "no values"
        raise DataError(
            f"The target {target!r} has {what} in {count(n_rows, 'row')}; two classes are needed.",
            hint="Name another column with --target, or add rows of the other class.",
            code="target-constant",
        )
    if len(labels) > MAX_CLASSES or (len(labels) > _FEW_VALUES and len(labels) > n_rows / 2):
        raise DataError(
            f"The target {target!r} has {len(labels):,} different values in {count(n_rows, 'row')}: it looks "
            f"continuous or like an identifier (at most {MAX_CLASSES} classes).",
            hint="Name a column of classes with --target, or cut this one into classes first.",
            code="target-continuous",
        )
    single = [label for label, n in zip(labels, counts, strict=True) if n < 2]
    if single:
        raise DataError(
            f"{count(len(single), 'class', 'classes')} of the target {target!r} with 1 row only: "
            f"{some(single)}; at least 2 are needed.",
            hint="Add rows, merge the class with another, or remove it.",
            code="class-too-small",
        )


def _positive(positive: object, labels: tuple[str, ...], target: str) -> str:
    wanted = text_of(positive)
    candidates = [wanted]
    with suppress(ValueError):
        candidates.append(text_of(float(wanted)))
    for candidate in candidates:
        if candidate in labels:
            return candidate
    folded = [label for label in labels if label.casefold() == wanted.casefold()]
    if len(folded) == 1:
        return folded[0]
    listing = f"Classes found: {some(labels, 20)}."
    raise DataError(
        f"The target {target!r} has no class {shorten(wanted)!r}.",
        hint=f"{did_you_mean(wanted, labels)} {listing}".strip(),
        code="positive-unknown",
    )


def _rarer(labels: tuple[str, ...], counts: IntArray) -> str:
    if counts[0] != counts[1]:
        return labels[int(np.argmin(counts))]
    yes = [label for label in labels if label.casefold() in _AFFIRMATIVE]
    return yes[0] if len(yes) == 1 else labels[1]


def _binary(codes: IntArray, labels: tuple[str, ...], positive: str) -> Labels:
    place = labels.index(positive)
    other = labels[1 - place]
    return Labels(codes=(codes == place).astype(np.int64), classes=(other, positive), task="binary")


def _against(
    codes: IntArray, labels: tuple[str, ...], counts: IntArray, positive: str, target: str
) -> Labels:
    """One class against the rest; with two classes simply the order."""
    if len(labels) == 2:
        return _binary(codes, labels, positive)
    place = labels.index(positive)
    rest = f"not {positive}"
    ours, others = int(counts[place]), int(counts.sum() - counts[place])
    message = (
        f"{target!r} has {len(labels)} classes; it was read as {positive!r} ({count(ours, 'row')}) against "
        f"the other {len(labels) - 1} ({count(others, 'row')})."
    )
    finding = Finding(level="note", code="one-against-rest", message=message, column=target)
    return Labels(
        codes=(codes == place).astype(np.int64), classes=(rest, positive), task="binary", findings=(finding,)
    )
