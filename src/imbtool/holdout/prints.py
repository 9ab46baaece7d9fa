"""Fingerprints of rows: what is in them, whatever file, order or number format it came in."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.data.values import form_of, numbers, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    Prints = np.ndarray[tuple[int], np.dtype[np.uint64]]

_MISSING = np.uint64(0x9E3779B97F4A7C15)


def fingerprints(table: Mapping[str, pd.Series[Any]], columns: Iterable[str]) -> Prints:
    """Return a 64-bit hash of each row over some columns.

    Numbers hash by value, so that ``1`` and ``1.0`` agree; other cells by their trimmed text. The order
    of the columns does not matter, their names do. Among a million rows two different ones share a hash
    with a probability of about 3e-8.

    Parameters
    ----------
    table : mapping of str to pandas.Series
    columns : iterable of str
    """
    total: Prints | None = None
    for name in sorted(set(columns)):
        cells = _mixed(_cells(table[name]) ^ np.uint64(_word(name)))
        total = cells if total is None else total + cells
    if total is None:
        return np.zeros(len(next(iter(table.values()), ())), dtype=np.uint64)
    return _mixed(total)


def occurrence(prints: Prints) -> Prints:
    """Return fingerprints in which the second, third ... row of the same content differ from the first."""
    order = np.argsort(prints, kind="stable")
    ranked = prints[order]
    starts = np.append(True, ranked[1:] != ranked[:-1])[: len(ranked)]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(ranked)), 0))
    place = np.empty(len(prints), dtype=np.uint64)
    place[order] = (np.arange(len(ranked)) - first).astype(np.uint64)
    return np.where(place > 0, _mixed(prints + place * np.uint64(0xD1342543DE82EF95)), prints)


def _cells(series: pd.Series[Any]) -> Prints:
    if form_of(series) == "number":
        values = numbers(series)
        return np.where(np.isnan(values), _MISSING, _mixed(values.view(np.uint64)))
    cells = texts(series)
    lookup = np.array([_of_text(text) for text in cells.texts] + [int(_MISSING)], dtype=np.uint64)
    return lookup[cells.codes]


def _of_text(text: str) -> int:
    """Return the hash of a text; of one that is a number, that of the number."""
    try:
        value = np.array([float(text)])
    except ValueError:
        return _word(text)
    return _word(text) if np.isnan(value[0]) else int(_mixed((value + 0.0).view(np.uint64))[0])


def _word(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: Prints) -> Prints:
    """Scatter the bits (the finaliser of SplitMix64; Steele, Lea and Flood, OOPSLA 2014)."""
    values = values ^ (values >> np.uint64(30))
    values = values * np.uint64(0xBF58476D1CE4E5B9)
    values = values ^ (values >> np.uint64(27))
    values = values * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
