"""From a suite, in whatever form it comes, to a batch."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from imbtool.batches.reading import read_suite
from imbtool.batches.run import run_suite
from imbtool.batches.suite import Suite
from imbtool.core.clock import take_start
from imbtool.core.errors import DataError
from imbtool.core.progress import NullProgress
from imbtool.core.quantities import seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from imbtool.batches.result import Batch
    from imbtool.batches.suite import Entry
    from imbtool.core.progress import Progress
    from imbtool.evaluation.result import Comparison


class One(Protocol):
    """Compares one data set with one seed; `limits` go before the settings of the data set."""

    def __call__(self, entry: Entry, seed: int, shown: Progress, **limits: Any) -> Comparison:
        """Return the comparison."""


def run(
    suite: str | PathLike[str] | Mapping[str, Any] | Suite,
    one: One,
    *,
    budget: str | float | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Run a suite; `imbtool.batch` describes the parameters."""
    found = suite if isinstance(suite, Suite) else read_suite(suite)
    total = None if budget is None else seconds_of(budget, "budget")
    began, left = take_start(), found.n_comparisons

    def compare(entry: Entry, seed: int, shown: Progress) -> Comparison:
        nonlocal left
        if total is None:
            return one(entry, seed, shown)
        rest = total - (monotonic() - began)
        share, left = rest / left, left - 1
        if share <= 0:
            raise DataError(
                "The budget of the suite was used up before this data set.",
                hint="Give more time with --budget; a store keeps what was done.",
                code="budget-spent",
            )
        own = entry.arguments.get("budget")
        return one(entry, seed, shown, budget=share if own is None else min(share, seconds_of(own, "budget")))

    return run_suite(found, compare, progress or NullProgress())
