"""Small training parts of every shape that methods meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.types import Layout

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A training part with a name to report it by."""

    name: str
    X: FloatArray
    y: IntArray
    layout: Layout

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.y.max()) + 1


def table(
    name: str,
    sizes: tuple[int, ...],
    *,
    n_numeric: int = 4,
    levels: tuple[int, ...] = (),
    missing: float = 0.0,
    seed: int = 0,
) -> Table:
    """Make overlapping classes of these sizes, rows shuffled.

    Parameters
    ----------
    name : str
    sizes : tuple of int
        Rows of each class.
    n_numeric : int, default=4
        Numeric features; the last is rounded, so that there are ties.
    levels : tuple of int
        Levels of each categorical feature.
    missing : float, default=0.0
        Share of missing cells.
    seed : int, default=0
    """
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    numbers = rng.normal(size=(len(y), n_numeric)) + 0.8 * y[:, None]
    numbers[:, -1:] = np.round(numbers[:, -1:])
    codes = [(rng.integers(0, k, len(y)) + y * (rng.random(len(y)) < 0.3)) % k for k in levels]
    X = np.column_stack([numbers, *codes]).astype(np.float64)
    X[rng.random(X.shape) < missing] = np.nan
    kinds = (0,) * n_numeric + levels
    layout = Layout(names=tuple(f"x{j}" for j in range(len(kinds))), levels=kinds)
    return Table(name=name, X=X, y=y.astype(np.int64), layout=layout)


def all_tables(seed: int = 0) -> tuple[Table, ...]:
    """Return one table of each shape: numbers, gaps, categories, both, two classes and more."""
    return (
        table("numeric", (200, 24), seed=seed),
        table("numeric, many columns", (150, 20), n_numeric=20, seed=seed),
        table("numeric, three classes", (160, 40, 9), seed=seed),
        table("numeric with gaps", (200, 24), missing=0.1, seed=seed),
        table("mixed with gaps", (200, 24), n_numeric=3, levels=(2, 5, 30), missing=0.05, seed=seed),
        table("mixed, three classes", (160, 40, 9), n_numeric=2, levels=(4,), seed=seed),
        table("categorical", (200, 24), n_numeric=0, levels=(3, 4, 6), missing=0.05, seed=seed),
    )
