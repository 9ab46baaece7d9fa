"""A recipe as one scikit-learn classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    check_is_fitted,
    check_random_state,
    column_or_1d,
)

from imbtool.core.errors import DataError
from imbtool.data.load import load_dataset
from imbtool.data.phrases import count, some
from imbtool.recipe.fitting import INNER_FOLDS, fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset


class Recipe(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Methods, learner, calibrator and threshold as one estimator.

    Parameters
    ----------
    recipe : str, default="none"
        Recipe notation, e.g. ``"smote(k_neighbors=3)+isotonic+threshold"``.
    learner : str, default="lightgbm"
        Learner notation, e.g. ``"lightgbm(num_leaves=7)"``.
    threshold_metric : {"f1", "mcc", "balanced_accuracy", "g_mean"}, default="f1"
        What a threshold is chosen by when the recipe names no metric.
    inner_folds : int, default=3
        Folds of the training rows whose out-of-fold scores choose calibrator and threshold.
    random_state : int, RandomState or None, default=0
        Same seed, same model.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    n_features_in_ : int
        Columns seen in `fit`.
    feature_names_in_ : ndarray of str
        Their names, when `X` was a data frame.
    threshold_ : tuple of float
        Binary: the probability of the rarer class from which it is predicted. Multiclass: one additive
        log-probability offset a class. The default rule (0.5, largest probability) when the recipe
        names no threshold.

    Notes
    -----
    Frames may hold numbers, text, categories, booleans, dates and missing cells; columns that cannot
    help (constant, identifiers) are left out, as in `imbtool.compare`.
    """

    def __init__(
        self,
        recipe: str = "none",
        learner: str = "lightgbm",
        *,
        threshold_metric: str = "f1",
        inner_folds: int = INNER_FOLDS,
        random_state: Any = 0,
    ) -> None:
        self.recipe = recipe
        self.learner = learner
        self.threshold_metric = threshold_metric
        self.inner_folds = inner_folds
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Recipe:
        """Train on rows `X` (n_rows, n_features) with labels `y`; return self.

        `sample_weight` are positive row weights; rows of one of the `groups` share an inner fold.
        """
        spec, learner = parse_recipe(self.recipe), parse_learner(self.learner)
        frame = _frame(X)
        check_consistent_length(frame, y, sample_weight, groups)
        _refuse_missing(y)
        check_classification_targets(y)
        if type_of_target(y).startswith("multi") and np.ndim(y) == 2 and np.shape(y)[1] > 1:
            raise ValueError("Multilabel and multioutput targets are not supported.")
        y = column_or_1d(y, warn=True)
        self.classes_, codes = np.unique(y, return_inverse=True)
        _refuse_small(self.classes_, np.bincount(codes, minlength=len(self.classes_)))
        data = _dataset(frame, codes, sample_weight, groups)
        self._order = np.array([int(label) for label in data.classes])
        self._schema = data.schema
        self.n_features_in_ = frame.shape[1]
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        fitted = fit_recipe(
            data,
            spec,
            learner,
            threshold_metric=self.threshold_metric,
            inner_folds=self.inner_folds,
            seed=seed,
        )
        self._trained, self._finish, self._rule = fitted.trained, fitted.finish, fitted.rule
        self.threshold_ = tuple(fitted.rule.values_)
        return self

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's description of this estimator: missing cells and text are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def predict_proba(self, X: Any) -> FloatArray:
        """Return class probabilities (n_rows, n_classes) in the order of `classes_`."""
        check_is_fitted(self)
        return self._proba(X)[:, np.argsort(self._order)]

    def predict(self, X: Any) -> Any:
        """Return the decision for each row, at the recipe's threshold."""
        check_is_fitted(self)
        codes = self._rule.predict(self._proba(X))
        return self.classes_[self._order[codes]]

    def _proba(self, X: Any) -> FloatArray:
        """Return probabilities in the data set's class order, the positive class last."""
        frame = _frame(X)
        if not hasattr(X, "columns") and frame.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {frame.shape[1]} features, but Recipe is expecting {self.n_features_in_} features "
                "as input."
            )
        matrix = self._schema.encode(frame)
        scores = self._trained.predict_proba(self._trained.view.transform(matrix))
        return scores if self._finish is None else self._finish.probabilities(scores)


def _refuse_missing(y: Any) -> None:
    import pandas as pd

    if y is not None and np.asarray(pd.isna(y)).any():
        raise ValueError("Input y contains NaN.")  # in scikit-learn's words


def _refuse_small(classes: Any, counts: IntArray) -> None:
    """Say in labels what the data set would say in codes."""
    if len(counts) == 1:
        raise DataError(
            f"`y` has one class only ({str(classes[0])!r}); two classes are needed.",
            hint="Add rows of the other class.",
            code="target-constant",
        )
    single = [str(label) for label, n in zip(classes, counts, strict=True) if n == 1]
    if single:
        raise DataError(
            f"{count(len(single), 'class', 'classes')} of `y` with 1 row only: {some(single)}; at least 2 "
            "are needed.",
            hint="Add rows, merge the class with another, or remove it.",
            code="class-too-small",
        )


def _dataset(frame: pd.DataFrame, codes: Any, sample_weight: Any, groups: Any) -> Dataset:
    """Return the data set of rows whose labels, weights and groups stand apart from the features."""
    beside = {"target": codes, "weight": sample_weight, "group": groups}
    named = {role: f"imbtool {role}" for role, values in beside.items() if values is not None}
    roles = {name: np.asarray(beside[role]) for role, name in named.items()}
    table = frame.assign(**roles)
    return load_dataset(table, target=named["target"], weight=named.get("weight"), group=named.get("group"))


def _frame(X: Any) -> pd.DataFrame:
    """Return a frame of the rows: arrays get column names by position."""
    import pandas as pd

    if isinstance(X, pd.DataFrame):
        return X.set_axis([str(c) for c in X.columns], axis=1)
    if hasattr(X, "to_pandas"):
        frame: pd.DataFrame = X.to_pandas()
        return frame
    array = check_array(X, dtype=None, ensure_all_finite=False)
    return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])
