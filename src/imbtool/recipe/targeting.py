"""Rows for losses that learn whether to act: right decisions as classes, the money at stake as weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.recipe.rows import carried, mean_one

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray
    from imbtool.recipe.workspace import Part


def targeted(
    part: Part, rows: Resampled, weight: FloatArray | None, name: str
) -> tuple[Resampled, FloatArray]:
    """Return the rows with the right decisions as classes, and weights of mean 1 by what is at stake.

    Parameters
    ----------
    part : Part
        The training part; its `gain` is the money of acting on each row over leaving it alone.
    rows : Resampled
        Its rows after the samplers: a copy has the gain of its original, a synthetic row the mean gain of
        its class.
    weight : ndarray of float64, shape (m,), or None
        Their weights so far, which multiply.
    name : str
        The loss, for messages.

    Raises
    ------
    NotApplicableError
        Codes ``needs-price`` without money, and ``nothing-at-stake`` where acting changes nothing.
    """
    if part.gain is None:
        raise NotApplicableError(
            f"{name} needs decisions of two classes that are counted in money.",
            hint="Say what they cost or bring, for example --value-column VALUE --cost-fp 5.",
            code="needs-price",
        )
    gain = carried(part.gain, part.y, rows)
    stake = np.abs(gain) if weight is None else np.abs(gain) * weight
    if not stake.any():
        raise NotApplicableError(
            f"{name}: acting on these rows brings and costs nothing.", code="nothing-at-stake"
        )
    return replace(rows, y=(gain > 0).astype(np.int64)), mean_one(stake)
