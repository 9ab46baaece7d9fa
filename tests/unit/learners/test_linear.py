"""Logistic regression: solver, notes, agreement with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from imbtool.core.types import Layout
from imbtool.learners.linear import LogisticLearner, solver_for


def table(n: int, n_features: int, n_classes: int = 2) -> tuple[np.ndarray, np.ndarray, Layout]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, n_features))
    y = rng.integers(0, n_classes, n)
    return X, y, Layout(names=tuple(map(str, range(n_features))), levels=(0,) * n_features)


def test_newton_is_used_for_many_rows_and_lbfgs_for_many_columns() -> None:
    assert solver_for((10_000, 50), 2) == "newton-cholesky"
    assert solver_for((10_000, 50), 20) == "lbfgs"
    assert solver_for((100, 50), 2) == "lbfgs"
    assert solver_for((10_000, 5000), 2) == "lbfgs"


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("n_features", "close"), [(3, 5e-4), (60, 5e-3)], ids=["newton", "lbfgs"])
def test_probabilities_are_those_of_a_tightly_converged_fit(
    n_features: int, close: float, n_classes: int
) -> None:
    X, y, layout = table(300, n_features, n_classes)
    learner = LogisticLearner()
    view = learner.view(X, layout)
    Z = view.transform(X)
    model = learner.fit(Z, y, view=view, n_classes=n_classes, random_state=0)
    exact = LogisticRegression(C=learner.C, tol=1e-9, max_iter=10_000).fit(Z, y)
    np.testing.assert_allclose(model.predict_proba(Z), exact.predict_proba(Z), atol=close)
    assert model.notes == ()


def test_a_fit_that_is_cut_off_says_so_instead_of_warning() -> None:
    X, y, layout = table(100, 40)
    learner = LogisticLearner(max_iter=1)
    view = learner.view(X, layout)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    assert model.notes == ("Logistic regression did not converge in 1 steps.",)


def test_a_perfectly_separable_table_converges() -> None:
    X, _, layout = table(400, 3)
    y = (X[:, 0] > 0).astype(np.int64)
    learner = LogisticLearner()
    view = learner.view(X, layout)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    assert model.notes == ()
    assert ((model.predict_proba(view.transform(X))[:, 1] > 0.5) == y).mean() > 0.95


def test_five_thousand_columns_are_fitted() -> None:
    X, y, layout = table(200, 5000)
    learner = LogisticLearner()
    view = learner.view(X, layout)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    assert model.predict_proba(view.transform(X)).shape == (200, 2)
