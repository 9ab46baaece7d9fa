"""SVM-SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imblearn.over_sampling import SVMSMOTE
from sklearn.base import BaseEstimator
from sklearn.svm import SVC

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.neighbors import search_in
from imbtool.methods.resample.numeric_only import require_numeric
from imbtool.methods.resample.pattern import numeric_rows
from imbtool.methods.resample.targets import by_neighbors, goals, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.space import SampleSpace


class SvmSmote(RowSampler):
    """SMOTE from the support vectors of a rare class: inwards in danger, outwards where it is safe.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours within the class; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
        imbalanced-learn's method may stay below it when no support vector is in danger, or none safe.
    m_neighbors : int, default=10
        Neighbours among all rows that decide danger: a support vector is in danger when at least half
        of them belong to other classes, and noise, which is not used, when all do.
    out_step : float, default=0.5
        Longest step away from a neighbour, in [0, 1] of their distance.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Nguyen, Cooper, Kamei, IJKESDP 3(1) (2011), doi:10.1504/IJKESDP.2011.039875. imbalanced-learn's
    `SVMSMOTE` with its radial support vector machine (C = 1, gamma = "scale"), row for row, on
    standardised numbers. Numeric features only; a synthetic row has missing cells where the nearest
    original row of its class has them. Synthetic rows may lie outside the hull of their class.
    Cost: training a support vector machine, quadratic in the rows.
    """

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        m_neighbors: int = 10,
        out_step: float = 0.5,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.m_neighbors = m_neighbors
        self.out_step = out_step
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        require_numeric(part.layout, "svm_smote")
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        made: dict[int, FloatArray] = {}
        for k, group in by_neighbors(part.y, wanted, self.k_neighbors).items():
            made.update(self._made(part, k, group))
        return part.extended(made)

    def _made(self, part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
        sampler = SVMSMOTE(
            sampling_strategy=goals(part.y, wanted),
            random_state=part.seed,
            k_neighbors=search_in(part.space, k),
            m_neighbors=search_in(part.space, min(self.m_neighbors, len(part.y) - 1)),
            svm_estimator=_SpaceMachine(part.space, part.seed),
            out_step=self.out_step,
        )
        try:
            with quiet():
                more, labels = sampler.fit_resample(part.space.numbers(part.X), part.y)
        except ValueError as error:
            if not str(error).startswith("All support vectors"):
                raise
            raise NotApplicableError(
                "svm_smote has nothing to start from: all support vectors of a rare class are noise.",
                hint="Use smote, or collect more rows of the rare class.",
                code="nothing-to-generate",
            ) from error
        return numeric_rows(part, more, labels)


class _SpaceMachine(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """A support vector machine that is given numbers in their own units and standardises them."""

    def __init__(self, space: SampleSpace, seed: int) -> None:
        self.space = space
        self.seed = seed

    def fit(self, X: FloatArray, y: IntArray) -> _SpaceMachine:
        self.machine_ = SVC(gamma="scale", random_state=self.seed).fit(self.space.standard(X), y)
        self.support_ = self.machine_.support_
        return self

    def predict(self, X: FloatArray) -> Any:
        return self.machine_.predict(self.space.standard(X))
