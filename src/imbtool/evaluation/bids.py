"""What trainings will take and are worth, and which of them fit into a given time: pure functions.

Before a training has run on any fold its time is a multiple of that of the untreated learner, by what kind of
method it is; the multiples are rounded from the trials of six shared data sets
(``benchmarks/results/dry_run.md``). As soon as other treatments have run, theirs correct it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from imbtool import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

    Group = tuple[LearnerSpec, RecipeSpec]

SAMPLERS = {1: 1.0, 2: 1.5, 3: 2.0}
"""Time with a sampler of each cost class, over that of the untreated learner."""
KINDS = {"loss": 1.3, "ensemble": 3.5}
"""The same with other kinds of methods; 1 where a kind is not named."""
SLOW = 8.0
"""Time of an untreated learner that is not quick, over that of a quick one."""


HOPE = 2.0
"""Times less than predicted that a training may well take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A training that asks for time.

    Parameters
    ----------
    group : tuple of LearnerSpec and RecipeSpec
    tier : int
        Lower ones come first, whatever they cost.
    worth : float
        Within a tier the most worth a second comes first. Above 0.
    seconds : float
        On one fold.
    folds : int
        On which it has not run.
    begun : bool
        Whether it has run on another one.
    """

    group: Group
    tier: int
    worth: float
    seconds: float
    folds: int
    begun: bool = False

    @property
    def whole(self) -> float:
        """Seconds on all folds on which it has not run."""
        return self.seconds * self.folds


def ordered(bids: Iterable[Bid]) -> list[Bid]:
    """Return bids by tier, within a tier by what a second of them is worth; equals as they are given."""
    return sorted(bids, key=lambda bid: (bid.tier, -bid.worth / max(bid.seconds, 1e-6)))


def affordable(bids: Iterable[Bid], seconds: float) -> list[Bid]:
    """Return those that fit on all their folds, in order; one that does not leaves its time to later ones.

    Parameters
    ----------
    bids : iterable of Bid
    seconds : float
        To spend on all together.
    """
    taken = []
    for bid in ordered(bids):
        if bid.whole <= seconds:
            seconds -= bid.whole
            taken.append(bid)
    return taken


def hopeful(bids: Iterable[Bid], seconds: float) -> list[Bid]:
    """Return the one that would fit first if it took `HOPE` times less than predicted; none that was begun.

    For time that nothing fits into: it may be spent on finding out whether a prediction was too high.
    """
    chances = [bid for bid in bids if not bid.begun and bid.whole <= HOPE * seconds]
    return sorted(chances, key=lambda bid: (bid.tier, bid.whole))[:1]


def worths(groups: Sequence[Group]) -> dict[Group, float]:
    """Return what trainings are worth: 1 for the first treatment of a kind, half for the second, and so on.

    Treatments of one kind tend to come out alike, so that one of each says more than all of one.
    """
    seen: dict[tuple[LearnerSpec, str], int] = {}
    found = {}
    for group in groups:
        kind = (group[0], group[1].kind)
        seen[kind] = seen.get(kind, 0) + 1
        found[group] = 1.0 / seen[kind]
    return found


def predicted(group: Group, measured: Mapping[Group, float]) -> float | None:
    """Return the seconds of a training on one fold.

    Parameters
    ----------
    group : tuple of LearnerSpec and RecipeSpec
    measured : mapping
        Mean seconds a fold of what has run.

    Returns
    -------
    float or None
        As measured, where it has run; None where no untreated learner has, so that nothing is known.
    """
    if group in measured:
        return measured[group]
    learner, training = group
    base = _untreated(learner, training, measured)
    return None if base is None else base * multiple(training) * _correction(group, measured)


def multiple(training: RecipeSpec) -> float:
    """Return the time of a training over that of its untreated learner, before anything is measured."""
    return 1.0 + sum(_share(step.info.kind, step.info.cost) - 1.0 for step in training.steps)


def _share(kind: str, cost: int) -> float:
    return SAMPLERS[max(1, cost)] if kind == "sampler" else KINDS.get(kind, 1.0)


def _untreated(learner: LearnerSpec, training: RecipeSpec, measured: Mapping[Group, float]) -> float | None:
    """Return the seconds of the untreated learner, from those of others where it has not run itself."""
    plain = {known: seconds for (known, recipe), seconds in measured.items() if not recipe.steps and seconds}
    if learner in plain:
        return plain[learner]
    # What brings its own learner counts in multiples of the others.
    slow = not training.own_learner and not registry.learner(learner.name).quick
    quick = [s for known, s in plain.items() if registry.learner(known.name).quick]
    others = quick or list(plain.values())
    return max(others) * (SLOW if slow and quick else 1.0) if others else None


def _correction(group: Group, measured: Mapping[Group, float]) -> float:
    """Return how much longer treatments of the learner took than was predicted, those of the kind if any."""
    learner, training = group
    ratios: dict[str, list[float]] = {}
    for (known, recipe), seconds in measured.items():
        base = measured.get((known, type(recipe)()))
        if known == learner and recipe.steps and base and seconds:
            ratios.setdefault(recipe.kind, []).append(seconds / (base * multiple(recipe)))
    alike = ratios.get(training.kind) or [ratio for found in ratios.values() for ratio in found]
    return median([1.0, 1.0, *alike])  # two votes for the prediction: one outlier is no rule
