"""Borderline-SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from imblearn.over_sampling import BorderlineSMOTE

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


class BorderlineSmote(RowSampler):
    """SMOTE only from rows of the rare classes that lie near the border.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours to interpolate with; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    m_neighbors : int, default=10
        Neighbours among all rows that decide danger: a row is in danger when at least half of them,
        but not all, belong to other classes.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Interpolate towards rows of the same class, or of any class (then at most half-way).
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Han, Wang, Mao, ICIC 2005, doi:10.1007/11538059_91. imbalanced-learn's `BorderlineSMOTE`, row for
    row, on standardised numbers. Numeric features only; a synthetic row has missing cells where the
    nearest original row of its class has them. A class without rows in danger stays as it is. Cost:
    one search of the rare rows among all rows.
    """

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        m_neighbors: int = 10,
        kind: Literal["borderline-1", "borderline-2"] = "borderline-1",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.m_neighbors = m_neighbors
        self.kind = kind
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        require_numeric(part.layout, "borderline_smote")
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        made: dict[int, FloatArray] = {}
        for k, group in by_neighbors(part.y, wanted, self.k_neighbors).items():
            made.update(self._made(part, k, group))
        return part.extended(made)

    def _made(self, part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
        sampler = BorderlineSMOTE(
            sampling_strategy=goals(part.y, wanted),
            random_state=part.seed,
            k_neighbors=search_in(part.space, k),
            m_neighbors=search_in(part.space, min(self.m_neighbors, len(part.y) - 1)),
            kind=self.kind,
        )
        with quiet():
            more, labels = sampler.fit_resample(part.space.numbers(part.X), part.y)
        return numeric_rows(part, more, labels)
