"""Training and test parts: repeated stratified folds, groups kept together, time respected."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import DataError, UsageError
from imbtool.core.seeds import derive_seed
from imbtool.data.phrases import count, some
from imbtool.data.timesplits import forward_chain

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset

DEFAULT_FOLDS = 5
_MOST_OF_IT = 0.5
"""With a smaller share of the past left to train on than this, that is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """One train/test split of one repeat; `train` and `test` are ascending row numbers."""

    repeat: int
    fold: int
    train: IntArray
    test: IntArray


def resolve_folds(dataset: Dataset, folds: int | None) -> tuple[int, tuple[str, ...]]:
    """Return the number of folds that the data allow, and notes about it.

    Parameters
    ----------
    dataset : Dataset
    folds : int or None
        As asked for. None means 5, lowered (never below 2) to the number of rows of the smaller class
        of a binary target, of groups, or of different times less one.

    Raises
    ------
    DataError
        Code ``class-smaller-than-folds``, ``groups-fewer-than-folds`` or ``times-fewer-than-folds``
        when a number was asked for that the data do not allow.
    UsageError
        Code ``folds`` for fewer than two.
    """
    limits = _limits(dataset)
    if folds is None:
        return _lowered(limits)
    if folds < 2:
        raise UsageError(f"`folds` must be at least 2; got {folds}.", hint="Use --folds 5.", code="folds")
    label, least = _smallest_class(dataset)
    if folds > least:
        hint = f"Use --folds {least}, or add rows of this class." if least >= 2 else "Add rows of this class."
        raise DataError(
            f"Class {label!r} has {count(least, 'row')}, fewer than the {folds} folds asked for.",
            hint=hint,
            code="class-smaller-than-folds",
        )
    for what, code, limit in limits:
        if folds > limit:
            raise DataError(
                f"There are {limit} {what}, fewer than the {folds} folds asked for.",
                hint=f"Use --folds {limit}." if limit >= 2 else "Leave the option out.",
                code=code,
            )
    return folds, ()


def outer_splits(
    dataset: Dataset, *, folds: int, repeats: int, seed: int
) -> tuple[tuple[Split, ...], tuple[str, ...]]:
    """Return the splits of a comparison and notes about them.

    Without groups and time: stratified folds, each class spread as evenly as possible (its rows in any
    two folds differ by one at most), drawn anew in every repeat. With groups: scikit-learn's
    `StratifiedGroupKFold`. With time: forward chaining with one repeat; no training row is later than
    a test row. With both: as time, and groups of the test part are removed from the training part.
    Splits whose training or test part lacks a class of a binary target are left out, with a note.

    Parameters
    ----------
    dataset : Dataset
    folds, repeats : int
    seed : int
        Each repeat is drawn with a seed derived from this and its number.

    Raises
    ------
    DataError
        Code ``too-few-splits`` when fewer than two usable splits remain.
    """
    if dataset.time is not None:
        pairs = forward_chain(dataset.time, dataset.y, folds, group=dataset.group)
        splits = [Split(repeat=0, fold=f, train=a, test=b) for f, (a, b) in enumerate(pairs)]
        notes = ["Rows are ordered by time: every test part is later than its training part."]
        notes += _lost_to_groups(dataset, splits)
        if repeats > 1:
            notes.append("With time there is one way to split, so repeats are not used.")
    else:
        splits, notes = _repeated(dataset, folds, repeats, seed), []
    usable = [split for split in splits if _is_usable(dataset, split)]
    if len(usable) < 2:
        raise DataError(
            f"Only {len(usable)} of {count(len(splits), 'split')} with every class in both parts.",
            hint="The rare class sits in too few groups or times: use fewer folds, or add rows.",
            code="too-few-splits",
        )
    if len(usable) < len(splits):
        lost = len(splits) - len(usable)
        notes.append(f"{count(lost, 'split')} of {len(splits)} left out: a class is missing from one part.")
    return tuple(usable), (*notes, *_thin_classes(dataset, folds))


def inner_splits(
    y: IntArray,
    *,
    folds: int,
    seed: int,
    group: IntArray | None = None,
    time: FloatArray | None = None,
) -> list[tuple[IntArray, IntArray]]:
    """Split a training part for out-of-fold scores, in the same manner as the outer splits.

    Never fails: folds are lowered to what the part allows. With time the validation parts cover the
    later rows only. Where groups (or times) are fewer than two, rows are split as if there were none.

    Parameters
    ----------
    y : ndarray of int64, shape (n,)
        Class codes of the training part; the row numbers returned refer to it.
    folds, seed : int
    group, time : ndarray of shape (n,), optional

    Returns
    -------
    list of (train, valid)
    """
    folds = _inner_folds(y, folds)
    if time is not None and len(np.unique(time)) > 1:
        pairs = forward_chain(time, y, min(folds, len(np.unique(time)) - 1), group=group)
        if pairs:
            return pairs
    if group is not None and len(np.unique(group)) > 1:
        return _grouped(y, group, min(folds, len(np.unique(group))), seed)
    return _pairs(stratified_folds(y, folds, seed), folds)


