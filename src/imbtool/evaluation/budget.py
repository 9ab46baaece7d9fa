"""A comparison within a given time: what is cut, in an order that keeps it honest.

Rows are compared on the same folds, so time is saved first on folds, the last ones first. Where not even
one repeat of the folds would fit, the dearest treatments go, so that the others have a whole repeat;
controls stay until the end (law 2). The time that rows take is that measured on the folds before.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

from imbtool.core.quantities import spell_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.evaluation.plan import Candidate
    from imbtool.evaluation.referee import Key, Place
    from imbtool.evaluation.result import Trial
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

    Group = tuple[LearnerSpec, RecipeSpec]

RESERVE = 2.0
"""Seconds that are kept for the report, a tenth of a small budget."""
SLOWNESS = 0.2
"""Share of the time of starting and reading that is kept where this is more: the machine is slow, or the
table large, for the report too. A sixth of the budget at most."""
OPENING = 0.4
"""Share of the time that ``auto`` may spend on finding its learner."""


class Budget:
    """A `Referee` that keeps the run within its time.

    Parameters
    ----------
    seconds : float
        Wall time of the whole run.
    began : float
        Moment of `time.monotonic` at which it began.
    jobs : int
        Workers.
    """

    def __init__(self, seconds: float, *, began: float, jobs: int) -> None:
        self.seconds = seconds
        self.jobs = jobs
        started = time.monotonic() - began
        kept = max(min(RESERVE, seconds / 10), min(SLOWNESS * started, seconds / 6))
        self.deadline = began + seconds - kept
        self._stage_end = self.deadline

    def stage(self, share: float) -> None:
        """Begin a stage that may take this share of the time that is left."""
        self._stage_end = time.monotonic() + share * max(0.0, self.deadline - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() >= self.deadline

    @property
    def reason(self) -> str:
        """What trials that were cut off say."""
        return f"the budget of {spell_seconds(self.seconds)} was used up"

    def batches(self, places: Sequence[Place]) -> Iterable[Sequence[Place]]:
        """Yield one fold at a time while another one fits."""
        took = 0.0
        for place in places:
            begun = time.monotonic()
            if took and begun + took > self._stage_end and place[0] > 0:
                return
            yield (place,)
            # The first fold of a run holds the start of the workers; folds from the store take no time.
            took = time.monotonic() - begun

    def dropped(
        self, rows: Sequence[Candidate], trials: Mapping[Key, Trial], ahead: Sequence[Place]
    ) -> Mapping[Candidate, str]:
        """Return the dearest treatments whose loss lets the others finish the first repeat."""
        groups: dict[Group, list[Candidate]] = defaultdict(list)
        for row in rows:
            groups[row.learner, row.recipe.training].append(row)
        ahead = [place for place in ahead if place[0] == 0]
        costs = {group: _cost_ahead(members, trials, ahead) for group, members in groups.items()}
        spare = self._stage_end - time.monotonic() - sum(costs.values()) / self.jobs
        found: dict[Candidate, str] = {}
        for group in _expendable(groups, costs):
            if spare >= 0:
                break
            spare += costs[group] / self.jobs
            each = spell_seconds(costs[group] / max(1, len(ahead)))
            reason = f"takes {each} a fold, too long for the budget of {spell_seconds(self.seconds)}"
            found |= dict.fromkeys(groups[group], reason)
        return found


def _cost_ahead(rows: Sequence[Candidate], trials: Mapping[Key, Trial], ahead: Sequence[Place]) -> float:
    """Return the seconds that rows with one training will take on the folds that they have not run on."""
    names = [(str(row.learner), str(row.recipe)) for row in rows]
    seconds: dict[Place, float] = defaultdict(float)
    for key, trial in trials.items():
        if key[:2] in names and trial.status != "cut-off":
            seconds[key[2:]] += trial.seconds
    missing = sum(any((*name, *place) not in trials for name in names) for place in ahead)
    return missing * sum(seconds.values()) / len(seconds) if seconds else 0.0


def _expendable(groups: Mapping[Group, Sequence[Candidate]], costs: Mapping[Group, float]) -> list[Group]:
    """Return what may be cut, the dearest first: treatments, then controls of all but one learner."""
    plain = {learner: costs[learner, recipe] for learner, recipe in groups if not recipe.steps}
    kept = min(plain, key=lambda learner: plain[learner], default=None)
    treatments = [g for g, rows in groups.items() if not any(row.recipe.control for row in rows)]
    controls = [g for g in groups if g not in treatments and g[0] != kept]
    return [*_dearest(treatments, costs), *_dearest(controls, costs)]


def _dearest(groups: Iterable[Group], costs: Mapping[Group, float]) -> list[Group]:
    return sorted((g for g in groups if costs[g] > 0), key=lambda g: -costs[g])
