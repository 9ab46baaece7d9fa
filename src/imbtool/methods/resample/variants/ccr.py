"""CCR: combined cleaning and resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.targets import class_counts
from imbtool.methods.resample.variants.base import RareClass, SyntheticSampler
from imbtool.methods.resample.variants.shares import proportional_shares

if TYPE_CHECKING:
    from numpy.random import Generator, RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

_PAIRS_AT_ONCE = 4_000_000
# How far a row is pushed that lies exactly on a rare one, where no direction is given.
_NUDGE = 1e-6
# Without energy all spheres are points, and equal.
_LEAST_RADIUS = 1e-12


class CombinedCleaningResampling(SyntheticSampler):
    """Push frequent rows out of spheres around rare ones, and fill the small spheres most.

    Parameters
    ----------
    energy : float, default=0.25
        Budget of each sphere; growing by 1 costs 1 and 1 more for every frequent row inside.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Koziarski, Wozniak, AMCS 27(4) (2017), doi:10.1515/amcs-2017-0050. Distances are city-block ones
    between standardised numbers. A frequent row inside a sphere is moved straight to its surface; the
    moves of several spheres add up. A sphere of radius r gets synthetic rows in proportion to 1 / r, at
    random directions and a uniform share of r from the centre, as in the authors' code. Here frequent
    rows are those of larger classes, so that a rare class does not push another of its size. A pushed
    row keeps its class, categories and gaps; it is a synthetic row and comes after the rows that
    stayed. Cost: distances from the rare rows to all rows.
    """

    def __init__(
        self, energy: float = 0.25, ratio: float = 1.0, random_state: int | RandomState | None = None
    ) -> None:
        self.energy = energy
        self.ratio = ratio
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        made = self._rows(part)
        numbers = part.space.numbers(part.X)
        push = np.zeros(numbers.shape)
        for label in made:
            rare = RareClass(part, label)
            larger = _larger(part.y, label)
            push[larger] += _spheres(rare, part.space.standard(numbers[larger]), self.energy)[1]
        moved = np.flatnonzero(push.any(axis=1))
        return _assembled(part, moved, _pushed(part, numbers, push, moved), made)

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        larger = rare.part.X[_larger(rare.part.y, rare.label)]
        radius = _spheres(rare, rare.space.standard(rare.space.numbers(larger)), self.energy)[0]
        base = np.repeat(
            np.arange(len(rare)), proportional_shares(n_new, 1 / np.maximum(radius, _LEAST_RADIUS))
        )
        step = _city_ball(len(base), rare.numbers.shape[1], rare.rng) * radius[base, None]
        return rare.finished(rare.numbers[base] + step * rare.space.scale, base)


def _larger(y: IntArray, label: int) -> IntArray:
    """Return the rows of the classes that are larger than this one."""
    counts = class_counts(y)
    larger = [k for k, n in counts.items() if n > counts[label]]
    return np.flatnonzero(np.isin(y, larger))


def _spheres(rare: RareClass, frequent: FloatArray, energy: float) -> tuple[FloatArray, FloatArray]:
    """Return the radius of each rare row's sphere and the push of each frequent row."""
    radius = np.empty(len(rare))
    push = np.zeros(frequent.shape)
    step = max(1, _PAIRS_AT_ONCE // max(1, len(frequent)))
    for start in range(0, len(rare), step):
        centre = rare.standard[start : start + step]
        distance = cdist(centre, frequent, "cityblock")
        for i, row in enumerate(distance):
            # A sphere never grows beyond its energy.
            inside = np.flatnonzero(row <= energy)
            reach = grown_radius(np.sort(row[inside]), energy)
            radius[start + i] = reach
            hit = inside[row[inside] < reach]
            push[hit] += _outwards(frequent[hit] - centre[i], row[hit], reach)
    return radius, push


def grown_radius(distance: FloatArray, energy: float) -> float:
    """Return how far a sphere grows on its energy past rows at these distances, ascending.

    Growing from one row to the next costs the way times one more than the rows inside, and the last
    stretch what is left.
    """
    ways = np.diff(distance, prepend=0.0)
    spent = np.cumsum(ways * np.arange(1, len(distance) + 1))
    n_inside = int(np.searchsorted(spent, energy, side="right"))
    last = distance[n_inside - 1] if n_inside else 0.0
    left = energy - (spent[n_inside - 1] if n_inside else 0.0)
    return float(last + left / (n_inside + 1))


def _outwards(offset: FloatArray, distance: FloatArray, reach: float) -> FloatArray:
    """Return the moves to the surface of rows at these offsets from the centre."""
    on_centre = distance == 0
    offset = np.where(on_centre[:, None], _NUDGE / offset.shape[1], offset)
    distance = np.where(on_centre, _NUDGE, distance)
    moves: FloatArray = (reach / distance - 1)[:, None] * offset
    moves[on_centre] += offset[on_centre]
    return moves


def _city_ball(n: int, width: int, rng: Generator) -> FloatArray:
    """Return points of the unit city-block ball: a random direction, a uniform share of the radius."""
    direction = rng.uniform(-1, 1, (n, width))
    direction /= np.abs(direction).sum(axis=1, keepdims=True)
    share: FloatArray = rng.random((n, 1))
    return direction * share


def _pushed(part: TrainingPart, numbers: FloatArray, push: FloatArray, moved: IntArray) -> FloatArray:
    there = numbers[moved] + push[moved] * part.space.scale
    return part.space.restore(there, part.space.nominal(part.X[moved]))


def _assembled(
    part: TrainingPart, moved: IntArray, pushed: FloatArray, made: dict[int, FloatArray]
) -> Resampled:
    """Return the rows that stayed, in order, the pushed ones, then the new ones class by class."""
    stayed = np.setdiff1d(np.arange(len(part.y)), moved)
    labels = sorted(made)
    new_y = np.repeat(np.asarray(labels, dtype=np.int64), [len(made[k]) for k in labels])
    return Resampled(
        X=np.vstack([part.X[stayed], pushed, *(made[k] for k in labels)]),
        y=np.concatenate((part.y[stayed], part.y[moved], new_y)).astype(np.int64),
        source=np.concatenate((stayed, np.full(len(moved) + len(new_y), -1))).astype(np.int64),
    )