def stratified_folds(y: IntArray, folds: int, seed: int) -> IntArray:
    """Return the fold of every row: each class, and all rows, spread as evenly as possible.

    scikit-learn's StratifiedKFold does the same, but refuses or warns about classes smaller than the
    number of folds, which are everyday here.
    """
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(np.flatnonzero(y == k)) for k in np.unique(y)])
    fold = np.empty(len(y), dtype=np.int64)
    fold[order] = rng.permutation(folds)[np.arange(len(y)) % folds]
    return fold


def _lost_to_groups(dataset: Dataset, splits: list[Split]) -> list[str]:
    """Say so when most of the past cannot be trained on, since its groups come again."""
    if dataset.group is None or dataset.time is None or not splits:
        return []
    time = dataset.time
    before = sum(int((time < time[split.test].min()).sum()) for split in splits) / len(splits)
    left = sum(len(split.train) for split in splits) / len(splits)
    if left >= _MOST_OF_IT * before:
        return []
    note = (
        f"Training parts have {left:,.0f} rows on average, of {before:,.0f} that are earlier than the test "
        "part: groups of the test part are taken out of them. If such groups are known when predictions are "
        "made, leave out --group."
    )
    return [note]


def _repeated(dataset: Dataset, folds: int, repeats: int, seed: int) -> list[Split]:
    splits: list[Split] = []
    for repeat in range(repeats):
        drawn = derive_seed("outer-split", seed, repeat)
        if dataset.group is not None:
            pairs = _grouped(dataset.y, dataset.group, folds, drawn)
        else:
            pairs = _pairs(stratified_folds(dataset.y, folds, drawn), folds)
        splits += [Split(repeat=repeat, fold=f, train=a, test=b) for f, (a, b) in enumerate(pairs)]
    return splits


def _pairs(fold: IntArray, folds: int) -> list[tuple[IntArray, IntArray]]:
    pairs = [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(folds)]
    return [(train, test) for train, test in pairs if len(train) and len(test)]


def _grouped(y: IntArray, group: IntArray, folds: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    largest = int(np.bincount(y).max())
    splitter = StratifiedGroupKFold(n_splits=min(folds, largest), shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # classes smaller than the folds are noted by us
        pairs = [(np.asarray(a), np.asarray(b)) for a, b in splitter.split(np.zeros(len(y)), y, group)]
    return [(train, test) for train, test in pairs if len(train) and len(test)]


def _inner_folds(y: IntArray, folds: int) -> int:
    counts = np.bincount(y)
    counts = counts[counts > 0]
    if len(counts) <= 2:
        folds = min(folds, int(counts.min()))
    return max(2, min(folds, len(y)))


def _is_usable(dataset: Dataset, split: Split) -> bool:
    """Binary: every class on both sides. Multiclass: at least two classes on both sides."""
    return all(len(np.unique(dataset.y[part])) >= 2 for part in (split.train, split.test))


def _smallest_class(dataset: Dataset) -> tuple[str, int]:
    counts = dataset.counts
    least = min(counts)
    return dataset.classes[counts.index(least)], least


def _limits(dataset: Dataset) -> list[tuple[str, str, int]]:
    limits: list[tuple[str, str, int]] = []
    if dataset.task == "binary":
        label, least = _smallest_class(dataset)
        limits.append((f"rows of class {label!r}", "class-smaller-than-folds", least))
    if dataset.group is not None:
        limits.append(("groups", "groups-fewer-than-folds", len(np.unique(dataset.group))))
    if dataset.time is not None:
        limits.append(
            ("different times after the first", "times-fewer-than-folds", len(np.unique(dataset.time)) - 1)
        )
    return limits


def _lowered(limits: list[tuple[str, str, int]]) -> tuple[int, tuple[str, ...]]:
    what, _, limit = min(limits, key=lambda row: row[2], default=("", "", DEFAULT_FOLDS))
    if limit >= DEFAULT_FOLDS:
        return DEFAULT_FOLDS, ()
    folds = max(2, limit)
    return folds, (f"{folds} folds instead of {DEFAULT_FOLDS}: there are {limit} {what}.",)


def _thin_classes(dataset: Dataset, folds: int) -> list[str]:
    thin = [label for label, n in zip(dataset.classes, dataset.counts, strict=True) if n < folds]
    if dataset.task == "binary" or not thin:
        return []
    return [f"Fewer rows than folds, so missing from some test parts: class {some(thin)}."]
