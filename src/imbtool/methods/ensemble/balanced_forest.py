"""Random forest of balanced bootstraps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from imbtool.core.errors import NotApplicableError
from imbtool.methods.ensemble.draws import bootstrap, two_classes
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.protocols import Schedule
    from imbtool.core.types import FloatArray, IntArray, Layout

# Leaves of one row make every tree say 0 or 1; larger ones starve trees grown on a few dozen rows.
_MIN_LEAF = 2
# scikit-learn's trees compare in float32.
_LARGEST = float(np.finfo(np.float32).max)


class BalancedForest(Estimator):
    """Random forest, each tree grown on a balanced bootstrap; brings its own learner.

    Parameters
    ----------
    n_trees : int, default=100
        Number of trees.

    Notes
    -----
    Chen, Liaw, Breiman, Berkeley TR 666 (2004), as in imbalanced-learn's
    `BalancedRandomForestClassifier`: every tree draws as many rows of each class, with replacement,
    as the smallest class has. The rows are drawn here and handed to scikit-learn's trees, since a
    sampler object a tree costs as much as growing the tree. Departure: leaves hold at least 2 rows, for
    the sake of probabilities.
    Missing numbers are median-imputed, a missing category is a level of its own. Cost: trees on small
    samples, cheap when the rare class is small.
    """

    def __init__(self, n_trees: int = 100) -> None:
        self.n_trees = n_trees

    def learner(self) -> BalancedForestLearner:
        """Return the learner that this method brings."""
        return BalancedForestLearner(n_trees=self.n_trees)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilledView:
    """Feature matrix without gaps: `fill` holds what a missing cell of each column becomes."""

    fill: FloatArray

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> FilledView:
        """Take medians of numeric columns, and one more level of categorical ones."""
        fill = np.asarray(layout.levels, dtype=np.float64)
        for j in layout.numeric:
            present = X[~np.isnan(X[:, j]), j]
            fill[j] = np.median(present) if present.size else 0.0
        return cls(fill=fill)

    def transform(self, X: FloatArray) -> FloatArray:
        """Return the matrix that the forest reads, shape (n, n_features)."""
        filled: FloatArray = np.where(np.isnan(X), self.fill, np.clip(X, -_LARGEST, _LARGEST))
        return filled


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BalancedForestModel:
    """A trained forest; `present` are the codes of the classes it knows, ascending."""

    estimator: RandomForestClassifier
    present: IntArray
    n_classes: int

    def predict_proba(self, Z: FloatArray) -> FloatArray:
        """Return class probabilities, shape (n, n_classes); classes it does not know get 0."""
        proba = np.zeros((Z.shape[0], self.n_classes))
        proba[:, self.present] = self.estimator.predict_proba(Z)
        return proba


class BalancedForestLearner(Estimator):
    """The learner of `BalancedForest`.

    Parameters
    ----------
    n_trees : int, default=100
    """

    def __init__(self, n_trees: int = 100) -> None:
        self.n_trees = n_trees

    def view(self, X: FloatArray, layout: Layout) -> FilledView:
        """Fit the view of these training rows."""
        return FilledView.fit(X, layout)

    def fit(
        self,
        Z: FloatArray,
        y: IntArray,
        *,
        view: FilledView,  # noqa: ARG002 - the protocol's
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: Schedule | None = None,
        random_state: int,
    ) -> BalancedForestModel:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`."""
        if schedule is not None:
            raise NotApplicableError(
                "balanced_forest is not trained in stages, so it cannot follow a schedule.",
                hint="Use a learner with stages, such as lightgbm.",
                code="no-stages",
            )
        rows = two_classes(y, "balanced_forest")
        size = min(len(found) for found in rows.values())
        rng = np.random.default_rng(random_state)
        narrow = np.ascontiguousarray(Z, dtype=np.float32)
        trees = []
        for _ in range(self.n_trees):
            drawn = bootstrap(rows, size, rng)
            tree = DecisionTreeClassifier(
                max_features="sqrt", min_samples_leaf=_MIN_LEAF, random_state=int(rng.integers(2**31))
            )
            weight = None if sample_weight is None else sample_weight[drawn]
            trees.append(tree.fit(narrow[drawn], y[drawn], sample_weight=weight, check_input=False))
        present = np.array(list(rows), dtype=np.int64)
        return BalancedForestModel(estimator=_forest_of(trees, present), present=present, n_classes=n_classes)


def _forest_of(trees: list[DecisionTreeClassifier], present: IntArray) -> RandomForestClassifier:
    """Return a forest of trees that are grown already."""
    forest = RandomForestClassifier(n_estimators=len(trees), n_jobs=1)
    forest.estimators_ = trees
    forest.classes_, forest.n_classes_, forest.n_outputs_ = present, len(present), 1
    forest.n_features_in_ = trees[0].n_features_in_
    return forest
