"""Dates: recognised in text, expanded into numbers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from imbtool.data.values import form_of, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray

ISO = "ISO8601"
PARTS = ("year", "month", "day", "dayofweek", "hour", "days")
_DAYS = (
    *("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y"),
    *("%d %B %Y", "%B %d, %Y", "%d%b%Y", "%d/%b/%Y", "%a, %d %b %Y", "%a %b %d %Y"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_LOOKS_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?"
    r"|\d{4}-\d{2}"
    r"|(\w{3}, ?)?\d{1,2}[-/ ]?[A-Za-z]{3,9}[-/ ]?\d{2,4}( .*)?"
    r"|([A-Za-z]{3} )?[A-Za-z]{3,9} \d{1,2},? \d{4}( .*)?"
)
_ISO_LIKE = re.compile(
    r"\d{4}-\d{2}(-\d{2}([ T]\d{2}(:?\d{2}(:?\d{2}([.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?"
)
_PROBE = 50
_READABLE = 0.99
_DAY_SECONDS = 86400.0


def detect_format(distinct: Sequence[str]) -> tuple[str, str]:
    """Return the format of texts that are dates, and a second one that fits them equally well.

    Parameters
    ----------
    distinct : sequence of str
        The different texts of a column.

    Returns
    -------
    (str, str)
        ``"ISO8601"`` or a strptime format, empty when the texts are no dates (99 percent must be
        readable); the second is empty unless day and month could be swapped throughout.
    """
    if not distinct:
        return "", ""
    probe = list(distinct[:: max(1, len(distinct) // _PROBE)])[:_PROBE]
    if sum(1 for text in probe if _LOOKS_LIKE.fullmatch(text)) < _READABLE * len(probe):
        return "", ""
    if all(_ISO_LIKE.fullmatch(text) for text in probe):
        return (ISO, "") if _readable(distinct, ISO) >= _READABLE else ("", "")
    candidates = [f for f in _formats() if any(_fits(text, f) for text in probe[:5])]
    shares = {f: _readable(distinct, f) for f in candidates}
    best = max(shares.values(), default=0.0)
    fitting = [f for f, share in shares.items() if share == best >= _READABLE]
    return (fitting[0] if fitting else "", fitting[1] if len(fitting) > 1 else "")


def parse_dates(series: pd.Series[Any], date_format: str) -> pd.Series[Any]:
    """Return naive timestamps (UTC where a time zone is given), NaT for missing or unreadable cells."""
    if form_of(series) == "date":
        return _naive(series)
    cells = texts(series)
    parsed = _parse(cells.texts, date_format or ISO).to_numpy()
    return pd.Series(np.append(parsed, np.datetime64("NaT", "us"))[cells.codes])


def expand(dates: pd.Series[Any]) -> dict[str, FloatArray]:
    """Return the parts of timestamps as numbers, NaN where missing.

    Year, month (1-12), day (1-31), day of week (0 Monday - 6), hour (0-23), and days since
    1970-01-01 with the time of day as fraction.
    """
    calendar = dates.dt
    return {
        "year": _floats(calendar.year),
        "month": _floats(calendar.month),
        "day": _floats(calendar.day),
        "dayofweek": _floats(calendar.day_of_week),
        "hour": _floats(calendar.hour),
        "days": epoch_seconds(dates) / _DAY_SECONDS,
    }


def epoch_seconds(dates: pd.Series[Any]) -> FloatArray:
    """Return seconds since 1970-01-01, NaN where missing."""
    microseconds = dates.astype("datetime64[us]").to_numpy().astype(np.int64)
    return np.where(dates.isna().to_numpy(), np.nan, microseconds / 1e6)


def _formats() -> list[str]:
    return [day + time for day in _DAYS for time in _TIMES]


def _fits(text: str, date_format: str) -> bool:
    try:
        datetime.strptime(text, date_format)  # noqa: DTZ007 -- only whether it parses matters
    except ValueError:
        return False
    return True


def _readable(distinct: Sequence[str], date_format: str) -> float:
    return float(_parse(distinct, date_format).notna().mean())


def _parse(distinct: Sequence[str], date_format: str) -> pd.Series[Any]:
    if not len(distinct):
        return pd.Series([], dtype="datetime64[us]")
    parsed = pd.to_datetime(pd.Series(list(distinct)), format=date_format, errors="coerce", utc=True)
    return _naive(parsed)


def _naive(series: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    if series.dtype == object:
        series = pd.to_datetime(series, errors="coerce", utc=True)
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    return series.astype("datetime64[us]").reset_index(drop=True)


def _floats(part: Any) -> FloatArray:
    return np.asarray(part.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
