"""What every metric asks of its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import DataError
from imbtool.core.ranked import rank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray


def check_scores(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> None:
    """Raise `DataError` unless there is one finite row of scores for every class code and weight."""
    if proba.ndim != 2 or len(proba) != len(y) or proba.shape[1] < 2:
        raise DataError(
            f"`proba` must have one row for each of {len(y)} targets and one column a class; "
            f"got shape {proba.shape}.",
            hint="A learner must return an array of shape (n_rows, n_classes).",
            code="bad-scores",
        )
    if not np.isfinite(proba).all():
        bad = int((~np.isfinite(proba)).any(axis=1).sum())
        raise DataError(
            f"`proba` must be finite; {bad} of {len(proba)} rows hold NaN or infinity.",
            hint="The learner diverged or met values that it cannot handle; look at the columns' scale.",
            code="bad-scores",
        )
    check_codes("y", y, proba.shape[1])
    check_weight(y, sample_weight)


def check_codes(name: str, codes: IntArray, n_classes: int) -> None:
    """Raise `DataError` unless `codes` are integers in ``[0, n_classes)``."""
    if codes.dtype.kind not in "iu" or (codes.size and not 0 <= codes.min() <= codes.max() < n_classes):
        raise DataError(
            f"`{name}` must hold integer class codes from 0 to {n_classes - 1}; got {codes.dtype} "
            f"with values such as {codes[:3].tolist()}.",
            hint="Encode the classes as 0 .. n_classes - 1 first.",
            code="bad-class-codes",
        )


def check_weight(y: IntArray, sample_weight: FloatArray | None) -> None:
    """Raise `DataError` unless weights are absent or finite, not negative and one a row."""
    if sample_weight is None:
        return
    if sample_weight.shape != y.shape or not (np.isfinite(sample_weight) & (sample_weight >= 0.0)).all():
        raise DataError(
            f"`sample_weight` must hold one finite weight >= 0 for each of {len(y)} rows; "
            f"got shape {sample_weight.shape}.",
            hint="Leave the weights out, or repair the weight column.",
            code="bad-weights",
        )


def class_weights(y: IntArray, n_classes: int, sample_weight: FloatArray | None = None) -> FloatArray:
    """Return the summed weight of each class, shape (n_classes,)."""
    return np.bincount(y, weights=sample_weight, minlength=n_classes).astype(np.float64)


def one_vs_rest(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> dict[int, Ranked]:
    """Rank each class against the rest: class 1 alone when binary, else every class present in `y`."""
    n_classes = proba.shape[1]
    if n_classes == 2:
        return {1: rank(proba[:, 1], y == 1, sample_weight)}
    present = np.flatnonzero(class_weights(y, n_classes, sample_weight) > 0.0)
    return {int(k): rank(proba[:, k], y == k, sample_weight) for k in present}


def macro(values: Iterable[float]) -> float:
    """Return the plain mean of the defined values, NaN when none is."""
    defined = [v for v in values if not np.isnan(v)]
    return float(np.mean(defined)) if defined else float("nan")
