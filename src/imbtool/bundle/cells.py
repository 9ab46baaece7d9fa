"""Cells of new tables as the numbers of training, whatever they are written like.

Training had a whole file to find out what a column is; new rows come in pieces, so that here the kind is
given and each cell is read for it. A code such as ``007`` stays what it was, also where no other cell of
the piece begins with a zero.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from imbtool.data.cells import MISSING, MISSING_AMONG_NUMBERS, convert
from imbtool.data.dates import expand, parse_dates
from imbtool.data.schema import FALSE_WORDS, TRUE_WORDS
from imbtool.data.values import form_of, text_of, texts
from imbtool.data.values import numbers as plain_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray
    from imbtool.data.dialect import Dialect
    from imbtool.data.schema import Column
    from imbtool.data.values import Texts

_UNREADABLE_SHARE = 0.5
_NO_VALUE = frozenset(MISSING)


@dataclass(slots=True, kw_only=True)
class Encoded:
    """Columns of the feature matrix that one column of the table fills.

    `bad` counts cells that make the column unusable, `new` those that were taken as missing because
    training did not know them.
    """

    values: list[FloatArray]
    n_missing: int
    bad: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)


def numbers(cells: Any, dialect: Dialect | None) -> Encoded:
    """Read numbers; `dialect` tells how a text file writes them."""
    plain = None if isinstance(cells, pd.Series) else _cast(cells, dialect)
    if plain is not None:
        return _finite(plain)
    if not isinstance(cells, pd.Series):
        found = convert(cells, "", dialect).values if dialect is not None else cells
        cells = found.to_pandas()
    if form_of(cells) in ("date", "nested"):
        return Encoded(values=[np.full(len(cells), np.nan)], n_missing=len(cells), bad=_counts(cells))
    values = plain_numbers(cells)
    bad: Counter[str] = Counter()
    lost = np.isnan(values) & ~cells.isna().to_numpy()
    if lost.any() and cells.dtype.kind not in "fiub":
        bad = Counter({text: n for text, n in _counts(cells[lost]).items() if not _means_missing(text)})
    encoded = _finite(values)
    encoded.bad = bad
    return encoded


def dates(cells: Any, column: Column) -> Encoded:
    """Read dates as training wrote them, expanded into the parts that training uses."""
    series = _without_markers(_series(cells))
    parsed = parse_dates(series, column.date_format)
    unread = parsed.isna().to_numpy() & ~series.isna().to_numpy()
    expanded = expand(parsed)
    encoded = Encoded(
        values=[expanded[part] for part in column.parts], n_missing=int(parsed.isna().to_numpy().sum())
    )
    if unread.any():
        told = _counts(series[unread])
        present = int(series.notna().sum())
        if int(unread.sum()) > _UNREADABLE_SHARE * present:
            encoded.bad = told
        else:
            encoded.new = told
    return encoded


def booleans(cells: Any) -> Encoded:
    """Read truth values: true, yes, y, t, on and 1, and their opposites."""
    found = texts(_series(cells))
    return _looked_up(found, [_truth(text) for text in found.texts])


def level_codes(cells: Any, levels: Sequence[str]) -> Encoded:
    """Read categories: the place of each cell's label among `levels`.

    Where all levels are written as numbers are (1, 2.5), a cell such as ``1.0`` is level ``1``.
    """
    found = texts(_series(cells))
    place = {level: float(i) for i, level in enumerate(levels)}
    codes = [place.get(text, np.nan) for text in found.texts]
    if np.isnan(codes).any() and all(_number_text(level) == level for level in levels):
        codes = [place.get(_number_text(text), np.nan) for text in found.texts]
    return _looked_up(found, codes)


def _looked_up(cells: Texts, codes: list[float]) -> Encoded:
    lookup = np.array([*codes, np.nan], dtype=np.float64)
    values = lookup[cells.codes]
    counts = np.bincount(cells.codes[cells.codes >= 0], minlength=len(cells.texts))
    new = {
        text: int(n)
        for text, code, n in zip(cells.texts, codes, counts, strict=True)
        if np.isnan(code) and text not in _NO_VALUE
    }
    return Encoded(values=[values], n_missing=int(np.isnan(values).sum()), new=Counter(new))


def _cast(cells: Any, dialect: Dialect | None) -> FloatArray | None:
    """Return text as numbers when it is as plain as can be, which is the fast way."""
    import pyarrow as pa

    if dialect is not None and dialect.decimal_comma:
        return None
    try:
        values = cells.cast("double")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return np.asarray(values.to_numpy(), dtype=np.float64)


def _finite(values: FloatArray) -> Encoded:
    found = np.where(np.isinf(values), np.nan, values) + 0.0
    return Encoded(values=[found], n_missing=int(np.isnan(found).sum()))


def _series(cells: Any) -> pd.Series[Any]:
    series: pd.Series[Any] = cells if isinstance(cells, pd.Series) else cells.to_pandas()
    return series.reset_index(drop=True)


def _without_markers(series: pd.Series[Any]) -> pd.Series[Any]:
    if form_of(series) != "text":
        return series
    trimmed = series.astype("str").str.strip()
    return trimmed.mask(trimmed.isin(list(MISSING)))


def _counts(series: pd.Series[Any]) -> Counter[str]:
    found = texts(series)
    counts = np.bincount(found.codes[found.codes >= 0], minlength=len(found.texts))
    return Counter(dict(zip(found.texts, counts.tolist(), strict=True)))


def _means_missing(text: str) -> bool:
    return text in _NO_VALUE or text.casefold() in MISSING_AMONG_NUMBERS


def _number_text(text: str) -> str:
    try:
        return text_of(float(text))
    except ValueError:
        return text


def _truth(text: str) -> float:
    word = text.casefold()
    if word in TRUE_WORDS:
        return 1.0
    return 0.0 if word in FALSE_WORDS else np.nan
