"""ADASYN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.numeric_only import require_numeric
from imbtool.methods.resample.own import nearest_in_class
from imbtool.methods.resample.segments import with_gaps, write_steps
from imbtool.methods.resample.targets import by_neighbors, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class Adasyn(RowSampler):
    """SMOTE with more synthetic rows where the rare class is outnumbered.

    Parameters
    ----------
    n_neighbors : int, default=5
        Neighbours among all rows that count difficulty, and neighbours within the class to
        interpolate with; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
        Rounding a row may miss it by a little.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    He, Bai, Garcia, Li, IJCNN 2008, doi:10.1109/IJCNN.2008.4633969. The rows of imbalanced-learn's `ADASYN`,
    on standardised numbers. Numeric features only; a synthetic row has missing cells where
    the nearest original row of its class has them. A class whose rows have no neighbour of another
    class has nothing to generate: it is left as it is, and when that holds for all classes the method
    is not applicable. When classes cannot be treated in one call (one of them has nothing to
    generate, or too few rows for `n_neighbors`) each gets a call and the seed of its own.
    Cost: one search of the rare rows among all rows.
    """

    hull = True

    def __init__(
        self, n_neighbors: int = 5, ratio: float = 1.0, random_state: int | RandomState | None = None
    ) -> None:
        self.n_neighbors = n_neighbors
        self.ratio = ratio
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        require_numeric(part.layout, "adasyn")
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        made: dict[int, FloatArray] = {}
        for k, group in by_neighbors(part.y, wanted, self.n_neighbors).items():
            made.update(_group(part, k, group))
        if wanted and not made:
            raise NotApplicableError(
                "adasyn has nothing to generate: no rare row has a neighbour of another class.",
                hint="Use smote; the classes are far apart, so the imbalance may not matter here.",
                code="nothing-to-generate",
            )
        return part.extended(made)


def _group(part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
    """Return the synthetic rows of the wanted classes, leaving out those with nothing to generate."""
    counts = {label: _how_many(part, label, k, n) for label, n in wanted.items()}
    able = {label: n for label, n in counts.items() if n.any()}
    rng = np.random.RandomState(part.seed)
    made = {}
    for label, n_each in able.items():
        if len(able) < len(wanted):
            # imbalanced-learn gives up on such a group; here each class gets the draws of a call of its own.
            rng = np.random.RandomState(part.seed)
        made[label] = _rows(part, label, k, n_each, rng)
    return made


def _how_many(part: TrainingPart, label: int, k: int, n_new: int) -> IntArray:
    """Return how many rows each row of a class gets: in proportion to its foreign neighbours."""
    near = part.space.number_graph(part.X).nearest(np.flatnonzero(part.y == label), k + 1)[:, 1:]
    share = (part.y[near] != label).sum(axis=1) / k
    total = share.sum()
    counts: IntArray = np.rint(share / total * n_new if total else share).astype(np.int64)
    return counts


def _rows(part: TrainingPart, label: int, k: int, n_each: IntArray, rng: RandomState) -> FloatArray:
    """Return the synthetic rows of a class, drawn as imbalanced-learn's `ADASYN` draws them."""
    rows = np.flatnonzero(part.y == label)
    near = rows[nearest_in_class(part, rows, k)]
    base = np.repeat(np.arange(len(rows)), n_each)
    partner = near[base, rng.choice(k, size=len(base))]
    new = np.empty((len(base), part.X.shape[1]))
    write_steps(part.space.numbers(part.X), lambda some: (rows[base[some]], partner[some]), new, rng=rng)
    with_gaps(part, label, new)
    return new
