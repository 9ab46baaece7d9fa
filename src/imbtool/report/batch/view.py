"""What a reader is shown of a batch: names, marks, what was left out. Selection only."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from imbtool.batches.wording import ALPHA, leaning, row_name
from imbtool.report.words import MISSING, listing, plural, probability

if TYPE_CHECKING:
    from imbtool.batches.result import Across, Answer, Batch, DataRun, Gaps, RankedRow

BETTER, WORSE, LEVEL = "+", "-", "~"
LEGEND = "+ better than nothing, - worse (Wilcoxon-Holm, 5 %)   ~ not shown to differ"


def name(row: RankedRow | Gaps) -> str:
    """Return a row in words."""
    return row_name((row.learner, row.recipe))


def mark(row: RankedRow) -> str:
    """Return how a row compares with doing nothing; empty when that was not tested."""
    gain = row.versus_nothing
    if gain is None or not isfinite(gain.p_holm):
        return ""
    if gain.p_holm >= ALPHA:
        return LEVEL
    return BETTER if leaning(gain) > 0 else WORSE


def letters(answer: Answer) -> tuple[str, ...]:
    """Return the letters of each ranked row: rows that share one are not told apart by Nemenyi's test."""
    found = [""] * len(answer.rows)
    for number, clique in enumerate(answer.cliques):
        for i in clique:
            found[i] += chr(ord("a") + number % 26)
    return tuple(found)


def tally(across: Across | None) -> str:
    """Return wins, ties and losses."""
    return f"{across.wins}/{across.ties}/{across.losses}" if across else ""


def p_value(value: float) -> str:
    """Return a p-value with three digits."""
    if not isfinite(value):
        return MISSING
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def better(across: Across | None) -> str:
    """Return the probability to be better by more than the region of equivalence."""
    return probability(across.better) if across and isfinite(across.better) else ""


def broken(batch: Batch) -> tuple[DataRun, ...]:
    """Return the data sets that do not count."""
    return tuple(run for run in batch.data if run.status != "ok")


def verdict(run: DataRun) -> str:
    """Return the verdicts of a data set, those of several seeds with their number."""
    if run.status != "ok":
        return run.status
    told: dict[str, int] = {}
    for kind, recipe in zip(run.verdicts, run.recipes, strict=True):
        text = f"{kind}: {recipe}" if kind == "use" else kind
        told[text] = told.get(text, 0) + 1
    if len(told) == 1:
        return next(iter(told))
    return ", ".join(f"{text} ({n})" for text, n in told.items())


def title(batch: Batch) -> str:
    """Return what the suite held."""
    done = sum(run.status == "ok" for run in batch.data)
    rows = len({(c.learner, c.recipe) for c in batch.cells})
    of = (
        f"{done} of {plural(len(batch.data), 'data set')}"
        if done < len(batch.data)
        else plural(done, "data set")
    )
    return f"{of}, {plural(rows, 'row')}"


def gap_lines(gaps: Gaps) -> tuple[str, ...]:
    """Return why a row is not ranked, one line a reason."""
    return tuple(f"{listing(names, 4)}: {reason}" for reason, names in gaps.missing.items())
