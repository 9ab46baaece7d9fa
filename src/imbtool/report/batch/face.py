"""What `imbtool.batch` gives back: the batch with frames and renderings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from imbtool.batches.result import Across, Answer, Batch


class BatchReport:
    """A batch with frames and renderings.

    Attributes
    ----------
    batch : Batch
        Everything, as frozen plain data; see ``docs/batch.md``.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    @property
    def answer(self) -> Answer:
        """What all data sets say together."""
        return self.batch.answer

    @property
    def data(self) -> pd.DataFrame:
        """One row a data set: status, size, rarity, verdicts, what broke it."""
        import pandas as pd

        return pd.DataFrame([asdict(run) for run in self.batch.data])

    @property
    def values(self) -> pd.DataFrame:
        """One row a data set, one column a row of the ranking; NaN where there is a gap."""
        import pandas as pd

        frame = pd.DataFrame(
            [
                {"data": c.data, "learner": c.learner, "recipe": c.recipe, "value": c.value}
                for c in self.batch.cells
            ]
        )
        return frame.pivot_table(
            index="data", columns=["learner", "recipe"], values="value", sort=False, dropna=False
        )

    @property
    def ranks(self) -> pd.DataFrame:
        """One row a ranked row of every group (``group`` is empty for the whole), best first."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "group": answer.group,
                    "n_data": len(answer.data),
                    "learner": row.learner,
                    "recipe": row.recipe,
                    "mean_rank": row.mean_rank,
                    "best_on": row.best_on,
                    "mean_value": row.mean_value,
                    **_flat(row.versus_nothing),
                }
                for answer in (self.batch.answer, *self.batch.groups)
                for row in answer.rows
            ]
        )

    @property
    def pairs(self) -> pd.DataFrame:
        """One row a pair of ranked rows over all data sets, corrected over all pairs."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "learner": pair.learner,
                    "recipe": pair.recipe,
                    "against_learner": pair.versus.against[0],
                    "against_recipe": pair.versus.against[1],
                    **_flat(pair.versus),
                }
                for pair in self.batch.answer.pairs
            ]
        )

    def to_json(self) -> str:
        """Return the JSON document described in ``docs/batch.md``."""
        from imbtool.report.batch.document import to_json

        return to_json(self.batch)

    def to_csv(self) -> str:
        """Return cells and ranks as one CSV table."""
        from imbtool.report.batch.tables import to_csv

        return to_csv(self.batch)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        from imbtool.report.batch.markdown import to_markdown

        return to_markdown(self.batch)

    def to_junit(self, when: datetime | None = None) -> str:
        """Return what was carried out as JUnit XML; `when` is now by default."""
        from datetime import UTC, datetime

        from imbtool.report.batch.checks import to_junit

        return to_junit(self.batch, when=when or datetime.now(UTC))

    def to_svg(self, group: str = "") -> str:
        """Return the critical-difference picture of the whole, or of a group, as SVG."""
        from imbtool.report.batch.picture import to_svg

        answers = {answer.group: answer for answer in (self.batch.answer, *self.batch.groups)}
        return to_svg(self.batch, answers[group])

    def _repr_html_(self) -> str:
        return self.to_svg()

    def __repr__(self) -> str:
        return f"<BatchReport {self.batch.name}: {self.answer.headline}>"


def _flat(across: Across | None) -> dict[str, Any]:
    if across is None:
        return {}
    return {name: value for name, value in asdict(across).items() if name != "against"}
