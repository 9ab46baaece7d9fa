"""Tables of other people at the door of an estimator: what is one, and what is left of its names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from imbtool.core.errors import DataError


def as_frame(X: Any) -> pd.DataFrame:
    """Return a table as a frame: the same one, or one of an array's cells; refuse what is no table.

    Raises
    ------
    DataError
        Codes ``sparse-input``, ``table-shape``.
    """
    if isinstance(X, pd.DataFrame):
        check_size(X.shape)
        return X
    if hasattr(X, "toarray"):
        raise DataError(
            "`X` is a sparse matrix; a dense table is needed.",
            hint="Pass X.toarray(), or a DataFrame.",
            code="sparse-input",
        )
    array = np.asarray(X)
    if array.ndim != 2 or array.dtype.kind == "c":
        raise DataError(
            "Complex data not supported: a table holds numbers or categories."
            if array.ndim == 2
            else f"`X` must be a table of rows and columns; got {array.ndim} dimension(s).",
            hint="Pass a DataFrame or an array of shape (n_rows, n_features).",
            code="table-shape",
        )
    check_size(array.shape)
    frame = pd.DataFrame(array)
    return frame.infer_objects() if array.dtype == object else frame


def check_size(shape: tuple[int, ...]) -> None:
    """Raise `DataError` unless there are rows and columns, in the words that scikit-learn's checks expect."""
    for n, what in zip(shape, ("sample(s)", "feature(s)"), strict=True):
        if not n:
            raise DataError(
                f"Found array with 0 {what} (shape={shape}) while a minimum of 1 is required.",
                hint="Pass a table of rows and columns.",
                code="table-shape",
            )


def leave_names(estimator: Any, X: Any, n_features: int) -> None:
    """Leave scikit-learn's ``n_features_in_`` and, of a frame, ``feature_names_in_``."""
    estimator.n_features_in_ = n_features
    if isinstance(X, pd.DataFrame) and all(isinstance(c, str) for c in X.columns):
        estimator.feature_names_in_ = np.asarray(X.columns, dtype=object)
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_
