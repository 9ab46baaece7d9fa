"""How many rows of which class: the ratio turned into numbers, as imbalanced-learn counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


def class_counts(y: IntArray) -> dict[int, int]:
    """Return the rows of each class that has any, ascending by class."""
    counts = np.bincount(y)
    return {int(k): int(counts[k]) for k in np.flatnonzero(counts)}


def rows_to_add(y: IntArray, ratio: float) -> dict[int, int]:
    """Return for each class that must grow how many rows it needs.

    Every class but the largest is raised to `ratio` times the largest; a class already there is
    left out. ``ratio=1`` is imbalanced-learn's ``"auto"``, in two classes any ratio its float.
    """
    counts = class_counts(y)
    goal = int(max(counts.values()) * ratio)
    return {k: goal - n for k, n in counts.items() if n < goal}


def rows_to_keep(y: IntArray, ratio: float) -> dict[int, int]:
    """Return for each class that may shrink how many rows it keeps.

    Every class but the smallest is cut to the smallest divided by `ratio`; a class already below
    that is left out. ``ratio=1`` is imbalanced-learn's ``"auto"``; ``ratio=0`` cuts nothing.
    """
    if ratio <= 0:
        return {}
    counts = class_counts(y)
    smallest = min(counts, key=lambda k: counts[k])
    goal = int(counts[smallest] / ratio)
    return {k: goal for k, n in counts.items() if k != smallest and n >= goal}


def cleaned_classes(y: IntArray) -> tuple[int, ...]:
    """Return the classes that cleaning may shrink: every class but the smallest."""
    counts = class_counts(y)
    smallest = min(counts, key=lambda k: counts[k])
    return tuple(k for k in counts if k != smallest)


def interpolable(y: IntArray, wanted: dict[int, int]) -> dict[int, int]:
    """Return the wanted classes that have at least two rows to interpolate between.

    Raises
    ------
    NotApplicableError
        When rows are wanted but no class has two: with two classes, the rare one has a single row.
    """
    counts = class_counts(y)
    able = {k: n for k, n in wanted.items() if counts[k] >= 2}
    if wanted and not able:
        single = ", ".join(str(k) for k in wanted)
        raise NotApplicableError(
            f"Interpolation needs at least 2 rows of class {single} in the training part; found 1.",
            hint="Use class weights or random_over, or collect more rows of the rare class.",
            code="too-few-rows",
        )
    return able


def by_neighbors(y: IntArray, wanted: dict[int, int], k: int) -> dict[int, dict[int, int]]:
    """Group the wanted classes by the neighbours they can have: k, or one less than their rows."""
    counts = class_counts(y)
    groups: dict[int, dict[int, int]] = {}
    for label, n in wanted.items():
        groups.setdefault(min(k, counts[label] - 1), {})[label] = n
    return groups


def goals(y: IntArray, wanted: dict[int, int]) -> dict[int, int]:
    """Return imbalanced-learn's spelling of the rows to add: the rows to arrive at."""
    counts = class_counts(y)
    return {k: counts[k] + n for k, n in wanted.items()}
