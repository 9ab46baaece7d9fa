"""Small tables and plans for the tests of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.types import Layout

if TYPE_CHECKING:
    from imbtool.learners.torch import TorchLearner
    from imbtool.learners.torch.plan import Plan

LAYOUT = Layout(names=("a", "b", "c", "d"), levels=(0, 0, 4, 0))


def table(n: int = 300, n_classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return features and classes, the last class rare."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, 2)), rng.integers(0, 4, n), rng.lognormal(size=n)])
    score = X[:, 0] + (X[:, 2] == 1) + 0.5 * rng.normal(size=n)
    edges = np.linspace(0.5, 0.9, n_classes - 1)
    y = np.digitize(score, np.quantile(score, edges)).astype(np.int64)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, y


def plan(learner: TorchLearner, X: np.ndarray, y: np.ndarray, *, seed: int = 0, **more: Any) -> Plan:
    """Return the plan of a network on these rows."""
    view = learner.view(X, LAYOUT)
    rows = learner.prepare(view.transform(X), y, view=view, n_classes=int(y.max()) + 1)
    return learner.plan(
        rows,
        np.arange(len(y)),
        y,
        view=view,
        n_present=int(y.max()) + 1,
        random_state=seed,
        **more,
    )
