"""What a suite says: data sets, what is run on each, and what is one for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One data set of a suite.

    Parameters
    ----------
    name : str
        How reports call it; once in a suite.
    data : str
        A path, or the name of a data set.
    arguments : mapping
        What `imbtool.compare` is given, without the seed.
    seeds : tuple of int
    tags : tuple of str
    """

    name: str
    data: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    tags: tuple[str, ...] = ()

    @property
    def auto(self) -> bool:
        """Whether the data chooses the learner."""
        return self.learners == ("auto",)

    @property
    def learners(self) -> tuple[str, ...]:
        """Learners as they were asked for."""
        return tuple(self.arguments.get("learners", ("auto",)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A checked suite; `imbtool.batches.reading.read_suite` makes it.

    Parameters
    ----------
    name : str
    path : Path or None
        The file it was read from.
    entries : tuple of Entry
    metric, threshold_metric : str
    rope : float
    """

    name: str
    path: Path | None
    entries: tuple[Entry, ...]
    metric: str = "pr_auc"
    threshold_metric: str = "f1"
    rope: float = 0.01

    @property
    def by_recipe(self) -> bool:
        """Whether rows are recipes alone: every data set has one learner, or chooses it (``auto``)."""
        return all(len(entry.learners) == 1 for entry in self.entries)

    @property
    def n_comparisons(self) -> int:
        """Data sets times seeds."""
        return sum(len(entry.seeds) for entry in self.entries)
