"""ADASYN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imblearn.over_sampling import ADASYN

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.neighbors import search_in
from imbtool.methods.resample.numeric_only import require_numeric
from imbtool.methods.resample.pattern import numeric_rows
from imbtool.methods.resample.targets import by_neighbors, goals, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray
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
    He, Bai, Garcia, Li, IJCNN 2008, doi:10.1109/IJCNN.2008.4633969. imbalanced-learn's `ADASYN`, row
    for row, on standardised numbers. Numeric features only; a synthetic row has missing cells where
    the nearest original row of its class has them. A class whose rows have no neighbour of another
    class has nothing to generate: it is left as it is, and when that holds for all classes the method
    is not applicable. When classes cannot be treated in one call (one of them has nothing to
    generate, or too few rows for `n_neighbors`) each gets a call and the seed of its own.
    Cost: one search of the rare rows among all rows.
    """

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
    made = _call(part, k, wanted)
    if made is not None:
        return made
    if len(wanted) == 1:
        return {}
    single = [_call(part, k, {label: n}) for label, n in wanted.items()]
    return {label: new for part in single if part is not None for label, new in part.items()}


def _call(part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray] | None:
    """Return what one call of imbalanced-learn makes, or None when it has nothing to generate."""
    near = search_in(part.space, k)
    sampler = ADASYN(sampling_strategy=goals(part.y, wanted), random_state=part.seed, n_neighbors=near)
    try:
        with quiet():
            more, labels = sampler.fit_resample(part.space.numbers(part.X), part.y)
    except (RuntimeError, ValueError) as error:
        if not str(error).startswith(("Not any neigbours", "No samples will be generated")):
            raise
        return None
    return numeric_rows(part, more, labels)
