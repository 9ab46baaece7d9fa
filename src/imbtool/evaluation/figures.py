"""The numbers behind a verdict, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.evaluation.phrases import mean_of, name_of
from imbtool.evaluation.pricing import policies
from imbtool.evaluation.settle import positives_to_settle, repeats_to_settle
from imbtool.evaluation.table import metric_key

if TYPE_CHECKING:
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
        numbers["lead"] = name_of(decision.lead[0])
        numbers["lead_mean"] = decision.lead[1].mean
        repeats, factor = to_settle(decision, evidence)
        numbers |= {"repeats_to_settle": repeats, "positives_factor_to_settle": factor}
    numbers |= policies(evidence, row)
    if decision.reason:
        numbers["reason"] = decision.reason
    return numbers


def to_settle(decision: Decision, evidence: Evidence) -> tuple[int | None, float | None]:
    """Return the repeats, and the factor on the positives, that would settle the unproven lead."""
    if decision.lead is None:
        return None, None
    table, scale = evidence.table, evidence.scale
    d = table.judged(decision.lead[0], scale.metric) - table.judged(decision.nothing, scale.metric)
    repeats = repeats_to_settle(d, scale.test_ratio, evidence.settings.folds)
    if repeats is not None and repeats <= evidence.settings.repeats:
        repeats = None  # settled alone, not among so many treatments: only more rows can help
    return repeats, positives_to_settle(d, scale.test_ratio)
