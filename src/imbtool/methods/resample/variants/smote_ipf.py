"""SMOTE-IPF: SMOTE and an iterative-partitioning filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.smote import Smote

if TYPE_CHECKING:
    from numpy.random import Generator, RandomState

    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

_QUIET_ROUNDS = 3


class SmoteIpf(RowSampler):
    """SMOTE, then removal of rows that trees on parts of the table agree to be mislabelled.

    Parameters
    ----------
    k_neighbors : int, default=5
        SMOTE's neighbours; clipped to the class size minus 1.
    ratio : float, default=1.0
        SMOTE's ratio, in [0, 1]; filtering comes after.
    n_parts : int, default=9
        Parts into which the rows are split at random, class by class, in every round; at least 2.
    share : float, default=0.01
        Rounds go on until three in a row remove less than this share of the original rows, in [0, 1].
    voting : {"majority", "consensus"}, default="majority"
        A row is noise when more than half of the trees, or all, take it for another class.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Saez, Luengo, Stefanowski, Herrera, Information Sciences 291 (2015), doi:10.1016/j.ins.2014.08.051.
    The trees are scikit-learn's, not C4.5, on the matrix that distances are measured on. Original and
    synthetic rows are filtered alike. SMOTE's variant is chosen by the columns, so tables of categories
    work too. Cost: nine trees a round, and SMOTE's search.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        n_parts: int = 9,
        share: float = 0.01,
        voting: Literal["majority", "consensus"] = "majority",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.n_parts = n_parts
        self.share = share
        self.voting = voting
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        smote = Smote(k_neighbors=self.k_neighbors, ratio=self.ratio)
        more = smote.resample(part.X, part.y, layout=part.layout, random_state=part.seed, space=part.space)
        needed = self.n_parts / 2 if self.voting == "majority" else self.n_parts - 0.5
        kept = clean_rows(
            part.space.distance(more.X),
            more.y,
            n_parts=self.n_parts,
            needed=needed,
            few=self.share * len(part.y),
            seed=part.seed,
        )
        return Resampled(X=more.X[kept], y=more.y[kept], source=more.source[kept])


def clean_rows(
    matrix: FloatArray, y: IntArray, *, n_parts: int, needed: float, few: float, seed: int
) -> IntArray:
    """Return the rows that the filter keeps, ascending.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
    y : ndarray of int64, shape (n,)
    n_parts : int
    needed : float
        More votes than this make a row noise.
    few : float
        Three rounds in a row that remove fewer rows than this end it.
    seed : int
    """
    rng = np.random.default_rng(seed)
    kept = np.arange(len(y))
    quiet_rounds = 0
    while quiet_rounds < _QUIET_ROUNDS and len(kept) > n_parts:
        noise = _votes(matrix[kept], y[kept], n_parts, rng, seed) > needed
        quiet_rounds = quiet_rounds + 1 if noise.sum() < max(few, 1) else 0
        if len(np.unique(y[kept[~noise]])) < len(np.unique(y)):
            # Base class reports it: the filter would remove a whole class.
            return kept[~noise]
        kept = kept[~noise]
    return kept


def _votes(matrix: FloatArray, y: IntArray, n_parts: int, rng: Generator, seed: int) -> IntArray:
    """Return how many trees, one on each part, take each row for another class."""
    part = _parts(y, n_parts, rng)
    against = np.zeros(len(y), dtype=np.int64)
    for number in range(n_parts):
        here: BoolArray = part == number
        if here.any():
            tree = DecisionTreeClassifier(random_state=seed).fit(matrix[here], y[here])
            against += tree.predict(matrix) != y
    return against


def _parts(y: IntArray, n_parts: int, rng: Generator) -> IntArray:
    """Return a random part of equal size for each row, the classes spread evenly."""
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    part = np.empty(len(y), dtype=np.int64)
    part[order] = np.arange(len(y)) % n_parts
    return part
