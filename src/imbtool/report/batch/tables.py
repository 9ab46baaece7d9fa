"""A batch as one CSV table: the value of every row on every data set, and the answers of every group."""

from __future__ import annotations

import csv
import io
from math import isfinite
from typing import TYPE_CHECKING, Any

from imbtool.core.spreadsheet import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.batches.result import Answer, Batch

COLUMNS = (
    *("table", "group", "data", "learner", "recipe", "status", "reason"),
    *("n_rows", "rare_share", "categorical", "seeds", "value", "score", "seconds"),
    *("n_data", "mean_rank", "best_on", "wins", "ties", "losses", "mean_difference", "median_difference"),
    *("p_wilcoxon", "p_holm", "p_nemenyi", "worse", "equivalent", "better"),
)


def to_csv(batch: Batch) -> str:
    """Return the table; lines with ``value`` in the first column are cells, those with ``rank`` answers.

    A text that a spreadsheet would take for a formula has an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines(batch):
        writer.writerow([_cell(line.get(name)) for name in COLUMNS])
    return out.getvalue()


def lines(batch: Batch) -> Iterator[dict[str, Any]]:
    """Yield every line of the table as a mapping: cells, broken data sets, then answers."""
    data = {run.name: run for run in batch.data}
    for cell in batch.cells:
        run = data[cell.data]
        yield {
            "table": "value",
            "data": cell.data,
            "learner": cell.learner,
            "recipe": cell.recipe,
            "status": cell.status,
            "reason": cell.reason,
            "n_rows": run.n_rows,
            "rare_share": run.rare_share,
            "categorical": run.categorical,
            "seeds": " ".join(map(str, run.seeds)),
            "value": cell.value,
            "score": cell.score,
            "seconds": cell.seconds,
        }
    for run in batch.data:
        if run.status != "ok":
            yield {"table": "value", "data": run.name, "status": run.status, "reason": run.reason}
    for answer in (batch.answer, *batch.groups):
        yield from _ranks(answer)


def _ranks(answer: Answer) -> Iterator[dict[str, Any]]:
    for row in answer.rows:
        line = {
            "table": "rank",
            "group": answer.group or "all",
            "learner": row.learner,
            "recipe": row.recipe,
            "status": "ok",
            "n_data": len(answer.data),
            "value": row.mean_value,
            "mean_rank": row.mean_rank,
            "best_on": row.best_on,
        }
        gain = row.versus_nothing
        if gain:
            names = ("wins", "ties", "losses", "p_holm", "p_nemenyi", "worse", "equivalent", "better")
            line |= {name: getattr(gain, name) for name in names}
            line |= {
                "mean_difference": gain.mean,
                "median_difference": gain.median,
                "p_wilcoxon": gain.p_value,
            }
        yield line
    for gaps in answer.gaps:
        yield {
            "table": "rank",
            "group": answer.group or "all",
            "learner": gaps.learner,
            "recipe": gaps.recipe,
            "status": "not-ranked",
            "reason": "; ".join(f"{' '.join(names)}: {why}" for why, names in gaps.missing.items()),
            "n_data": gaps.n_data,
        }


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return harmless(value) if isinstance(value, str) else value
