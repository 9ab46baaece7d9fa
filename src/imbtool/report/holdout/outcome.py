"""An evaluation with frames and renderings."""

from __future__ import annotations

from dataclasses import asdict, replace
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from imbtool.holdout.result import Evaluation, GateResult


class EvaluationReport:
    """An evaluation with frames and renderings.

    Attributes
    ----------
    evaluation : Evaluation
        Everything, as frozen plain data.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation

    @property
    def passed(self) -> bool:
        """Whether no gate failed, given how inconclusive ones count."""
        return self.evaluation.passed

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """The outcome of each gate."""
        return self.evaluation.gates

    @property
    def metrics(self) -> pd.DataFrame:
        """One row a metric: value, low, high and where the interval comes from."""
        import pandas as pd

        known = {**self.evaluation.metrics, **self.evaluation.points}
        return pd.DataFrame({name: asdict(found) for name, found in known.items()}).T.rename_axis("metric")

    @property
    def slices(self) -> pd.DataFrame:
        """One row a slice: column, slice, rows, whether it is small, every metric with its interval."""
        import pandas as pd

        rows = []
        for column in self.evaluation.slices:
            for part in column.slices:
                row: dict[str, Any] = {"column": column.column, "slice": part.label, "rows": part.rows}
                row["small"] = part.small
                for name, found in part.metrics.items():
                    row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
                rows.append(row)
        return pd.DataFrame(rows)

    def to_json(self) -> str:
        """Return the JSON document described in ``docs/eval.md``."""
        from imbtool.report.holdout.document import to_json

        return to_json(self.evaluation)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        from imbtool.report.holdout.markdown import to_markdown

        return to_markdown(self.evaluation)

    def to_svg(self) -> str:
        """Return ROC, precision-recall, gain and cost curves, and money, as a picture (``curves=True``)."""
        from imbtool.report.holdout.curves import to_svg

        return to_svg(self.evaluation)

    def to_junit(self, *, when: datetime) -> str:
        """Return the gates as JUnit XML; `when` is the time that is written into it."""
        from imbtool.report.holdout.suites import suites_of
        from imbtool.report.junit import to_junit

        return to_junit(suites_of(self.evaluation), when=when)

    def without_rows(self) -> EvaluationReport:
        """Return the report without scores and fingerprints of single rows."""
        return EvaluationReport(replace(self.evaluation, row_scores=None))

    def _repr_html_(self) -> str:
        import pandas as pd

        data = self.evaluation.data
        parts = [f"<p><b>{escape(data.name)}</b>: {data.n_rows:,} rows, target {escape(data.target)}</p>"]
        if self.gates:
            rows = [{"outcome": g.outcome, "gate": g.gate, "found": g.sentence} for g in self.gates]
            parts.append(pd.DataFrame(rows).to_html(index=False))
        parts.append(self.metrics.to_html())
        return "\n".join(parts)

    def __repr__(self) -> str:
        data, gates = self.evaluation.data, self.gates
        told = f"; {sum(g.passed for g in gates)} of {len(gates)} gates passed" if gates else ""
        found = self.evaluation.metrics.get("pr_auc")
        area = f"PR-AUC {found.value:.3f}" if found is not None else "no PR-AUC"
        return f"<EvaluationReport {data.n_rows:,} rows of {data.name!r}: {area}{told}>"
