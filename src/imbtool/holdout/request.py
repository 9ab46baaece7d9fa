"""What is asked of a hold-out: measures, slices, gates, and how many resamples to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool import registry
from imbtool.core.seeds import derive_seed
from imbtool.holdout.intervals import resamples_for
from imbtool.holdout.measures import Measure, metric_named
from imbtool.holdout.money import money_names
from imbtool.metrics.bootstrap import RESAMPLES

if TYPE_CHECKING:
    from imbtool.core.price import Price
    from imbtool.holdout.baseline import Baseline
    from imbtool.holdout.gates import Gate
    from imbtool.holdout.judge import Scope
    from imbtool.holdout.measures import Top
    from imbtool.holdout.result import Policy
    from imbtool.holdout.rows import Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to find out beside the metrics.

    Parameters
    ----------
    slices : tuple of str
        Columns to cut the rows by.
    tops : tuple of Top
        Tops of the ranking; 1, 5 and 10 percent when empty.
    gates : tuple of Gate
    baseline : Baseline or None
    rivals : tuple of Baseline
        Other evaluations of the same rows, to be compared with.
    inconclusive : {"pass", "fail"}
        What inconclusive gates count as.
    seed : int
    resamples : int
        At most so many; very many rows get fewer.
    keep_rows : bool
        Whether the result holds what a later run needs to compare row by row.
    price : Price or None
        What was asked of the decisions; the rows have their stakes (see `imbtool.holdout.money`).
    """

    slices: tuple[str, ...] = ()
    tops: tuple[Top, ...] = ()
    gates: tuple[Gate, ...] = ()
    baseline: Baseline | None = None
    rivals: tuple[Baseline, ...] = ()
    inconclusive: Policy = "fail"
    seed: int = 0
    resamples: int = RESAMPLES
    keep_rows: bool = True
    price: Price | None = None


def catalogue(rows: Scored) -> tuple[Measure, ...]:
    """Return a measure for each metric of the catalogue, decision metrics also at the default threshold."""
    names: list[str] = []
    for row in registry.metrics().values():
        if row.family != "decision":
            names.append(row.name)
        elif rows.decided is not None:
            names += [row.name, f"{row.name}_default"]
    names += money_names(rows.stakes)
    return tuple(metric_named(name) for name in names)


def drawn(request: Request, rows: Scored, scope: Scope) -> tuple[int, int]:
    """Return how many resamples to draw for rows of a scope, and their seed."""
    seed = derive_seed("evaluation", request.seed, scope.column, scope.level)
    return resamples_for(rows, request.resamples), seed
