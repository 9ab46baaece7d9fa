"""Two methods on tables drawn from a known population: what `power` and `coverage` simulate.

Rows of the rare class (10 percent) have eight independent normal features whose means lie 0.45 above those of
the others. A method is linear discriminant analysis on some of the features, so training takes sums only and
the true value of a metric can be had by training on many tables and testing on many rows.

Two methods on different halves of the features are the same on average, by symmetry, but not on one table:
every table favours one, in all of its folds alike. This is the kind of difference that overlapping training
parts hide from a test that takes folds for independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.data.splits import stratified_folds

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE = 0.1
APART = 0.45
FEATURES = 8
FULL: tuple[int, ...] = tuple(range(FEATURES))
ODD, EVEN = (1, 3, 5, 7), (0, 2, 4, 6)


@dataclass(frozen=True, slots=True)
class Values:
    """Average precision of each fold and test scores (log-odds) of each row, both by repeat."""

    folds: Any
    scores: Any
    fold_of: Any


def table(positives: int, rng: np.random.Generator, rows: int | None = None) -> tuple[Any, Any]:
    """Return features and classes of a table with so many positives."""
    n = round(positives / SHARE) if rows is None else rows
    y = np.zeros(n, dtype=np.int64)
    y[:positives] = 1
    return rng.normal(size=(n, FEATURES)) + APART * y[:, None], y


def direction(moments: Any, columns: Sequence[int]) -> Any:
    """Return the weights of the features from sums over training rows: count, sums, products by class."""
    at = list(columns)
    means = [moments["sums"][k][at] / moments["n"][k] for k in (0, 1)]
    within = moments["products"][np.ix_(at, at)]
    within = within - sum(moments["n"][k] * np.outer(means[k], means[k]) for k in (0, 1))
    within = within / sum(moments["n"]) + 1e-6 * np.eye(len(at))
    weights = np.zeros(len(moments["products"]))
    weights[at] = np.linalg.solve(within, means[1] - means[0])
    return weights


def log_odds(moments: Any, columns: Sequence[int], X: Any) -> Any:
    """Return the log-odds that the method gives rows after training on rows with these moments."""
    weights = direction(moments, columns)
    middle = sum(moments["sums"][k] / moments["n"][k] for k in (0, 1)) / 2
    return X @ weights - weights @ middle + np.log(moments["n"][1] / moments["n"][0])


def moments_of(X: Any, y: Any) -> Any:
    """Return what `direction` needs."""
    return {
        "n": np.array([(y == k).sum() for k in (0, 1)], dtype=float),
        "sums": np.array([X[y == k].sum(axis=0) for k in (0, 1)]),
        "products": X.T @ X,
    }


def cross_validated(
    X: Any, y: Any, methods: Sequence[Sequence[int]], *, folds: int, repeats: int, seed: int
) -> list[Values]:
    """Return what repeated cross-validation gives for each method, on the same folds."""
    found = [Values(np.empty((repeats, folds)), np.empty((repeats, len(y))), []) for _ in methods]
    for repeat in range(repeats):
        fold_of = stratified_folds(y, folds, seed * 1000 + folds * 100 + repeat)
        parts = [moments_of(X[fold_of == f], y[fold_of == f]) for f in range(folds)]
        total = {name: sum(part[name] for part in parts) for name in parts[0]}
        for f in range(folds):
            rest = {name: total[name] - parts[f][name] for name in total}
            test = fold_of == f
            for values, columns in zip(found, methods, strict=True):
                scores = log_odds(rest, columns, X[test])
                values.scores[repeat, test] = scores
                values.folds[repeat, f] = precision(y[test], scores)
        for values in found:
            values.fold_of.append(fold_of)
    return found


def precision(y: Any, scores: Any) -> float:
    """Return the average precision of scores without ties."""
    hits = y[np.argsort(-scores)] == 1
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def truth(positives: int, methods: Sequence[Sequence[int]], *, tables: int = 30, rows: int = 200_000) -> Any:
    """Return the mean average precision of methods trained on tables with so many positives."""
    rng = np.random.default_rng([positives, 7])
    X, y = table(round(SHARE * rows), rng, rows)
    found = []
    for _ in range(tables):
        moments = moments_of(*table(positives, rng))
        found.append([precision(y, X @ direction(moments, columns)) for columns in methods])
    return np.mean(found, axis=0)
