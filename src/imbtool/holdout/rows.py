"""Rows with known classes and scores: what everything here measures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from imbtool.core.price import Price
    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.metrics.money import Stakes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Scored rows.

    Parameters
    ----------
    y : ndarray of int64, shape (n,)
        True class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Probabilities, or scores of which only the order means something.
    classes : tuple of str
        Labels in code order; the positive one of two last.
    probabilities : bool
        Whether `proba` are probabilities: within [0, 1], rows summing to 1.
    decided : ndarray of int64, shape (n,), optional
        Decisions at the threshold; None where there is none.
    decided_default : ndarray of int64, shape (n,), optional
        Decisions at 0.5, or for the largest probability.
    weight : ndarray of float64, shape (n,), optional
        Row weights, mean 1.
    base_rate : ndarray of float64, shape (n_classes,), optional
        Class shares of the training rows.
    prints : ndarray of uint64, shape (n,), optional
        Fingerprints of the content of the rows.
    stakes : Stakes, optional
        What is at stake in each row, where a price was asked.
    """

    y: IntArray
    proba: FloatArray
    classes: tuple[str, ...]
    probabilities: bool = True
    decided: IntArray | None = None
    decided_default: IntArray | None = None
    weight: FloatArray | None = None
    base_rate: FloatArray | None = None
    prints: np.ndarray[tuple[int], np.dtype[np.uint64]] | None = None
    stakes: Stakes | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def binary(self) -> bool:
        """Whether there are two classes."""
        return len(self.classes) == 2

    @property
    def counts(self) -> tuple[int, ...]:
        """Rows of each class."""
        return tuple(np.bincount(self.y, minlength=len(self.classes)).tolist())

    @property
    def fewest(self) -> int:
        """Rows that the least frequent class has; of several classes those of the second most frequent.

        Metrics of two classes need both. Metrics of several are means over the classes, which one small
        class makes vague but not meaningless.
        """
        counts = sorted(self.counts)
        return counts[0] if self.binary else counts[-2]

    def weights(self) -> FloatArray:
        """Return the row weights, 1 where there are none."""
        return np.ones(self.n) if self.weight is None else self.weight

    def take(self, rows: IntArray | BoolArray) -> Scored:
        """Return some of the rows."""
        arrays = ("y", "proba", "decided", "decided_default", "weight", "prints")
        found = {name: getattr(self, name) for name in arrays}
        some: dict[str, Any] = {k: None if v is None else v[rows] for k, v in found.items()}
        return replace(self, **some, stakes=None if self.stakes is None else self.stakes.take(rows))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holdout:
    """A labelled table with its scores.

    Parameters
    ----------
    name, source : str
        Short name of the table, and where it was read from.
    target : str
    rows : Scored
    table : mapping of str to pandas.Series
        All columns of the table, row by row like `rows`.
    scored_by : tuple of str
        Columns that hold the scores; empty when a model scored the rows.
    threshold : tuple of float
        As in `FittedModel.threshold_`; empty where decisions came with the scores or cannot be made.
    notes : tuple of str
        What reading had to decide and what differs from training.
    model : mapping, optional
        What the model is: recipe, learner, fingerprint of its training rows, their class counts.
    moved : bool
        Whether another threshold than the model's was given.
    decided_by : Price, optional
        The money of each row that the model decides by.
    """

    name: str
    source: str
    target: str
    rows: Scored
    table: Mapping[str, pd.Series]
    scored_by: tuple[str, ...] = ()
    threshold: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    model: Mapping[str, object] = field(default_factory=dict)
    moved: bool = False
    decided_by: Price | None = None
