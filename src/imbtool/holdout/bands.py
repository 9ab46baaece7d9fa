"""ROC, precision-recall, gain and cost curves of scored rows, with bands over bootstrap resamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.core.threads import one_thread
from imbtool.metrics.bootstrap import Resampler
from imbtool.metrics.curves import EVEN, FPR, KINDS, curves_of

if TYPE_CHECKING:
    from imbtool.core.price import Price
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.rows import Scored

RESAMPLES = (40, 200)
"""Fewest and most; very many rows get fewer."""
_ROW_VISITS = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Values at each place of the grid, and the 95 percent of resamples at each place by itself."""

    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCurves:
    """The curves of one class against the rest.

    ``prevalence`` is its share of the rows, what ``pr`` is without skill; ``decided`` the false and the true
    positive rate of the decisions, None where there are none.
    """

    label: str
    prevalence: float
    roc: Band
    pr: Band
    prg: Band
    cost: Band
    decided: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutCurves:
    """Curves of scored rows.

    Parameters
    ----------
    fpr, even : tuple of float
        The grids: false positive rates of ``roc``; recall, recall gain and cost share of the others.
    asked : float or None
        Place on ``cost`` of the costs that were asked about, where each mistake of a kind costs the same.
    resamples : int
        How many the bands are from.
    classes : tuple of ClassCurves
        Of two classes the positive one; of several each that is there, against the rest.
    """

    fpr: tuple[float, ...]
    even: tuple[float, ...]
    asked: float | None
    resamples: int
    classes: tuple[ClassCurves, ...]


def holdout_curves(rows: Scored, *, seed: int, price: Price | None = None) -> HoldoutCurves | None:
    """Return the curves of scored rows; None where a class has no rows beside it.

    Parameters
    ----------
    rows : Scored
    seed : int
    price : Price, optional
        What was asked of the decisions.

    Notes
    -----
    Cost: a sort of the scores for each class and resample; at most 200 resamples, fewer above 100,000 rows.
    """
    resamples = int(np.clip(_ROW_VISITS // max(rows.n, 1), *RESAMPLES))
    codes = [1] if rows.binary else [k for k, n in enumerate(rows.counts) if n]
    if rows.fewest == 0:
        return None
    # One thread: a sum taken by another number of threads may differ in its last bits (law 3).
    with one_thread():
        found = [_of_class(rows, k, resamples, derive_seed("curves", seed)) for k in codes]
    return HoldoutCurves(
        fpr=tuple(FPR.round(6).tolist()),
        even=tuple(EVEN.round(6).tolist()),
        asked=price.operating_share(found[0].prevalence) if price is not None and rows.binary else None,
        resamples=resamples,
        classes=tuple(found),
    )


def _of_class(rows: Scored, code: int, resamples: int, seed: int) -> ClassCurves:
    # Sorted once: sorting what is nearly in order is cheap.
    order = np.argsort(rows.proba[:, code], kind="stable")
    hit, score = (rows.y == code).astype(np.int64)[order], rows.proba[order, code]
    called = np.zeros_like(hit) if rows.decided is None else (rows.decided == code).astype(np.int64)[order]
    weight = np.ones(rows.n) if rows.weight is None else rows.weight[order]
    here = curves_of(hit, score, called, called, weight)
    drawn = _drawn(hit, score, weight, resamples, seed)
    bands = {kind: _band(np.array(here[kind]), drawn[kind]) for kind in KINDS}
    return ClassCurves(
        label=rows.classes[code],
        prevalence=float(weight[hit == 1].sum() / weight.sum()),
        roc=bands["roc"],
        pr=bands["pr"],
        prg=bands["prg"],
        cost=bands["cost"],
        decided=None if rows.decided is None else (here["points"][0], here["points"][1]),
    )


def _drawn(
    hit: IntArray, score: FloatArray, weight: FloatArray, resamples: int, seed: int
) -> dict[str, FloatArray]:
    """Return the curves of resamples, shape (resamples, places)."""
    found: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in KINDS}
    for block in Resampler(hit, resamples=resamples, seed=seed):
        for counts in block:
            curves = curves_of(hit, score, hit, hit, counts * weight)
            for kind in KINDS:
                found[kind].append(curves[kind])
    return {kind: np.array(values) for kind, values in found.items()}


def _band(value: FloatArray, drawn: FloatArray) -> Band:
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    ends = np.minimum(low, value), np.maximum(high, value)
    return Band(**dict(zip(("value", "low", "high"), (_plain(v) for v in (value, *ends)), strict=True)))


def _plain(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(values, 5).tolist())
