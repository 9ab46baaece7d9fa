"""The Python face of a comparison: frames and renderings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.evaluation.result import Comparison, Verdict


class ComparisonReport:
    """A comparison with frames and renderings.

    Attributes
    ----------
    comparison : Comparison
        Everything, as frozen plain data.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    @property
    def verdict(self) -> Verdict:
        """The answer: kind, learner, recipe, headline, sentences, numbers."""
        return self.comparison.verdict

    @property
    def methods(self) -> pd.DataFrame:
        """One row a learner and recipe, best first: mean and interval of every metric, differences."""
        import pandas as pd

        rows = []
        for m in self.comparison.methods:
            row: dict[str, Any] = {
                "learner": m.learner,
                "recipe": m.recipe,
                "status": m.status,
                "rank": m.rank,
                "tied_with_best": m.tied_with_best,
                "seconds": m.seconds,
            }
            for name, e in m.estimates.items():
                row |= {name: e.mean, f"{name}_low": e.low, f"{name}_high": e.high}
            gain = m.versus_nothing.get(self.comparison.settings.metric)
            if gain is not None:
                row |= {f"gain_{k}": v for k, v in asdict(gain).items()}
            rows.append(row)
        return pd.DataFrame(rows)

    @property
    def trials(self) -> pd.DataFrame:
        """One row a trial: learner, recipe, repeat, fold, status, every metric, seconds."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "learner": t.learner,
                    "recipe": t.recipe,
                    "repeat": t.repeat,
                    "fold": t.fold,
                    "status": t.status,
                    "reason": t.reason,
                    **t.metrics,
                    "seconds": t.seconds,
                }
                for t in self.comparison.trials
            ]
        )

    def to_json(self) -> str:
        """Return the JSON document described in ``docs/json.md``."""
        from imbtool.report.jsondoc import to_json

        return to_json(self.comparison)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        from imbtool.report.markdown import to_markdown

        return to_markdown(self.comparison)

    def to_svg(self) -> str:
        """Return the curves of all rows as one picture; see `imbtool.report.curves.to_svg`."""
        from imbtool.report.curves import to_svg

        return to_svg(self.comparison)

    def to_html(self) -> str:
        """Return the report as one self-contained page."""
        from imbtool.report.html import to_html

        return to_html(self.comparison)

    def _repr_html_(self) -> str:
        from imbtool.report.html import to_html

        return to_html(self.comparison, page=False)

    def __repr__(self) -> str:
        v = self.verdict
        return f"<ComparisonReport {v.kind}: {v.learner} with {v.recipe}; {v.headline}>"
