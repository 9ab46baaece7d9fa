"""Logistic regression."""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from imbtool.core.threads import one_thread
from imbtool.learners.base import ClassCodes, SingleClassModel
from imbtool.learners.design import DesignView

if TYPE_CHECKING:
    from imbtool.core.protocols import Schedule
    from imbtool.core.types import FloatArray, IntArray, Layout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logistic:
    """A trained logistic regression; `notes` says when it did not converge."""

    estimator: LogisticRegression
    codes: ClassCodes
    notes: tuple[str, ...] = ()

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""
        return self.codes.expand(np.asarray(self.estimator.predict_proba(Z), dtype=np.float64))

    def class_vectors(self) -> FloatArray:
        """Return the weight vectors, shape (n_present, n_columns); two classes have opposite ones."""
        coef = np.asarray(self.estimator.coef_, dtype=np.float64)
        return coef if len(coef) > 1 else np.concatenate([-0.5 * coef, 0.5 * coef])

    def with_class_vectors(self, vectors: FloatArray) -> Logistic:
        """Return the model with these weight vectors and its own intercepts."""
        changed = copy(self.estimator)
        changed.coef_ = vectors if self.codes.n_present > 2 else vectors[1:] - vectors[:1]
        return replace(self, estimator=changed)


class LogisticLearner(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Logistic regression with an L2 penalty by scikit-learn; multinomial for several classes.

    Each number comes in twice, as a value with soft tails and as a rank (see `NumericColumns`): that
    gained 0.04 of mean PR-AUC over standardised values on twenty real data sets;
    ``benchmarks/results/learner_defaults.md`` has the numbers.

    Parameters
    ----------
    C : float, default=1.0
        Inverse of the penalty, on standardised columns. A weaker penalty ranks a little better
        (0.003 of mean PR-AUC at 10) and gives worse probabilities.
    max_iter : int, default=500
        Most steps of the solver; a fit that is cut off says so in its ``notes``.
    """

    def __init__(self, *, C: float = 1.0, max_iter: int = 500) -> None:
        self.C = C
        self.max_iter = max_iter

    def view(self, X: FloatArray, layout: Layout) -> DesignView:
        """Fit the design matrix."""
        return DesignView.fit(X, layout)

    def fit(
        self,
        Z: Any,
        y: IntArray,
        *,
        view: DesignView,  # noqa: ARG002  # the protocol's
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: Schedule | None = None,  # noqa: ARG002  # the catalogue says: no stages
        random_state: int,
    ) -> Logistic | SingleClassModel:
        """Train on the rows `Z`; see `imbtool.core.protocols.Learner`."""
        codes = ClassCodes.of(y, n_classes)
        if codes.n_present == 1:
            return SingleClassModel(code=int(codes.present[0]), n_classes=n_classes)
        estimator = LogisticRegression(
            C=self.C,
            max_iter=self.max_iter,
            solver=solver_for(Z.shape, codes.n_present),
            random_state=random_state,
        )
        with warnings.catch_warnings(record=True) as caught, one_thread():
            warnings.simplefilter("always")
            estimator.fit(Z, codes.encode(y), sample_weight=sample_weight)
        return Logistic(estimator=estimator, codes=codes, notes=_notes(caught, self.max_iter))


def solver_for(shape: tuple[int, int], n_present: int) -> str:
    """Return Newton's method where its matrix of second derivatives is small, else L-BFGS."""
    n_rows, n_columns = shape
    size = n_columns * (n_present if n_present > 2 else 1)
    return "newton-cholesky" if size <= min(400, n_rows // 10) else "lbfgs"


def _notes(caught: list[warnings.WarningMessage], max_iter: int) -> tuple[str, ...]:
    texts = []
    for warning in caught:
        if issubclass(warning.category, ConvergenceWarning):
            texts.append(f"Logistic regression did not converge in {max_iter} steps.")
        else:
            texts.append(str(warning.message))
    return tuple(dict.fromkeys(texts))
