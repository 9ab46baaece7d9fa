"""What a reader is shown of an evaluation, in words: shared by terminal, Markdown, JUnit and GitHub."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.report import words

if TYPE_CHECKING:
    from imbtool.holdout.pairs import PairedTest
    from imbtool.holdout.result import Evaluation, GateResult, Measured, Slice

OUTCOMES = {"pass": "pass", "fail": "FAIL", "inconclusive": "inconclusive"}


def headline(evaluation: Evaluation) -> str:
    """Return how the gates went, in one sentence."""
    gates = evaluation.gates
    tally = {name: sum(gate.outcome == name for gate in gates) for name in OUTCOMES}
    parts = [f"{n} {_VERBS[name][n != 1]}" for name, n in tally.items() if n]
    policy = evaluation.settings.inconclusive
    counted = f", which counts as {policy}" if tally["inconclusive"] else ""
    return f"{words.plural(len(gates), 'gate')}: {', '.join(parts)}{counted}"


_VERBS = {
    "pass": ("passes", "pass"),
    "fail": ("fails", "fail"),
    "inconclusive": ("is inconclusive", "are inconclusive"),
}


def gate_line(gate: GateResult) -> str:
    """Return a gate with its outcome and why."""
    return f"{OUTCOMES[gate.outcome]}  {gate.gate}: {gate.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """A metric, the same at the default threshold, and its value at the class shares of training.

    `at_training` is None when the shares are much the same.
    """

    label: str
    found: Measured
    default: Measured | None
    at_training: float | None


def metric_rows(evaluation: Evaluation) -> list[MetricRow]:
    """Return the metrics that are defined, in catalogue order."""
    shift = evaluation.shift
    moved = shift.at_training if shift is not None and shift.clear else {}
    rows = []
    for name, info in {**registry.metrics(), **registry.asked()}.items():
        found = evaluation.metrics.get(name)
        if found is None or not isfinite(found.value):
            continue
        default = evaluation.metrics.get(f"{name}_default") if info.family == "decision" else None
        rows.append(
            MetricRow(
                label=words.metric_name(name), found=found, default=default, at_training=moved.get(name)
            )
        )
    return rows


def interval(found: Measured) -> str:
    """Return the interval, empty where there is none."""
    return words.between(found.low, found.high) if isfinite(found.low) and isfinite(found.high) else ""


def model_words(evaluation: Evaluation) -> str:
    """Return what scored the rows."""
    model = evaluation.model
    if model is None:
        return f"scores in {words.listing(evaluation.data.scored_by)}"
    return f"{model['recipe']} with {model['learner']}, fitted on {model['training_data']}"


def threshold_words(evaluation: Evaluation) -> str:
    """Return the threshold or the offsets; empty where decisions came with the scores or go by row."""
    values = evaluation.settings.threshold
    return words.listing([words.number(value, 4) for value in values], 12)


def shift_words(evaluation: Evaluation) -> list[str]:
    """Return the shares of the classes here and in training, and what their change does."""
    shift = evaluation.shift
    if shift is None:
        return []
    told = []
    for found in shift.classes:
        here = f"{words.percent(found.holdout)} here ({_percents(found.low, found.high)})"
        told.append(f"{found.label}: {here}, {words.percent(found.training)} in training")
    return [*told, *shift.sentences]


def baseline_words(evaluation: Evaluation) -> str:
    """Return what gates were compared with."""
    used = evaluation.baseline
    if used is None:
        return ""
    name = f"{used.source}, {words.plural(used.rows, 'row')}"
    how = "the same rows, compared row by row" if used.paired else f"not paired, {used.reason}"
    return f"{name}: {how}"


def looks_words(evaluation: Evaluation) -> list[str]:
    """Return which look at the hold-out this is, and what that means for the numbers."""
    looks = evaluation.looks
    if looks is None:
        return []
    which = f"look {looks.number}" + (f" of {looks.total}" if looks.total > looks.number else "")
    if looks.budget is not None:
        left = f"{looks.spent} of {looks.budget} of its budget spent"
        told = [f"{which} at this hold-out, which answers like a reusable one: {left}"]
        if looks.plain:
            seen = words.plural(looks.plain, "look")
            told.append(f"{seen} at its plain numbers: what was chosen by them is not guarded against")
        return told
    if looks.number == 1:
        return [f"{which} at this hold-out"]
    others = words.plural(looks.number - 1, "other")
    why = "if this was chosen or tuned by what they showed, its numbers flatter, its intervals are too narrow"
    return [f"{which} at this hold-out, after {others}: {why} (--reusable-holdout guards against it)"]


def intervals_words(evaluation: Evaluation) -> str:
    """Return where the intervals come from."""
    if evaluation.looks is not None and evaluation.looks.budget is not None:
        return "as the reusable hold-out answers, 95 % intervals that allow for its noise"
    settings = evaluation.settings
    return f"95 % intervals from {words.count(settings.resamples)} resamples, seed {settings.seed}"


def paired_words(evaluation: Evaluation) -> list[str]:
    """Return what the tests of two scores of the same rows say."""
    used = evaluation.baseline
    return [_paired(found) for found in used.tests] if used else []


def rival_words(evaluation: Evaluation) -> list[str]:
    """Return what comparing with rivals gave: all at once, then each."""
    if evaluation.rivals is None:
        return []
    told = [
        f"{words.plural(all_of.models, 'model')} at once, {_ABOUT[all_of.about]}: p = {all_of.p_value:.2g} "
        "(Cochran's Q)"
        for all_of in evaluation.rivals.together
    ]
    for rival in evaluation.rivals.rivals:
        said = "; ".join(map(_paired, rival.tests)) if rival.paired else f"not compared, {rival.reason}"
        told.append(f"{rival.source}: {said or 'not tested, rows have weights'}")
    return told


_ABOUT = {"decisions": "rows decided rightly", "recall": "recall", "pr_auc": "PR-AUC", "roc_auc": "ROC-AUC"}
_TESTS = {"delong": "DeLong", "mcnemar": "McNemar", "permutation": "permutation"}


def _paired(found: PairedTest) -> str:
    span = "" if found.low is None else f" ({found.low:+.4f} to {found.high:+.4f})"
    p_value = f"p = {found.p_value:.2g}" if found.p_holm is None else f"p = {found.p_holm:.2g} after Holm"
    return f"{_ABOUT[found.about]} {found.difference:+.4f}{span}, {p_value} ({_TESTS[found.test]})"


def positives(evaluation: Evaluation, part: Slice) -> int:
    """Return the rows of the class of interest in a slice."""
    return part.counts[evaluation.data.rare]


def slice_metrics(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the metrics of the slice tables, the most telling first."""
    wanted = ("pr_auc", "recall", "precision", "roc_auc", "f1", "brier_skill")
    known = [part.metrics for column in evaluation.slices for part in column.slices]
    return tuple(name for name in wanted if any(name in m and isfinite(m[name].value) for m in known))


def class_metrics(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the metrics of the table of classes."""
    wanted = ("pr_auc", "roc_auc", "precision", "recall", "f1", "brier_skill")
    return tuple(name for name in wanted if name in evaluation.per_class)


def _percents(low: float, high: float) -> str:
    return f"{words.percent(low)} to {words.percent(high)}"
