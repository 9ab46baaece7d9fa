"""The numbers behind a verdict, by name."""

from __future__ import annotations

from math import ceil, inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.evaluation.byrow import by_row_figures
from imbtool.evaluation.choice import TESTS
from imbtool.evaluation.outlook import Bar, outlook
from imbtool.evaluation.phrases import mean_of, name_of
from imbtool.evaluation.pricing import policies
from imbtool.evaluation.result import IN_TIME
from imbtool.evaluation.scale import metric_key
from imbtool.evaluation.settle import repeats_to_settle
from imbtool.evaluation.table import ALPHA

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.evaluation.outlook import Outlook
    from imbtool.evaluation.verdict import Decision, Evidence


def figures(decision: Decision, evidence: Evidence) -> dict[str, Any]:
    """Return the numbers behind the sentences."""
    row, nothing = evidence.rows[decision.row], evidence.rows[decision.nothing]
    gain, metric = decision.gain, evidence.scale.metric
    threshold_metric = evidence.settings.threshold_metric
    key, key0 = metric_key(metric, decision.row[1]), metric_key(metric, "none")
    numbers: dict[str, Any] = {
        "metric": metric,
        "value": mean_of(row, key),
        "nothing": mean_of(nothing, key0),
        "rope": evidence.scale.rope,
        "n_positives": evidence.counts[evidence.rare],
        "chance_p_value": decision.chance_p,
        "threshold": list(row.threshold),
        "threshold_metric": threshold_metric,
        "at_threshold": mean_of(row, threshold_metric),
        "at_default": mean_of(row, f"{threshold_metric}_default"),
        "brier_skill": mean_of(row, "brier_skill"),
        "brier_skill_nothing": mean_of(nothing, "brier_skill"),
        "calibration_slope": mean_of(row, "calibration_slope"),
        "tied": [name_of(k) for k in decision.tied],
    }
    if gain is not None:
        numbers |= {
            f"gain_{n}": getattr(gain, n) for n in ("mean", "low", "high", "p_value", "p_holm", "better")
        }
    if decision.lead:
        rival = decision.free or decision.nothing
        numbers["lead"] = name_of(decision.lead[0])
        numbers["lead_mean"] = decision.lead[1].mean
        numbers["lead_row"], numbers["lead_against"] = list(decision.lead[0]), list(rival)
    if decision.lead or decision.reason == "no-signal":
        numbers |= _settling(decision, evidence)
    numbers |= policies(evidence, row) | by_row_figures(decision)
    if decision.reason == "no-time":
        numbers["budget_to_settle"] = evidence.enough
    if decision.reason:
        numbers["reason"] = decision.reason
    return numbers


def to_settle(decision: Decision, evidence: Evidence) -> tuple[int | None, Outlook | None]:
    """Return the repeats that would settle what is open, and how many times as many rows."""
    asked = _open_question(decision, evidence)
    if asked is None:
        return None, None
    d, level, rope = asked
    scale = evidence.scale
    bar = Bar(level=level, rope=rope, folds=len(d), test_ratio=scale.test_ratio)
    repeats = None
    if TESTS[scale.test].repeats is None and not evidence.settings.splitter.startswith(IN_TIME):
        repeats = repeats_to_settle(d, scale.test_ratio, evidence.settings.folds, confidence=1.0 - level)
    if repeats is not None and repeats <= evidence.settings.repeats:
        repeats = None  # the posterior, not the test, is what is still open
    return repeats, outlook(d, evidence.curve, bar)


def _open_question(decision: Decision, evidence: Evidence) -> tuple[FloatArray, float, float] | None:
    """Return what is open by fold, the two-sided level that it must pass, and what matters.

    The lead that is not proven, or where no model is shown to rank better than chance, by how much the plain
    one does: asked in one direction, and corrected for the learners.
    """
    table, scale = evidence.table, evidence.scale
    if decision.reason == "no-signal":
        learners = sum(k[1] == "none" and r.status == "ok" for k, r in evidence.rows.items())
        level = 2.0 * ALPHA / max(1, learners)
        return table.values(decision.nothing, "roc_auc") - 0.5, level, evidence.settings.rope
    if decision.lead is None:
        return None
    rival = decision.free or decision.nothing
    d = table.judged(decision.lead[0], scale.metric) - table.judged(rival, scale.metric)
    level = ALPHA / decision.rivals if scale.correction != "none" else ALPHA
    return d if scale.greater_is_better else -d, level, scale.rope


def _settling(decision: Decision, evidence: Evidence) -> dict[str, Any]:
    """Return repeats, rows and positives that would settle the lead, each with its interval."""
    repeats, found = to_settle(decision, evidence)
    numbers: dict[str, Any] = {
        "repeats_to_settle": repeats,
        "positives_factor_to_settle": found.factor if found else None,
        "settled_from": "learning curve" if evidence.curve else "spread over the folds",
    }
    counts = {"positives": evidence.counts[evidence.rare], "rows": sum(evidence.counts)}
    for name, count in counts.items():
        for suffix, factor in zip(("", "_low", "_high"), found or (inf, inf, inf), strict=True):
            numbers[f"{name}_to_settle{suffix}"] = rounded_up(factor * count)
    curve = [(p.share, float(np.nanmean(p.d))) for p in evidence.curve if not np.isnan(p.d).all()]
    shares = sorted({share for share, _ in curve})
    numbers["lead_on_parts"] = {
        f"{share:g}": float(np.mean([m for s, m in curve if s == share])) for share in shares
    }
    return numbers


def rounded_up(value: float) -> int | None:
    """Return a number of rows to two digits, which is more than is known; None for an endless one."""
    if not isfinite(value):
        return None
    scale = 10 ** max(len(str(ceil(value))) - 2, 0)
    return int(-(-ceil(value) // scale) * scale)
