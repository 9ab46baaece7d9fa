"""The gates of an evaluation as JUnit checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.report import words
from imbtool.report.holdout import lines
from imbtool.report.junit import Case, Suite

if TYPE_CHECKING:
    from imbtool.holdout.result import Evaluation, GateResult
    from imbtool.report.junit import CaseStatus


def suites_of(evaluation: Evaluation) -> list[Suite]:
    """Return one suite with a case a gate, and the metrics as its properties.

    An inconclusive gate fails, or is skipped when it counts as passed.
    """
    data, model = evaluation.data, evaluation.model or {}
    properties: dict[str, object] = {"data": data.name, "rows": data.n_rows, "target": data.target}
    properties |= {name: model[name] for name in ("recipe", "learner") if name in model}
    properties |= {name: words.number(found.value, 6) for name, found in evaluation.metrics.items()}
    cases = [_case(gate) for gate in evaluation.gates]
    return [Suite(name="imbtool eval", cases=cases, properties=properties)]


def _case(gate: GateResult) -> Case:
    status: CaseStatus = "passed" if gate.outcome == "pass" else "skipped" if gate.passed else "failed"
    group = f"imbtool.eval.{gate.column}" if gate.column else "imbtool.eval"
    message = gate.sentence if gate.outcome != "inconclusive" else f"inconclusive: {gate.sentence}"
    return Case(name=gate.gate, status=status, group=group, message=message, details=lines.gate_line(gate))
