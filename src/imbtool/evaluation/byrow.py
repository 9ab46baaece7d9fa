"""Rows decided by their own money, held against one threshold for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool import registry
from imbtool.evaluation.phrases import chance, mean_of, money, per_thousand, signed
from imbtool.evaluation.plan import BY_ROW
from imbtool.evaluation.scale import metric_key
from imbtool.evaluation.table import SURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.evaluation.result import Difference
    from imbtool.evaluation.verdict import Decision, Evidence, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRow:
    """The best recipe that trains nothing and decides rows by their own money, and what it gains.

    ``rival`` is the better of one threshold for all rows and what is recommended otherwise.
    """

    row: Key
    rival: Key
    gain: Difference


def held_against_one_threshold(evidence: Evidence, found: Decision) -> ByRow | None:
    """Return what deciding row by row gains; None where it was not run."""
    home, metric = found.nothing[0], evidence.settings.threshold_metric
    rows = [(home, name) for name in BY_ROW]
    done = [key for key in rows if key in evidence.rows and evidence.rows[key].status == "ok"]
    if not done:
        return None
    sign = 1.0 if registry.metric(metric).greater_is_better else -1.0

    def mean(key: Key) -> float:
        values = evidence.table.judged(key, metric)
        return -np.inf if np.isnan(values).all() else sign * float(np.nanmean(values))

    moved = (home, "threshold")
    rivals = [found.row, *([moved] if moved in evidence.rows else [])]
    row, rival = max(done, key=mean), max(rivals, key=mean)
    return ByRow(row=row, rival=rival, gain=evidence.table.compare(row, rival, evidence.other_scale(metric)))


def with_row_rule(evidence: Evidence, found: Decision) -> Decision:
    """Return the decision with each row decided by its own money, where that is shown to be better.

    `found` recommends nothing that needs training of its own. Better by more than the region of equivalence
    with a posterior probability of `SURE`, as for moving the threshold: it needs no training, but its columns
    wherever the model is used.
    """
    by_row = held_against_one_threshold(evidence, found)
    if by_row is None:
        return found
    found = replace(found, by_row=by_row)
    if by_row.gain.better < SURE:
        return found
    if found.kind == "inconclusive":
        return replace(found, row=by_row.row)
    return replace(found, kind="move-threshold", row=by_row.row, gain=by_row.gain)


def headline_by_row(evidence: Evidence, by_row: ByRow) -> str:
    """Return the verdict for rows decided by their own money."""
    now, then = _means(evidence, by_row)
    metric = evidence.settings.threshold_metric
    noun, verb = ("costs", "go") if metric == "cost" else ("profit", "goes")
    return (
        f"Do nothing but decide each row by its own money ({by_row.row[0]}, {by_row.row[1]}): {noun} "
        f"{verb} from {money(now)} to {per_thousand(then)}."
    )


def about_by_row(decision: Decision, evidence: Evidence) -> Iterator[str]:
    """Yield what deciding row by row brings over one threshold, and what it needs."""
    by_row = decision.by_row
    if by_row is None:
        return
    metric = evidence.settings.threshold_metric
    now, then = _means(evidence, by_row)
    against = "one threshold for all rows" if by_row.rival[1] == "threshold" else by_row.rival[1]
    sure = f"{signed(by_row.gain, metric)}; {chance(by_row.gain.better, 'this is more than what matters')}"
    if decision.row != by_row.row:
        yield (
            f"Deciding each row by its own money ({by_row.row[1]}) brings {money(then)} against "
            f"{money(now)} with {against}: {sure}, not enough to advise it."
        )
        return
    columns = {} if evidence.settings.price is None else evidence.settings.price.columns
    named = " and ".join(repr(name) for name in columns.values())
    yield (
        f"Acting on each row whose expected money is above 0 brings {money(then)} against {money(now)} with "
        f"{against}: {sure}. Tables to predict on need {named} too."
    )


def by_row_figures(decision: Decision) -> dict[str, Any]:
    """Return the numbers behind these sentences."""
    by_row = decision.by_row
    if by_row is None:
        return {}
    gain = by_row.gain
    return {
        "by_row": by_row.row[1],
        "by_row_against": by_row.rival[1],
        "by_row_gain": gain.mean,
        "by_row_gain_low": gain.low,
        "by_row_gain_high": gain.high,
        "by_row_better": gain.better,
    }


def _means(evidence: Evidence, by_row: ByRow) -> tuple[float, float]:
    """Return the money of the rival and of the recipe that decides row by row."""
    metric = evidence.settings.threshold_metric
    rival, row = (evidence.rows[key] for key in (by_row.rival, by_row.row))
    return mean_of(rival, metric_key(metric, rival.recipe)), mean_of(row, metric_key(metric, row.recipe))
