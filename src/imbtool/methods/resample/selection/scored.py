"""The template of samplers that look at how a plain model scores each row."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from imbtool.methods.resample.base import RowSampler, TrainingPart, quiet
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray, Layout

_FOLDS = 3


class ScoredPart(TrainingPart):
    """A training part with out-of-fold probabilities of its rows, shape (n, n_classes)."""

    def __init__(self, *args: Any, scores: FloatArray | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.scores = own_scores(self) if scores is None else scores

    def of_true_class(self) -> FloatArray:
        """Return the probability that the model gives to each row's class, shape (n,)."""
        return np.asarray(self.scores[np.arange(len(self.y)), self.y], dtype=np.float64)


class ScoredSampler(RowSampler):
    """A sampler that reads out-of-fold scores; a subclass writes `_choose`.

    In a recipe the scores are those of the recipe's learner, trained plainly in the inner folds. Outside of
    one, and after another sampler has made synthetic rows, they are those of a logistic regression on the
    standardised columns, in three folds.
    """

    uses_scores: ClassVar[bool] = True
    selects = True

    def resample(
        self,
        X: FloatArray,
        y: IntArray,
        *,
        layout: Layout,
        random_state: int,
        space: Any = None,
        scores: FloatArray | None = None,
    ) -> Resampled:
        """Return the new rows of a training part; see `RowSampler.resample`.

        `scores` are out-of-fold probabilities, shape (n, n_classes).
        """
        if len(class_counts(y)) < 2:
            return super().resample(X, y, layout=layout, random_state=random_state, space=space)
        return self._checked(ScoredPart(X, y, layout=layout, seed=random_state, space=space, scores=scores))

    def _resample(self, part: TrainingPart) -> Resampled:
        if isinstance(part, ScoredPart):
            return self._choose(part)
        return self._choose(ScoredPart(part.X, part.y, layout=part.layout, seed=part.seed))

    @abstractmethod
    def _choose(self, part: ScoredPart) -> Resampled:
        """Return the rows chosen from a part that has at least two classes."""


def own_scores(part: TrainingPart) -> FloatArray:
    """Return out-of-fold probabilities by logistic regression; the class shares where a class has one row."""
    counts = class_counts(part.y)
    n_classes = int(part.y.max()) + 1
    shares = np.bincount(part.y, minlength=n_classes) / len(part.y)
    proba = np.tile(shares, (len(part.y), 1))
    if min(counts.values()) < 2:
        return proba
    matrix = part.space.distance(part.X)
    n_folds = min(_FOLDS, *counts.values())
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=part.seed)
    with quiet():
        for fitted, scored in folds.split(matrix, part.y):
            model = LogisticRegression(max_iter=200).fit(matrix[fitted], part.y[fitted])
            proba[np.ix_(scored, model.classes_)] = model.predict_proba(matrix[scored])
    return proba
