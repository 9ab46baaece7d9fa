"""A comparison in a hurry: treatments that are safely behind do not run on the rest of the folds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from imbtool.evaluation.conclude import scale_for
from imbtool.evaluation.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.evaluation.design import Design
    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.referee import Key, Place
    from imbtool.evaluation.result import Trial

FIRST = 3
"""Folds before anything is dropped: with two, a spread is hardly more than a guess."""
SAFE = 0.975
"""Probability of being behind the leader by more than the region of equivalence that drops a row."""


class Race:
    """A `Referee` that drops treatments safely behind the leader; controls always finish (law 2).

    Behind means: by more than the region of practical equivalence, with a probability of 0.975 or more by
    the Bayesian correlated t-test over the folds so far. The leader has the best mean over them.

    Parameters
    ----------
    design : Design
    """

    def __init__(self, design: Design) -> None:
        self._design = design

    def batches(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """Return three folds, the rest of the first repeat, and all others."""
        once = sum(place[0] == places[0][0] for place in places)
        edges = sorted({0, min(FIRST, len(places)), max(min(FIRST, len(places)), once), len(places)})
        return [places[a:b] for a, b in pairwise(edges)]

    def dropped(
        self, rows: Sequence[Candidate], trials: Mapping[Key, Trial], ahead: Sequence[Place]
    ) -> Mapping[Candidate, str]:
        """Return the treatments that are safely behind, and whom."""
        later = set(ahead)
        table = Table(t for t in trials.values() if (t.repeat, t.fold) not in later)
        if not ahead or len(table.folds) < FIRST:
            return {}
        scale = scale_for(self._design, table)
        sign = 1.0 if scale.greater_is_better else -1.0
        means = {
            name: sign * float(np.mean(values))
            for name in table.rows
            if not np.isnan(values := table.judged(name, scale.metric)).any()
        }
        if not means:
            return {}
        leader = max(means, key=lambda name: means[name])
        found = {}
        for row in rows:
            name = (str(row.learner), str(row.recipe))
            if row.recipe.control or name == leader or name not in means:
                continue
            if table.compare(name, leader, scale).worse >= SAFE:
                best = leader[1] if leader[0] == name[0] else f"{leader[1]} ({leader[0]})"
                found[row] = f"safely behind {best} after {len(table.folds)} folds"
        return found
