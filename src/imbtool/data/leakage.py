"""Features that give the target away all by themselves."""

from __future__ import annotations

from math import lgamma, log
from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.dataset import Finding
from imbtool.data.phrases import shorten

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

NEAR_PERFECT = 0.9995
"""Below it there are measurements: the elevation of a meadow tells one forest type with 0.9994."""
_SCREEN_CELLS = 20_000_000
_SCREEN_ROWS = (1_000, 5_000)
CONFIRM_ROWS = 25_000
_SCREEN_MARGIN = 0.01
_FEW_VALUES = 50
_BINS = 256
_CHUNK = 256
_CHANCE = 1e-4
_FEWEST = 5


def give_aways(
    X: FloatArray, y: IntArray, layout: Layout, sources: tuple[str, ...], *, seed: int
) -> tuple[Finding, ...]:
    """Return a warning for every feature that separates the classes nearly perfectly on its own.

    Binary: the ROC-AUC of the feature alone is at least 0.9995, with missing cells taken as the lowest
    or as the highest value; categories, and numbers with at most 50 values, are scored by the share of
    positives of their level in the other half of the rows. Multiclass: the majority class of the level
    (or of one of 256 bins), learned on the other half, is right in 99.95 percent of the rows and in 99
    percent on average over the classes. All features are screened on a sample of each class, the
    suspects confirmed on up to 25,000 rows a class. Nothing is said when so few rows of a class could
    line up by chance.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    y : ndarray of int64, shape (n_rows,)
    layout : Layout
    sources : tuple of str
        The file column behind each feature.
    seed : int
        Seed of the samples.
    """
    counts = np.bincount(y)
    if _by_chance(counts, X.shape[1]):
        return ()
    rng = np.random.default_rng(seed)
    per_class = int(np.clip(_SCREEN_CELLS // max(X.shape[1], 1) // len(counts), *_SCREEN_ROWS))
    screen = sample_per_class(y, per_class, rng)
    suspects = _screen(X[screen], y[screen], layout, rng)
    if not suspects:
        return ()
    confirm = sample_per_class(y, CONFIRM_ROWS, rng)
    found: dict[str, Finding] = {}
    for j in suspects:
        score = _score(X[confirm, j], y[confirm], rng, categorical=bool(layout.levels[j]))
        if score >= NEAR_PERFECT and sources[j] not in found:
            found[sources[j]] = _finding(sources[j], score, binary=len(counts) == 2)
    return tuple(found.values())


def _finding(name: str, score: float, *, binary: bool) -> Finding:
    how = f"ROC-AUC {_floor(score)}" if binary else f"right in {_floor(100 * score)} percent of the rows"
    message = (
        f"{name!r} alone gives the target away ({how}). If it is not known when predictions are made, "
        f"the whole comparison is misleading: leave it out with --drop {shorten(name)!r}."
    )
    return Finding(level="warning", code="gives-target-away", message=message, column=name)


def _floor(score: float) -> str:
    """Round down, so that 0.99996 does not read as 1."""
    return f"{np.floor(score * 1e4) / 1e4:.4f}"


def _by_chance(counts: IntArray, n_features: int) -> bool:
    """Whether so few rows could line up at one end of some feature by chance."""
    rare, n = int(counts.min() if len(counts) == 2 else np.sort(counts)[-2]), int(counts.sum())
    if rare < _FEWEST:
        return True
    log_orders = lgamma(n + 1) - lgamma(rare + 1) - lgamma(n - rare + 1)
    return log(2 * max(n_features, 1)) - log_orders > log(_CHANCE)


def sample_per_class(y: IntArray, per_class: int, rng: np.random.Generator) -> IntArray:
    """Return at most `per_class` rows of each class, in order."""
    parts = []
    for k in range(int(y.max()) + 1):
        rows = np.flatnonzero(y == k)
        parts.append(rows if len(rows) <= per_class else rng.choice(rows, per_class, replace=False))
    return np.sort(np.concatenate(parts))


def _screen(X: FloatArray, y: IntArray, layout: Layout, rng: np.random.Generator) -> list[int]:
    bar = NEAR_PERFECT - _SCREEN_MARGIN
    suspects: set[int] = set()
    if y.max() == 1:
        numeric = np.array(layout.numeric, dtype=np.int64)
        for start in range(0, len(numeric), _CHUNK):
            block = numeric[start : start + _CHUNK]
            suspects.update(int(j) for j in block[_separation(X[:, block], y) >= bar])
    for j in range(X.shape[1]):
        if j not in suspects and _level_score(X[:, j], y, rng, categorical=bool(layout.levels[j])) >= bar:
            suspects.add(j)
    return sorted(suspects)


def _score(values: FloatArray, y: IntArray, rng: np.random.Generator, *, categorical: bool) -> float:
    scores = [_level_score(values, y, rng, categorical=categorical)]
    if not categorical and y.max() == 1:
        scores.append(float(_separation(values[:, None], y)[0]))
    return max(scores)


def _separation(X: FloatArray, y: IntArray) -> FloatArray:
    """Return for each column max(AUC, 1 - AUC), missing cells placed at whichever end is better."""
    best = _two_sided_auc(np.where(np.isnan(X), -np.inf, X), y)
    gaps = np.flatnonzero(np.isnan(X).any(axis=0))
    if len(gaps):
        high = _two_sided_auc(np.where(np.isnan(X[:, gaps]), np.inf, X[:, gaps]), y)
        best[gaps] = np.maximum(best[gaps], high)
    return best


def _two_sided_auc(X: FloatArray, y: IntArray) -> FloatArray:
    import pandas as pd

    positive = y == 1
    n_pos = int(positive.sum())
    n_neg = len(y) - n_pos
    ranks = pd.DataFrame(X).rank().to_numpy()[positive].sum(axis=0)
    auc = (ranks - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
    return np.asarray(np.maximum(auc, 1 - auc), dtype=np.float64)


def _level_score(values: FloatArray, y: IntArray, rng: np.random.Generator, *, categorical: bool) -> float:
    """Cross-fitted score of the levels of one feature; 0 when it has too many values to be levels."""
    codes = _levels(values, binary=bool(y.max() == 1), categorical=categorical)
    if codes is None:
        return 0.0
    half = _halves(y, rng)
    n_classes, n_levels = int(y.max()) + 1, int(codes.max()) + 1
    prior = np.bincount(y, minlength=n_classes) / len(y)
    shares = np.empty((len(y), n_classes))
    for side in (False, True):
        table = np.zeros((n_levels, n_classes))
        np.add.at(table, (codes[half == side], y[half == side]), 1.0)
        shares[half != side] = ((table + prior) / (table.sum(axis=1, keepdims=True) + 1.0))[
            codes[half != side]
        ]
    if n_classes == 2:
        return float(_two_sided_auc(shares[:, [1]], y)[0])
    right = shares.argmax(axis=1) == y
    recall = np.bincount(y, weights=right) / np.maximum(np.bincount(y), 1)
    return float(right.mean()) if recall.mean() >= 0.99 else 0.0


def _levels(values: FloatArray, *, binary: bool, categorical: bool) -> IntArray | None:
    missing = np.isnan(values)
    if categorical:
        return np.where(missing, 0, np.nan_to_num(values) + 1).astype(np.int64)
    distinct, codes = np.unique(values[~missing], return_inverse=True)
    if len(distinct) > _FEW_VALUES:
        if binary:
            return None
        codes = codes * _BINS // len(distinct)
    out = np.zeros(len(values), dtype=np.int64)
    out[~missing] = codes + 1
    return out


def _halves(y: IntArray, rng: np.random.Generator) -> IntArray:
    """Split each class into two random halves."""
    half = np.empty(len(y), dtype=np.int64)
    for k in range(int(y.max()) + 1):
        rows = np.flatnonzero(y == k)
        half[rng.permutation(rows)] = np.arange(len(rows)) % 2
    return half
