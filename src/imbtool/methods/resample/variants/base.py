"""The template of samplers that make numbers: what is common to all of them, the vote included."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.targets import interpolable, rows_to_add
from imbtool.methods.resample.votes import random_winner

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

# Rows that vote what categories and gaps a synthetic row has: SMOTE-NC's default.
VOTERS = 5


class SyntheticSampler(RowSampler):
    """A sampler that makes numbers from the rows of a class; categories and gaps are voted.

    A subclass stores ``ratio`` and writes `_made`. Each class that must grow is treated by itself,
    against the rows of all other classes.
    """

    ratio: float

    def _resample(self, part: TrainingPart) -> Resampled:
        return part.extended(self._rows(part))

    def _rows(self, part: TrainingPart) -> dict[int, FloatArray]:
        """Return the synthetic rows of each class; leave out a class that cannot be raised."""
        if not part.layout.numeric:
            raise NotApplicableError(
                f"{self.word} makes numbers; found no numeric feature.",
                hint="Use smote, which votes categories (SMOTE-N).",
                code="no-numeric-features",
            )
        made: dict[int, FloatArray] = {}
        refusal: NotApplicableError | None = None
        for label, n_new in interpolable(part.y, rows_to_add(part.y, self.ratio)).items():
            try:
                made[label] = self._made(RareClass(part, label), n_new)
            except NotApplicableError as reason:
                refusal = refusal or reason
        if refusal and not made:
            raise refusal
        return made

    @abstractmethod
    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        """Return synthetic rows of one class, shape (n_new, n_features).

        Raises
        ------
        NotApplicableError
            When there is nothing to make them from. The class is left as it is if others can grow.
        """


class RareClass:
    """The rows of one class, of at least two, in the forms in which samplers ask for them.

    Parameters
    ----------
    part : TrainingPart
    label : int

    Attributes
    ----------
    rows, others : ndarray of int64
        Places of the class and of all other rows in the training part.
    own : ndarray of float64, shape (n, n_features)
    numbers : ndarray of float64, shape (n, n_numeric)
        In the features' own units, imputed.
    rng : Generator
        Seeded by the seed of the call and the class.
    """

    def __init__(self, part: TrainingPart, label: int) -> None:
        self.part = part
        self.label = label
        self.space = part.space
        self.rows = np.flatnonzero(part.y == label)
        self.others = np.flatnonzero(part.y != label)
        self.own = part.X[self.rows]
        self.numbers = self.space.numbers(self.own)
        self.rng = np.random.default_rng([part.seed, label])

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def standard(self) -> FloatArray:
        """Standardised numbers, shape (n, n_numeric)."""
        return self.space.standard(self.numbers)

    @cached_property
    def matrix(self) -> FloatArray:
        """The rows where distances are measured, categories and gaps included, shape (n, width)."""
        return self.space.distance(self.own)

    @cached_property
    def others_matrix(self) -> FloatArray:
        """The same of all other rows."""
        return self.space.distance(self.part.X)[self.others]

    def near(self, k: int) -> IntArray:
        """Return the k nearest rows of the class to each of its rows, itself not among them.

        Parameters
        ----------
        k : int
            Clipped to n - 1.

        Returns
        -------
        ndarray of int64, shape (n, min(k, n - 1))
            Nearest first.
        """
        return near_among(self.matrix, k)

    def pairs(self, k: int, n_new: int) -> tuple[IntArray, IntArray]:
        """Return random rows and for each a random one of its k nearest neighbours, shape (n_new,)."""
        near = self.near(k)
        base = self.rng.integers(len(self), size=n_new)
        return base, near[base, self.rng.integers(near.shape[1], size=n_new)]

    def between(self, base: IntArray, partner: IntArray, *, box: bool = False) -> FloatArray:
        """Return numbers between two rows: one uniform gap a row, or one a number (`box`)."""
        start = self.numbers[base]
        gap = self.rng.random((len(base), start.shape[1] if box else 1))
        new: FloatArray = start + gap * (self.numbers[partner] - start)
        return new

    def within(self, numbers: FloatArray) -> FloatArray:
        """Return convex combinations of the rows without what rounding adds beyond their range."""
        clipped: FloatArray = np.clip(numbers, self.numbers.min(axis=0), self.numbers.max(axis=0))
        return clipped

    def finished(self, numbers: FloatArray, base: IntArray | None = None) -> FloatArray:
        """Return synthetic numbers as feature rows: categories and gaps by vote.

        The voters are the 5 rows of the class nearest to the row a synthetic one starts from, that
        row not among them, as in SMOTE-NC; ties by chance.

        Parameters
        ----------
        numbers : ndarray of float64, shape (m, n_numeric)
            In the features' own units.
        base : ndarray of int64, shape (m,), optional
            The row of the class each starts from; by default the one with the nearest numbers.

        Returns
        -------
        ndarray of float64, shape (m, n_features)
        """
        if not self.space.has_nominal:
            return self.space.restore(numbers, np.empty((len(numbers), 0), dtype=np.int64))
        if base is None:
            base = nearest_in_blocks(self.standard, self.space.standard(numbers), 1)[:, 0]
        nominal = self.space.nominal(self.own)
        voters = self.near(VOTERS)[base]
        rng = np.random.RandomState(self.part.seed)
        ballots = [random_winner(column[voters], rng) for column in nominal.T]
        return self.space.restore(numbers, np.column_stack(ballots))


def near_among(matrix: FloatArray, k: int) -> IntArray:
    """Return the k nearest other rows of each row of a matrix, nearest first, shape (n, min(k, n - 1))."""
    n = len(matrix)
    found = nearest_in_blocks(matrix, matrix, min(k, n - 1) + 1)
    drop = found == np.arange(n)[:, None]
    # Among many twins a row may miss itself; then the farthest goes.
    drop[~drop.any(axis=1), -1] = True
    kept: IntArray = found[~drop].reshape(n, -1)
    return kept
