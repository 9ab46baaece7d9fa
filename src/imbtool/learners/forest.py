"""Random forest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier

from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.views import RankedView

if TYPE_CHECKING:
    from imbtool.core.protocols import Schedule
    from imbtool.core.types import FloatArray, IntArray, Layout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forest:
    """A trained random forest; `notes` says what the reader should know about the training."""

    estimator: RandomForestClassifier
    codes: ClassCodes
    notes: tuple[str, ...] = ()

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        return self.codes.expand(np.asarray(self.estimator.predict_proba(Z), dtype=np.float64))


MIN_DRAW = 5000
"""Fewest rows drawn for a tree, as far as there are so many."""
MIN_RARE = 20
"""Fewest rows of the rarest class that a tree shall see, on average, as far as there are so many."""


class ForestLearner(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Random forest (Breiman 2001) by scikit-learn; takes missing cells as they are.

    The defaults were chosen on real data sets; ``benchmarks/results/learner_defaults.md`` has the
    numbers.

    Parameters
    ----------
    n_estimators : int, default=100
        Number of trees.
    min_samples_leaf : int, default=5
        Fewest rows of a leaf. Leaves of one row make trees that answer 0 or 1: log-loss suffers
        everywhere, and the ranking on weak signals.
    max_features : {"sqrt", "log2"}, default="sqrt"
        Number of features tried at each split.
    max_samples : float, default=0.3
        Share of the rows drawn, with replacement, for each tree: three times as fast as drawing all
        (16,000 rows of 30 features: 2.3 against 6.6 s), and no worse.
        Where that is too few to learn from, more are drawn (see `rows_per_tree`).
    """

    def __init__(
        self,
        *,
        n_estimators: int = 100,
        min_samples_leaf: int = 5,
        max_features: str = "sqrt",
        max_samples: float = 0.3,
    ) -> None:
        self.n_estimators = n_estimators
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.max_samples = max_samples

    def sized(self, share: float) -> ForestLearner:
        """Return the learner with this share of its trees, at least one."""
        trees = max(1, round(share * self.n_estimators))
        return ForestLearner(**{**self.get_params(), "n_estimators": trees})

    def view(self, X: FloatArray, layout: Layout) -> RankedView:
        """Fit the view: category codes ranked by frequency."""
        return RankedView.fit(X, layout)

    def fit(
        self,
        Z: FloatArray,
        y: IntArray,
        *,
        view: RankedView,  # noqa: ARG002  # the protocol's
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: Schedule | None = None,  # noqa: ARG002  # the catalogue says: no stages
        random_state: int,
    ) -> Forest | SingleClassModel:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`."""
        codes = ClassCodes.of(y, n_classes)
        if codes.n_present == 1:
            return SingleClassModel(code=int(codes.present[0]), n_classes=n_classes)
        estimator = RandomForestClassifier(
            n_estimators=self.n_estimators,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            max_samples=rows_per_tree(y, self.max_samples),
            n_jobs=1,
            random_state=random_state,
        )
        estimator.fit(Z, codes.encode(y), sample_weight=sample_weight)
        return Forest(estimator=estimator, codes=codes)


def rows_per_tree(y: IntArray, share: float) -> int:
    """Return how many rows each tree draws.

    `share` of them, but as many as it takes for `MIN_DRAW` rows and, on average, `MIN_RARE` rows of
    the rarest class present; never more than there are.
    """
    counts = np.bincount(y)
    rarest = int(counts[counts > 0].min())
    n = int(y.shape[0])
    return min(n, max(round(share * n), MIN_DRAW, math.ceil(n * MIN_RARE / rarest)))
