"""Whether a gate holds, as far as the rows can tell."""

from __future__ import annotations

from math import ceil, isfinite
from typing import TYPE_CHECKING

from imbtool.holdout.slices import FEWEST

if TYPE_CHECKING:
    from imbtool.holdout.gates import Sign
    from imbtool.holdout.result import Measured, Outcome
    from imbtool.holdout.rows import Scored

_MOST = 1_000_000_000


def outcome_of(found: Measured, sign: Sign, limit: float) -> Outcome:
    """Return ``pass`` when the whole interval holds the condition, ``fail`` when none of it does.

    An interval with the limit inside is ``inconclusive``: with other rows of the same kind it could have
    gone either way. What is undefined is inconclusive too.
    """
    if not (isfinite(found.low) and isfinite(found.high)):
        return "inconclusive"
    least, most = _holds(found.low, sign, limit), _holds(found.high, sign, limit)
    if least and most:
        return "pass"
    return "inconclusive" if least or most else "fail"


def rows_to_settle(found: Measured, sign: Sign, limit: float, n: int) -> int | None:
    """Return about how many rows would settle the gate, if the value stays what it is.

    The distance from the value to the end of its interval beyond the limit shrinks with the square root
    of the rows; it has to come down to the distance from the value to the limit.

    Returns
    -------
    int or None
        None when the value is at the limit, or undefined.
    """
    distance = abs(found.value - limit)
    end = found.low if _holds(found.value, sign, limit) == (sign in (">=", ">")) else found.high
    reach = abs(found.value - end)
    if not (isfinite(distance) and isfinite(reach)) or distance <= 0:
        return None
    needed = n * (reach / distance) ** 2
    return max(ceil(needed), n + 1) if needed < _MOST else None


def rows_for_enough(rows: Scored) -> int | None:
    """Return about how many rows it takes until a slice is not small; None when a class is absent."""
    return ceil(rows.n * FEWEST / rows.fewest) if rows.fewest else None


def _holds(value: float, sign: Sign, limit: float) -> bool:
    # Bounds are written as decimals: 0.1 + 0.2 must reach 0.3.
    slack = 1e-12 * max(1.0, abs(limit))
    if sign == ">=":
        return value >= limit - slack
    if sign == "<=":
        return value <= limit + slack
    return value > limit + slack if sign == ">" else value < limit - slack
