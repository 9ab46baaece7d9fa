"""Words that several rooms share: array types, literals and the layout of a feature matrix.

The *feature matrix* is the one representation of features inside imbtool: ``float64`` of shape
``(n_rows, n_features)``. A numeric feature holds its value, a categorical one holds an integer code
``0 .. levels - 1``, and a missing cell of either kind is ``NaN``. The `Layout` says which is which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    IntArray: TypeAlias = NDArray[np.int64]
    BoolArray: TypeAlias = NDArray[np.bool_]
else:
    FloatArray = IntArray = BoolArray = Any

Task = Literal["binary", "multiclass"]
MetricFamily = Literal["ranking", "probability", "decision"]
TrialStatus = Literal["ok", "not-applicable", "failed", "cut-off", "dropped"]
VerdictKind = Literal["do-nothing", "move-threshold", "calibrate", "use", "inconclusive", "too-few-positives"]

Device = Literal["auto", "cpu", "cuda"]
"""Where learners train and neighbours are searched, as it is asked for; ``auto`` takes a GPU that works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns of a feature matrix mean.

    Parameters
    ----------
    names : tuple of str
        Feature names, one a column of the matrix.
    levels : tuple of int
        For each feature the number of category levels; 0 marks a numeric feature.
    """

    names: tuple[str, ...]
    levels: tuple[int, ...]

    @property
    def n_features(self) -> int:
        """Number of columns of the matrix."""
        return len(self.names)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Positions of the categorical features, ascending."""
        return tuple(i for i, n in enumerate(self.levels) if n)

    @property
    def numeric(self) -> tuple[int, ...]:
        """Positions of the numeric features, ascending."""
        return tuple(i for i, n in enumerate(self.levels) if not n)
