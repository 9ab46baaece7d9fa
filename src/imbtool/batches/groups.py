"""Groups of data sets: the tags of the suite, and those that the data sets fall into by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imbtool.batches.result import DataRun

RARITY = ((0.02, "rare class under 2 %"), (0.10, "rare class 2 to 10 %"), (1.01, "rare class 10 % or more"))
SIZE = ((1_000, "under 1,000 rows"), (10_000, "1,000 to 10,000 rows"), (float("inf"), "10,000 rows or more"))
MIXED = ("numbers only", "with categorical columns")


def automatic(*, rare_share: float, n_rows: int, categorical: bool) -> tuple[str, ...]:
    """Return the groups a data set falls into by itself: rarity, size (as used), kinds of columns."""
    return (
        next(name for bound, name in RARITY if rare_share < bound),
        next(name for bound, name in SIZE if n_rows < bound),
        MIXED[categorical],
    )


def groups_of(runs: Iterable[DataRun]) -> dict[str, tuple[str, ...]]:
    """Return the names of the data sets of every group, automatic groups first, in their order.

    A group that holds all data sets says nothing beyond the whole and is left out.
    """
    data = list(runs)
    order = [name for _, name in RARITY] + [name for _, name in SIZE] + list(MIXED)
    order += [tag for run in data for tag in run.tags]
    members = {name: tuple(run.name for run in data if name in run.groups) for name in dict.fromkeys(order)}
    return {name: found for name, found in members.items() if 0 < len(found) < len(data)}
