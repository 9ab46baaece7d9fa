"""What would settle an open question, in words: more rows, more repeats, more time."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from imbtool.core.quantities import spell_seconds
from imbtool.evaluation.figures import rounded_up, to_settle
from imbtool.evaluation.outlook import MOST
from imbtool.evaluation.verdict import MIN_POSITIVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.evaluation.outlook import Outlook
    from imbtool.evaluation.verdict import Decision, Evidence


def about_settling(decision: Decision, evidence: Evidence) -> Iterator[str]:
    """Yield what would settle the lead, or the signal, that is not proven, one way or the other."""
    repeats, found = to_settle(decision, evidence)
    if found is None:
        return
    if not isfinite(found.factor):
        yield (
            f"Even {MOST:,.0f} times as many rows might not settle it: what was found is about as large as "
            "what matters."
        )
        return
    positives, rows = evidence.counts[evidence.rare], sum(evidence.counts)
    how = "the lead was measured on halves and quarters of the table as well, and its curve continued"
    if not evidence.curve:
        how = "from the spread over the folds alone"
    yield (
        f"To settle it, one way or the other: about {_count(found.factor * positives)} positives in all "
        f"({_range(found, positives)}), as in {_count(found.factor * rows)} rows like "
        f"these, {found.factor:.2g} times what there is; {how}."
    )
    if repeats:
        yield (
            f"{repeats} repeats of the folds (--repeats {repeats}) would settle it too, if what was found "
            "stays what it is."
        )


def out_of_time(evidence: Evidence) -> str:
    """Return the headline where no treatment was finished, with the budget that would have sufficed."""
    more = ""
    if evidence.enough is not None:
        more = (
            f"; a budget of about {spell_seconds(evidence.enough)} would have sufficed for one repeat of all"
        )
    return f"Inconclusive: no treatment was finished in time{more}."


def about_small_classes(evidence: Evidence, classes: tuple[str, ...]) -> Iterator[str]:
    """Yield the classes that have too few rows for anything to be said about them."""
    small = [
        f"{name} ({count})"
        for name, count in zip(classes, evidence.counts, strict=True)
        if count < MIN_POSITIVES
    ]
    if small:
        yield f"Nothing can be said about classes this small: {', '.join(small)}."


def _range(found: Outlook, positives: int) -> str:
    if not isfinite(found.high):
        return f"{_count(found.low * positives)} or more in 9 of 10 cases"
    return f"{_count(found.low * positives)} to {_count(found.high * positives)} in 8 of 10 cases"


def _count(value: float) -> str:
    return f"{rounded_up(value):,}"
