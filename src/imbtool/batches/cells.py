"""From a comparison to one value a row, on folds that are the same for all rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from imbtool.batches.result import Cell
from imbtool.evaluation.scale import metric_key, scale_of
from imbtool.evaluation.table import Table
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.batches.result import Row
    from imbtool.core.types import BoolArray
    from imbtool.evaluation.result import Comparison, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One row of one comparison; `value` and `score` as in `Cell`."""

    value: float = nan
    score: float = nan
    status: str = "ok"
    reason: str = ""
    seconds: float = 0.0


def outcomes(comparison: Comparison, *, by_recipe: bool) -> dict[Row, Outcome]:
    """Return what every row came to.

    A row has a value when all its trials finished and the metric is defined for it on every fold where it
    is defined for any row: a mean over other folds than those of the rows beside it would compare
    folds. Otherwise it is a gap with its reason.

    Parameters
    ----------
    comparison : Comparison
    by_recipe : bool
        Rows are recipes alone, each with the learner that the treatments of this data set ran with (a
        recipe that brings its own learner with that one); learners that stand in the table only
        untreated are left out.
    """
    metric = comparison.settings.metric
    table = Table(comparison.trials)
    shares = np.asarray(comparison.dataset.counts) / max(comparison.dataset.n_rows, 1)
    # With a region of 1 its scaled width is the unit that the region is given in.
    unit = scale_of(metric, 1.0, shares.tolist(), table.test_ratio())
    sign = 1.0 if unit.greater_is_better else -1.0
    judged = {row: sign * table.judged(row, metric) / unit.rope for row in table.rows}
    plain = {row: table.values(row, metric_key(metric, row[1])) for row in table.rows}
    defined = np.zeros(len(table.folds), dtype=bool)
    for values in judged.values():
        defined |= ~np.isnan(values)
    chosen = treated_with(comparison) if by_recipe else ""
    found: dict[Row, Outcome] = {}
    for row in table.rows:
        if not by_recipe:
            key = row
        elif row[0] == chosen or parse_recipe(row[1]).own_learner:
            key = ("", row[1])
        else:
            continue
        trials = table.trials(row)
        gap = _gap(trials, ~np.isnan(judged[row]), defined)
        found[key] = gap or Outcome(
            value=float(plain[row][defined].mean()),
            score=float(judged[row][defined].mean()),
            seconds=float(np.median([t.seconds for t in trials])),
        )
    return found


def treated_with(comparison: Comparison) -> str:
    """Return the learner that every treatment ran with."""
    for row in comparison.methods:
        if row.cost and not parse_recipe(row.recipe).own_learner:
            return row.learner
    return comparison.verdict.learner


def _gap(trials: Sequence[Trial], there: BoolArray, defined: BoolArray) -> Outcome | None:
    """Return why the row has no value, or None when it has one."""
    stopped = [t for t in trials if t.status != "ok"]
    if stopped:
        (status, reason), _ = Counter((t.status, t.reason) for t in stopped).most_common(1)[0]
        part = f" ({len(stopped)} of {len(trials)} folds)" if len(stopped) < len(trials) else ""
        return Outcome(status=status, reason=f"{reason or 'no reason given'}{part}")
    missing = int((defined & ~there).sum())
    if missing or not defined.any():
        told = f"on {missing} of {there.shape[0]} folds" if missing else "on any fold"
        return Outcome(status="undefined", reason=f"the metric is undefined {told}")
    return None


def cells_of(data: str, parts: Mapping[int, Mapping[Row, Outcome]]) -> list[Cell]:
    """Return the cells of a data set: means over the seeds, a gap where one seed has none."""
    rows = list(dict.fromkeys(row for part in parts.values() for row in part))
    absent = Outcome(status="not-asked", reason="not asked for")
    return [_cell(data, row, {seed: part.get(row, absent) for seed, part in parts.items()}) for row in rows]


def _cell(data: str, row: Row, by_seed: Mapping[int, Outcome]) -> Cell:
    gaps = {seed: o for seed, o in by_seed.items() if o.status != "ok"}
    values = tuple(o.value for o in by_seed.values())
    if gaps:
        first = next(iter(gaps.values()))
        part = f" (seed {', '.join(map(str, gaps))})" if len(gaps) < len(by_seed) else ""
        return Cell(
            data=data,
            learner=row[0],
            recipe=row[1],
            value=nan,
            score=nan,
            by_seed=values,
            status=first.status,
            reason=f"{first.reason}{part}",
        )
    return Cell(
        data=data,
        learner=row[0],
        recipe=row[1],
        value=float(np.mean(values)),
        score=float(np.mean([o.score for o in by_seed.values()])),
        by_seed=values,
        seconds=float(np.mean([o.seconds for o in by_seed.values()])),
    )
