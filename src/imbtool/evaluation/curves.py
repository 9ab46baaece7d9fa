"""Curves of every row of the table with their bands, and the convex hull over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from imbtool.metrics.curves import EVEN, FPR, KINDS, LEAST_GAIN
from imbtool.metrics.hull import area_under, upper_hull
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.core.types import FloatArray
    from imbtool.evaluation.result import MethodResult
    from imbtool.evaluation.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Mean over the folds at each place of the grid, and half the width of its 95 percent interval.

    The interval is that of the corrected t-test, at each place by itself; NaN with one fold.
    """

    mean: tuple[float, ...]
    half: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePoint:
    """A false and a true positive rate, and whose they are."""

    fpr: float
    tpr: float
    learner: str
    recipe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCurves:
    """The curves of one row of the table.

    ``decided`` and ``undecided`` are its mean rates at the chosen and at the default threshold. ``money``
    is the profit or the cost, mean a row, of acting on each share of the rows, None without a price.
    """

    learner: str
    recipe: str
    roc: Curve
    pr: Curve
    prg: Curve
    cost: Curve
    decided: RatePoint
    undecided: RatePoint
    money: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Recipes that differ in the level of their last training step alone: one curve of decisions.

    ``points`` are decisions at the default threshold, doing nothing first; ``auc`` is the area under them
    and the corners (0, 0) and (1, 1) by the trapezoid rule, ``on_hull`` how many of them lie on the convex
    hull over all rows.
    """

    name: str
    learner: str
    auc: float
    on_hull: int
    points: tuple[RatePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Curves of a comparison, best row first; with several classes means over them, each against the rest.

    Parameters
    ----------
    fpr, even : tuple of float
        The grids: false positive rates of ``roc``; recall, recall gain and cost share of the others.
    prevalence : float
        What ``pr`` is without skill: the share of the positive class, of several their mean share.
    rows : tuple of RowCurves
    hull : tuple of RatePoint
        Corners of the upper convex hull over the ROC curves of all rows, (0, 0) and (1, 1) left out.
    hull_auc : float
        The area under it.
    decision_hull : tuple of RatePoint
        The same over the decisions of all rows at the default threshold.
    families : tuple of Family
    """

    fpr: tuple[float, ...]
    even: tuple[float, ...]
    prevalence: float
    rows: tuple[RowCurves, ...]
    hull: tuple[RatePoint, ...]
    hull_auc: float
    decision_hull: tuple[RatePoint, ...]
    families: tuple[Family, ...]


def curves_in(
    table: Table, rows: Sequence[MethodResult], *, prevalence: float, test_ratio: float
) -> Curves | None:
    """Return the curves of the rows that have an estimate; None where no trial has any.

    Folds are averaged at fixed false positive rates (vertical averaging, Fawcett, Pattern Recognition
    Letters 27, 2006), fixed recalls and fixed costs.
    """
    made = [_row_curves(table, row, test_ratio) for row in rows if row.rank]
    kept = [row for row in made if row is not None]
    if not kept:
        return None
    corners, area = _hull_of(p for row in kept for p in _curve_points(row))
    decisions, _ = _hull_of(row.undecided for row in kept)
    return Curves(
        fpr=_plain(FPR),
        even=_plain(EVEN),
        prevalence=prevalence,
        rows=tuple(kept),
        hull=corners,
        hull_auc=area,
        decision_hull=decisions,
        families=_families(kept, decisions),
    )


