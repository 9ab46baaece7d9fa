"""Geometric SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.variants.base import SyntheticSampler

if TYPE_CHECKING:
    from numpy.random import Generator, RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.variants.base import RareClass

Selection = Literal["combined", "minority", "majority"]


class GeometricSmote(SyntheticSampler):
    """Draw rows inside balls around rare rows instead of on segments between them.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours within the class; clipped to the class size minus 1.
    selection : {"combined", "minority", "majority"}, default="combined"
        What the surface of a ball goes through: a random one of the neighbours in the class, the
        nearest row of another class, or the closer of the two.
    truncation : float, default=1.0
        In [-1, 1]: how much of the ball is cut off, on the far side of the surface row when
        positive, on the near side when negative; 0 cuts nothing.
    deformation : float, default=0.0
        In [0, 1]: how much the ball is squeezed towards the line to the surface row; at 1 it is a
        segment.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Douzas, Bacao, Information Sciences 501 (2019), doi:10.1016/j.ins.2019.06.007. A point uniform in the
    unit ball is mirrored when ``|truncation - x.e| > 1`` (e points to the surface row), loses
    `deformation` of its part across e, and is scaled by the radius. Balls are round in standardised
    numbers. With truncation 1, deformation 1 and minority selection it is SMOTE up to the distribution
    of the gap. Cost: one search within the class, and one among the other rows unless the selection is
    minority.
    """

    def __init__(
        self,
        k_neighbors: int = 5,
        selection: Selection = "combined",
        truncation: float = 1.0,
        deformation: float = 0.0,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.selection = selection
        self.truncation = truncation
        self.deformation = deformation
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        base, partner = rare.pairs(self.k_neighbors, n_new)
        way = self._ways(rare, base, partner)
        ball = uniform_ball(n_new, way.shape[1], rare.rng)
        step = shaped(ball, way, self.truncation, self.deformation)
        return rare.finished(rare.numbers[base] + step * rare.space.scale, base)

    def _ways(self, rare: RareClass, base: IntArray, partner: IntArray) -> FloatArray:
        """Return the standardised way from each centre to its surface row."""
        inside = rare.standard[partner] - rare.standard[base]
        if self.selection == "minority":
            return inside
        foreign = rare.others[nearest_in_blocks(rare.others_matrix, rare.matrix, 1)[:, 0]]
        numbers = rare.space.numbers(rare.part.X[foreign])
        outside = (rare.space.standard(numbers) - rare.standard)[base]
        if self.selection == "majority":
            return outside
        closer = np.linalg.norm(outside, axis=1) < np.linalg.norm(inside, axis=1)
        return np.where(closer[:, None], outside, inside)


def uniform_ball(n: int, width: int, rng: Generator) -> FloatArray:
    """Return points uniform in the unit ball, shape (n, width)."""
    direction = rng.standard_normal((n, width))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    radius: FloatArray = rng.random((n, 1)) ** (1 / width)
    return direction * radius


def shaped(ball: FloatArray, way: FloatArray, truncation: float, deformation: float) -> FloatArray:
    """Return points of the unit ball truncated, deformed and scaled along the ways."""
    radius = np.linalg.norm(way, axis=1, keepdims=True)
    unit = np.divide(way, radius, out=np.zeros_like(way), where=radius > 0)
    along = np.einsum("ij,ij->i", ball, unit)[:, None]
    mirrored = np.abs(truncation - along) > 1
    ball = np.where(mirrored, ball - 2 * along * unit, ball)
    along = np.where(mirrored, -along, along)
    moved: FloatArray = (ball - deformation * (ball - along * unit)) * radius
    return moved
