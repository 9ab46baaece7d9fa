"""From the trials of a run to its comparison: table, verdict, notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.evaluation.curves import curves_in
from imbtool.evaluation.result import Comparison
from imbtool.evaluation.scale import Scale, scale_of
from imbtool.evaluation.summary import environment, summarise
from imbtool.evaluation.table import Table, results
from imbtool.evaluation.verdict import Evidence, decide
from imbtool.evaluation.wording import put_into_words
from imbtool.metrics.chance import no_skill

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from imbtool.evaluation.curves import Curves
    from imbtool.evaluation.design import Design
    from imbtool.evaluation.outlook import Part
    from imbtool.evaluation.result import MethodResult, Trial, Verdict


def conclude(
    design: Design,
    trials: Sequence[Trial],
    *,
    places: Collection[tuple[int, int]] | None = None,
    notes: Sequence[str] = (),
    measured: Mapping[str, Any] | None = None,
    curve: tuple[Part, ...] = (),
    enough: float | None = None,
) -> Comparison:
    """Return the comparison of these trials.

    Parameters
    ----------
    design : Design
    trials : sequence of Trial
        In the order of the plan: order decides between equals (law 3).
    places : collection of (repeat, fold), optional
        The folds that rows are compared on; by default all that have trials.
    notes : sequence of str
    measured : mapping, optional
        What was measured of the run, for its environment.
    curve : tuple of Part
        The lead that is not proven on parts of the table.
    enough : float, optional
        Seconds of a budget in which what was cut off would have been finished, where that is known.

    Raises
    ------
    DataError
        No trial, or no untreated one, was finished on these folds.
    """
    table = Table(t for t in trials if places is None or (t.repeat, t.fold) in places)
    options = design.options
    rows = results(
        table,
        options.ranks_by,
        options.rope,
        design.shares,
        design.reach,
        test=options.tests_by,
        correction=options.corrects_by,
    )
    if not any(r.status == "ok" and r.recipe == "none" for r in rows):
        raise _nothing_to_compare_with(rows, options.max_memory, (measured or {}).get("peak_memory"))
    return Comparison(
        dataset=summarise(design.dataset),
        settings=design.settings(),
        verdict=_verdict(design, table, rows, curve, enough),
        methods=rows,
        trials=tuple(trials),
        curves=_curves(design, table, rows),
        environment=environment(options.jobs) | dict(measured or {}),
        notes=tuple(notes),
    )


def _curves(design: Design, table: Table, rows: Sequence[MethodResult]) -> Curves | None:
    several = design.dataset.n_classes > 2
    level = float(np.mean([s for s in design.shares if s > 0])) if several else design.shares[1]
    return curves_in(table, rows, prevalence=level, test_ratio=table.test_ratio())


def _no_skill(design: Design) -> float:
    """Return the best value of the threshold metric that a decision ignoring the features can reach."""
    metric, data, stakes = design.options.chooses_by, design.dataset, design.stakes
    if stakes is not None and metric == stakes.unit:
        return stakes.told(stakes.trivial())
    return no_skill(metric, data.y, data.n_classes, sample_weight=data.weight)


def scale_for(design: Design, table: Table) -> Scale:
    """Return how the ranking metric is read."""
    options = design.options
    found = scale_of(options.ranks_by, options.rope, design.shares, table.test_ratio(), design.reach)
    return replace(found, test=options.tests_by, correction=options.corrects_by)


def _nothing_to_compare_with(
    rows: Sequence[MethodResult], limit: str | int | None, peak: int | None
) -> DataError:
    reason = next((r.reason for r in rows if r.recipe == "none" and r.reason), "unknown")
    if any(r.status == "cut-off" for r in rows if r.recipe == "none"):
        hint = "Give more time or memory, or use fewer rows with --max-rows."
        if limit is not None and peak and " memory than " in reason:
            least = f"{-(-max(peak, int(limit) + 1) // 2**20)}M"
            hint = (
                f"Give at least --max-memory {least}, as much as was held with all program code when it was "
            )
            hint += "stopped; or use fewer rows with --max-rows."
        return DataError(
            f"Not even the untreated models could be finished: {reason}.",
            hint=hint,
            code="nothing-finished",
        )
    return DataError(
        f"Nothing could be trained on this data: {reason}.",
        hint="Look at the columns that were kept, or try other learners with --learners.",
        code="nothing-trained",
    )


def _verdict(
    design: Design,
    table: Table,
    rows: Sequence[MethodResult],
    curve: tuple[Part, ...],
    enough: float | None,
) -> Verdict:
    dataset = design.dataset
    evidence = Evidence(
        table=table,
        rows={(r.learner, r.recipe): r for r in rows},
        scale=scale_for(design, table),
        settings=design.settings(),
        counts=dataset.counts,
        rare=dataset.rare,
        no_skill=_no_skill(design),
        stakes=design.stakes,
        curve=curve,
        enough=enough,
    )
    return put_into_words(decide(evidence), evidence, dataset.classes)