def _row_curves(table: Table, row: MethodResult, test_ratio: float) -> RowCurves | None:
    trials = [t.curves for t in table.trials((row.learner, row.recipe)) if t.curves]
    if not trials:
        return None
    found = {kind: _averaged(np.array([t[kind] for t in trials]), test_ratio) for kind in KINDS}
    at = np.mean([t["points"] for t in trials], axis=0).round(6).tolist()
    learner, recipe = row.learner, row.recipe
    return RowCurves(
        learner=learner,
        recipe=recipe,
        roc=found["roc"],
        pr=found["pr"],
        prg=found["prg"],
        cost=found["cost"],
        decided=RatePoint(fpr=at[0], tpr=at[1], learner=learner, recipe=recipe),
        undecided=RatePoint(fpr=at[2], tpr=at[3], learner=learner, recipe=recipe),
        money=_averaged(np.array([t["money"] for t in trials]), test_ratio) if "money" in trials[0] else None,
    )


def _averaged(values: FloatArray, test_ratio: float) -> Curve:
    count = len(values)
    if count < 2:
        return Curve(mean=_plain(values[0]), half=(float("nan"),) * values.shape[1])
    spread = values.std(axis=0, ddof=1) * np.sqrt(1.0 / count + test_ratio)
    return Curve(mean=_plain(values.mean(axis=0)), half=_plain(stdtrit(count - 1, 0.975) * spread))


def ends_of(curve: Curve, kind: str) -> tuple[FloatArray, FloatArray]:
    """Return the lower and the upper end of a band, cut where the measure ends."""
    mean, half = np.array(curve.mean), np.nan_to_num(np.array(curve.half))
    if kind == "money":
        return mean - half, mean + half
    low = LEAST_GAIN if kind == "prg" else 0.0
    return np.maximum(mean - half, low), np.minimum(mean + half, 1.0)


def _curve_points(row: RowCurves) -> Iterable[RatePoint]:
    for fpr, tpr in zip(FPR, row.roc.mean, strict=True):
        yield RatePoint(fpr=float(fpr), tpr=tpr, learner=row.learner, recipe=row.recipe)


def _hull_of(points: Iterable[RatePoint]) -> tuple[tuple[RatePoint, ...], float]:
    """Return the corners of the hull over points and the ends (0, 0) and (1, 1), which are no corners."""
    given = [p for p in points if p.fpr < 1.0]
    x = np.array([p.fpr for p in given] + [0.0, 1.0])
    y = np.array([p.tpr for p in given] + [0.0, 1.0])
    at = upper_hull(x, y)
    start = np.array([0.0]) if y[at[0]] > 0 else np.empty(0)
    area = area_under(np.append(start, x[at]), np.append(start, y[at]))
    return tuple(given[i] for i in at if i < len(given)), area


def _families(rows: Sequence[RowCurves], hull: Sequence[RatePoint]) -> tuple[Family, ...]:
    gathered: dict[tuple[str, str], list[RatePoint]] = {}
    raw = {row.learner: row.undecided for row in rows if row.recipe == "none"}
    for row in rows:
        name = family_of(row.recipe)
        if name:
            gathered.setdefault((row.learner, name), []).append(row.undecided)
    found = []
    for (learner, name), points in gathered.items():
        if len({p.recipe for p in points}) < 2:
            continue
        level = sorted([*points, *([raw[learner]] if learner in raw else [])], key=lambda p: (p.fpr, p.tpr))
        x = np.array([0.0, *(p.fpr for p in level), 1.0])
        y = np.array([0.0, *(p.tpr for p in level), 1.0])
        on = sum(p in points for p in hull)
        found.append(
            Family(name=name, learner=learner, auc=area_under(x, y), on_hull=on, points=tuple(level))
        )
    return tuple(sorted(found, key=lambda f: -f.auc))


def family_of(recipe: str) -> str:
    """Return the recipe's training steps without the parameters of the last: what levels of it share.

    Empty for recipes that do not train differently, or that calibrate or move the threshold as well: what
    decides at the default threshold is then not the training alone.
    """
    spec = parse_recipe(recipe)
    steps = spec.training.steps
    if not steps or len(steps) != len(spec.steps):
        return ""
    return "+".join([*map(str, steps[:-1]), steps[-1].name])


def _plain(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(values, 6).tolist())
