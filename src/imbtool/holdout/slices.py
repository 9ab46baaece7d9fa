"""Rows cut by the values of a column."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.data.values import form_of, numbers, texts

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.core.types import BoolArray, FloatArray

MOST_NUMBERS = 10
"""A column of numbers with more different values is cut into quartiles."""

MOST_LEVELS = 20
MISSING = "(missing)"
FEWEST = 10
"""A slice with fewer rows of either class (of the second most frequent one of several) is small."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """How a column was cut (``levels`` or ``quartiles``) and the rows of each part by its label."""

    column: str
    how: str
    parts: dict[str, BoolArray]


def cut(series: pd.Series[Any], column: str) -> Cut:
    """Cut a column into its levels, or into quartiles when it has many different numbers.

    Of more than 20 levels the 19 most frequent are kept, the others gathered. Missing cells are a part
    of their own.
    """
    if form_of(series) == "number":
        values = numbers(series)
        present = values[~np.isnan(values)]
        if len(np.unique(present)) > MOST_NUMBERS:
            return Cut(column=column, how="quartiles", parts=_quartiles(values, present))
    cells = texts(series)
    sizes = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.texts))
    kept = range(len(cells.texts))
    if len(kept) > MOST_LEVELS:
        kept_codes = np.argsort(-sizes, kind="stable")[: MOST_LEVELS - 1]
        parts = {cells.texts[k]: cells.codes == k for k in sorted(kept_codes.tolist())}
        others = ~np.isin(cells.codes, kept_codes) & (cells.codes >= 0)
        parts[f"({len(cells.texts) - len(kept_codes)} other levels)"] = others
    else:
        parts = {cells.texts[k]: cells.codes == k for k in kept}
    if (cells.codes < 0).any():
        parts[MISSING] = cells.codes < 0
    return Cut(column=column, how="levels", parts=parts)


def level_rows(series: pd.Series[Any], found: Cut, level: str) -> BoolArray | None:
    """Return the rows of a level, also of one that was gathered; None when there is no such level."""
    if level in found.parts:
        return found.parts[level]
    cells = texts(series)
    wanted = [t for t in cells.texts if t == level] or [
        t for t in cells.texts if t.casefold() == level.casefold() or _same_number(t, level)
    ]
    return cells.codes == cells.texts.index(wanted[0]) if len(wanted) == 1 else None


def _same_number(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _quartiles(values: FloatArray, present: FloatArray) -> dict[str, BoolArray]:
    edges = np.unique(np.quantile(present, [0.25, 0.5, 0.75], method="inverted_cdf"))
    edges = edges[edges < present.max()]
    names = [f"{edge:.6g}" for edge in edges]
    labels = [f"up to {names[0]}"] if names else ["all"]
    labels += [f"{a} to {b}" for a, b in pairwise(names)]
    labels += [f"over {names[-1]}"] if names else []
    place = np.searchsorted(edges, values, "left")
    parts: dict[str, BoolArray] = {}
    for i, label in enumerate(labels):
        here = (place == i) & ~np.isnan(values)
        parts[label] = parts[label] | here if label in parts else here
    if len(present) < len(values):
        parts[MISSING] = np.isnan(values)
    return parts
