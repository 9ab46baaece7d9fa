"""Durations, sizes and numbers as people write them: ``90s``, ``1h30m``, ``8G``; and back."""

from __future__ import annotations

import re
from math import isfinite

from imbtool.core.errors import UsageError

_TIME = {"d": 86400.0, "h": 3600.0, "m": 60.0, "min": 60.0, "s": 1.0, "ms": 0.001}
_TIME_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|ms|m|s)\s*", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE)
_POWER = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def seconds_of(value: str | float, name: str) -> float:
    """Return a duration in seconds.

    Parameters
    ----------
    value : str or float
        ``"90s"``, ``"10m"``, ``"1h30m"``, ``"1.5h"``; a number, or a text that is one, means seconds.
    name : str
        What it is called in the error message.

    Raises
    ------
    UsageError
        It is no duration, or not above 0.
    """
    total = _plain(value)
    if total is None:
        text = str(value).strip()
        parts = list(_TIME_PART.finditer(text))
        whole = "".join(part.group(0) for part in parts)
        units = [part.group(2).lower() for part in parts]
        if parts and whole == text and len(set(units)) == len(units):
            total = sum(float(part.group(1)) * _TIME[unit] for part, unit in zip(parts, units, strict=True))
    if total is None or not total > 0:
        raise UsageError(
            f"`{name}` must be a duration above 0; got {value!r}.",
            hint=f"For example {_flag(name)} 90s, 10m or 1h30m.",
            code="bad-duration",
        )
    return total


def bytes_of(value: str | float, name: str) -> int:
    """Return a size in bytes.

    Parameters
    ----------
    value : str or number
        ``"8G"``, ``"512M"``, ``"1.5GB"``, ``"8GiB"``, all in powers of 1024; a number means bytes.
    name : str
        What it is called in the error message.

    Raises
    ------
    UsageError
        It is no size, or less than one byte.
    """
    total = _plain(value)
    found = None if total is not None else _SIZE.fullmatch(str(value).strip())
    if found:
        total = float(found.group(1)) * 1024 ** _POWER[found.group(2).upper()]
    if total is None or total < 1:
        raise UsageError(
            f"`{name}` must be a size; got {value!r}.",
            hint=f"For example {_flag(name)} 8G or 512M.",
            code="bad-size",
        )
    return int(total)


def spell_seconds(value: float) -> str:
    """Return a duration in words, rounded to what matters: ``90 s``, ``12 min``, ``1 h 30 min``."""
    if value < 9.95:
        return f"{value:.1f}".removesuffix(".0") + " s"
    if value < 120:
        return f"{value:.0f} s"
    minutes = round(value / 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def spell_bytes(value: float) -> str:
    """Return a size in words, ``1.2 GB``, in powers of 1024."""
    for unit in ("bytes", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f}".removesuffix(".0") + " GB"


def spell_number(value: float) -> str:
    """Return a number as commands have it, ``10``, ``0.25``, ``1e-05``; it is read as the same number."""
    return repr(value).removesuffix(".0")


def _plain(value: str | float) -> float | None:
    """Return the number that a value is, None when it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
