"""Instance hardness threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.ensemble import RandomForestClassifier

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.targets import class_counts, rows_to_keep

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class InstanceHardness(RowSampler):
    """Remove the frequent rows that a forest, trained without them, takes for another class.

    Parameters
    ----------
    ratio : float, default=1.0
        Smallest to any other class after resampling, in [0, 1]; a class already there is left alone.
        Rows with the same probability as the last one kept are kept too, so there may be more.
    cv : int, default=5
        Folds of the out-of-fold probabilities, at least 2; clipped to the size of the smallest class.
    n_estimators : int, default=100
        Trees of each forest, at least 1.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Smith, Martinez, Giraud-Carrier, Machine Learning 95 (2014), doi:10.1007/s10994-013-5422-z.
    imbalanced-learn's `InstanceHardnessThreshold` with a random forest, row for row, on the matrix that
    distances are measured on (standardised numbers; categories and gaps as columns of their own). A class
    with a single row cannot be predicted out of fold: not applicable. Cost: `cv` forests.
    """

    selects = True

    def __init__(
        self,
        ratio: float = 1.0,
        cv: int = 5,
        n_estimators: int = 100,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.ratio = ratio
        self.cv = cv
        self.n_estimators = n_estimators
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        counts = class_counts(part.y)
        least = min(counts, key=lambda k: counts[k])
        if counts[least] < 2:
            raise NotApplicableError(
                f"instance_hardness needs at least 2 rows of class {least} in the training part; found 1.",
                hint="Use random_under, or collect more rows of the rare class.",
                code="too-few-rows",
            )
        # imbalanced-learn reads the class as a column of the probabilities.
        place = {label: j for j, label in enumerate(counts)}
        codes = np.array([place[k] for k in part.y.tolist()])
        keep = {place[k]: n for k, n in rows_to_keep(part.y, self.ratio).items()}
        # its own forest, and so its seed, for the default number
        forest = (
            None
            if self.n_estimators == 100
            else RandomForestClassifier(n_estimators=self.n_estimators, n_jobs=1)
        )
        sampler = InstanceHardnessThreshold(
            estimator=forest,
            sampling_strategy=keep,
            random_state=part.seed,
            cv=min(self.cv, counts[least]),
            n_jobs=1,
        )
        with quiet():
            sampler.fit_resample(part.space.distance(part.X), codes)
        return part.selected(sampler.sample_indices_)
