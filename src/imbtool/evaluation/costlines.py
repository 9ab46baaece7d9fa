"""Seconds by the number of rows, from a few measured ones: the curves of `imbtool.evaluation.cost`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.evaluation.result import Trial
    from imbtool.recipe.spec import RecipeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One training on a sample: rows before and after resampling, processor seconds, what came out."""

    rows: int
    after: int
    seconds: float
    trials: tuple[Trial, ...]


class Plain:
    """A learner with nothing else: seconds and bytes by the number of rows.

    Parameters
    ----------
    probes : sequence of Probe
        With as few rounds as recipes were probed with.
    whole : sequence of float
        Seconds of the same with all rounds.
    sizes, held : sequence of int
        Rows, and the bytes that were held at most.
    """

    def __init__(
        self, probes: Sequence[Probe], whole: Sequence[float], sizes: Sequence[int], held: Sequence[int]
    ) -> None:
        self.probes = list(probes)
        rows = [p.rows for p in probes]
        self.short = line(rows, [p.seconds for p in probes])
        self.seconds = line(rows, whole)
        spread = sizes[-1] - sizes[0]
        self.bytes_a_row = max(0.0, (held[-1] - held[0]) / spread if spread else held[0] / sizes[0])


def curve(
    training: RecipeSpec, learner: Plain, probes: Sequence[Probe], other: Plain | None = None
) -> Callable[[int], float]:
    """Return the seconds of a recipe's training by the number of rows.

    Parameters
    ----------
    training : RecipeSpec
    learner : Plain
    probes : sequence of Probe
        Two samples, or only the larger one.
    other : Plain, optional
        The learner that the probes are of, where it is another one.
    """
    small, large = probes[0], probes[-1]
    growth = large.after / large.rows
    if training.of("ensemble") and len(probes) > 1:  # of members whose rows need not grow as the data does
        return line([p.rows for p in probes], [p.seconds for p in probes])
    if training.of("sampler"):
        own = [max(1e-6, p.seconds - (other or learner).short(p.after)) for p in (small, large)]
        # What is hardly more than noise grows with the rows.
        known = large.rows > small.rows and own[1] > 0.1 * large.seconds
        power = float(np.log(own[1] / own[0]) / np.log(large.rows / small.rows)) if known else 1.0
        power = min(2.0, max(1.0, power))
        return lambda n: learner.seconds(int(growth * n)) + own[1] * (n / large.rows) ** power
    ratio = large.seconds / max(1e-6, learner.short(large.rows))
    return lambda n: ratio * learner.seconds(n)


def line(rows: Sequence[int], seconds: Sequence[float]) -> Callable[[int], float]:
    """Return ``a + b n`` through the last two sizes, neither falling nor below half of what was measured."""
    if len(rows) < 2 or rows[-1] == rows[-2]:
        return lambda n: seconds[-1] * (n / rows[-1])
    slope = max(0.0, (seconds[-1] - seconds[-2]) / (rows[-1] - rows[-2]))
    start = seconds[-1] - slope * rows[-1]
    return lambda n: max(start + slope * n, min(seconds) / 2)
