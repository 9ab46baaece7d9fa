"""polynom-fit-SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.polynomial import legendre

from imbtool.methods.resample.variants.base import SyntheticSampler
from imbtool.methods.resample.variants.shares import even_shares

if TYPE_CHECKING:
    from numpy.random import Generator, RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.variants.base import RareClass

Topology = Literal["star", "bus", "mesh", "curve"]


class PolynomFitSmote(SyntheticSampler):
    """Place rows at equal distances on lines through a rare class.

    Parameters
    ----------
    topology : {"star", "bus", "mesh", "curve"}, default="star"
        Which lines: from each row to the mean of the class; from each row to the next one of the
        table; between all pairs of rows; or one polynomial a feature, fitted to the rows in the order
        of the table.
    degree : int, default=3
        Of the curve's polynomials; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Gazzah, Essoukri Ben Amara, DAS 2008, doi:10.1109/DAS.2008.74. A line that gets q rows has them at
    1/(q+1), ..., q/(q+1) of its length; lines get equally many rows, and chance decides only who gets
    one more (and which pairs, when there are more pairs than rows to make). All rows lie in the convex
    hull of the class, except those of ``curve``. Nothing but the class is read. Cost: none to speak of.
    """

    hull = True
    reads = "class"

    def __init__(
        self,
        topology: Topology = "star",
        degree: int = 3,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.topology = topology
        self.degree = degree
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        if self.topology == "curve":
            return rare.finished(*_on_curve(rare.numbers, min(self.degree, len(rare) - 1), n_new))
        start, end = _lines(rare.numbers, self.topology, n_new, rare.rng)
        line, fraction = _places(even_shares(n_new, len(start), rare.rng))
        base, first = start[line], rare.numbers[start[line]]
        last = rare.numbers.mean(axis=0) if end is None else rare.numbers[end[line]]
        return rare.finished(rare.within(first + fraction[:, None] * (last - first)), base)


def _lines(
    numbers: FloatArray, topology: Topology, n_new: int, rng: Generator
) -> tuple[IntArray, IntArray | None]:
    """Return the rows where lines start and end; no end means the mean."""
    n = len(numbers)
    if topology == "star":
        return np.arange(n), None
    if topology == "bus":
        return np.arange(n - 1), np.arange(1, n)
    n_pairs = n * (n - 1) // 2
    pair = np.arange(n_pairs) if n_pairs <= n_new else rng.choice(n_pairs, n_new, replace=False)
    return _pair(pair)


def _pair(place: IntArray) -> tuple[IntArray, IntArray]:
    """Return the pairs (0, 1), (0, 2), (1, 2), (0, 3), ... at these places."""
    second = ((1 + np.sqrt(1 + 8 * place.astype(np.float64))) // 2).astype(np.int64)
    # The root may be off by one in the last place.
    second -= second * (second - 1) // 2 > place
    second += (second + 1) * second // 2 <= place
    return place - second * (second - 1) // 2, second


def _places(counts: IntArray) -> tuple[IntArray, FloatArray]:
    """Return for each row its line and how far along it lies, in (0, 1)."""
    line = np.repeat(np.arange(len(counts)), counts)
    turn = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    return line, (turn + 1) / (counts[line] + 1)


def _on_curve(numbers: FloatArray, degree: int, n_new: int) -> tuple[FloatArray, IntArray]:
    """Return points at equal steps of the row number on the fitted polynomials, and the row nearest."""
    n = len(numbers)
    place = (np.arange(n_new) + 0.5) / max(1, n_new)
    coefficients = legendre.legfit(np.linspace(-1, 1, n), numbers, degree)
    new: FloatArray = np.ascontiguousarray(legendre.legval(2 * place - 1, coefficients).T)
    return new, np.rint(place * (n - 1)).astype(np.int64)
