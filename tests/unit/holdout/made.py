"""Scored rows made for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imbtool.holdout.rows import Scored


def scored(
    n: int = 400,
    n_classes: int = 2,
    *,
    seed: int = 0,
    share: float = 0.2,
    decimals: int | None = None,
    weighted: bool = False,
    base_rate: bool = False,
    threshold: float = 0.3,
) -> Scored:
    """Calibrated-looking probabilities with some skill."""
    rng = np.random.default_rng(seed)
    if n_classes == 2:
        y = (rng.random(n) < share).astype(np.int64)
        y[:2] = 0, 1
        odds = rng.normal(size=n) + 2 * y - 2
        p = 1 / (1 + np.exp(-odds))
        p = p if decimals is None else np.round(p, decimals)
        proba = np.column_stack([1 - p, p])
        decided, default = (p >= threshold).astype(np.int64), (p >= 0.5).astype(np.int64)
    else:
        y = rng.integers(0, n_classes, n)
        e = np.exp(rng.normal(size=(n, n_classes)) + 1.5 * np.eye(n_classes)[y])
        proba = e / e.sum(axis=1, keepdims=True)
        decided = default = proba.argmax(axis=1)
    return Scored(
        y=y,
        proba=proba,
        classes=tuple("abcdefgh"[:n_classes]),
        decided=decided,
        decided_default=default,
        weight=rng.random(n) + 0.2 if weighted else None,
        base_rate=np.full(n_classes, 1 / n_classes) if base_rate else None,
    )


def table(rows: Scored, seed: int = 0) -> pd.DataFrame:
    """A table of scores as `imbtool predict` writes it, with two columns to cut by."""
    rng = np.random.default_rng(seed)
    labels = np.array(rows.classes)
    frame = pd.DataFrame({"key": np.arange(rows.n), "truth": labels[rows.y]})
    frame["region"] = rng.choice(["north", "south", "west"], rows.n, p=[0.5, 0.3, 0.2])
    frame["age"] = rng.normal(50, 10, rows.n).round(1)
    frame["decision"] = labels[rows.decided]
    for k, label in enumerate(labels):
        frame[f"probability_{label}"] = rows.proba[:, k]
    return frame
