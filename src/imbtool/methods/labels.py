"""Targets of other people as class codes, and the way back: labels, columns, indicator matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from imbtool.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import IntArray

_MAX_CODE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A target as codes.

    Parameters
    ----------
    codes : ndarray of int64, shape (n,)
    labels : ndarray, shape (K,)
        The distinct labels, ascending.
    back : callable
        Turns the codes of new rows into a target like the one given.
    """

    codes: IntArray
    labels: Any
    back: Callable[[IntArray], Any]


def read_target(y: Any, n_rows: int) -> Target:
    """Return a target with one class a row: labels, one column, or an indicator matrix of the classes.

    Raises
    ------
    DataError
        Codes ``target-shape``, ``target-missing-values``; ``target-kind`` for numbers that are no classes and
        for rows of several classes.
    """
    if y is None:
        raise DataError(
            "This estimator requires y to be passed, but the target y is None.",
            hint="Pass the class of every row.",
            code="target-shape",
        )
    values = np.asarray(y)
    if values.ndim == 2 and values.shape[0] == n_rows:
        return _of_matrix(y, values)
    if values.ndim != 1 or len(values) != n_rows:
        raise DataError(
            f"`y` must hold one label for each of the {n_rows} rows; got shape {values.shape}.",
            hint="Pass a Series, an array or a list of the length of X.",
            code="target-shape",
        )
    labels, codes = _coded(values)
    return Target(codes, labels, lambda drawn: _like(y, _labelled(labels, drawn)))


def _of_matrix(y: Any, values: Any) -> Target:
    """Return the target of a table of one column, or of one indicator column a class."""
    if values.shape[1] == 1:
        labels, codes = _coded(values[:, 0])

        def column(drawn: IntArray) -> Any:
            cells = _labelled(labels, drawn)
            if isinstance(y, pd.DataFrame):
                return pd.DataFrame(cells[:, None], columns=y.columns).astype(y.dtypes.to_dict())
            return cells.tolist() if isinstance(y, list) else cells

        return Target(codes, labels, column)
    if type_of_target(values) != "multilabel-indicator" or not (values.sum(axis=1) == 1).all():
        raise DataError(
            "Multilabel and multioutput targets are not supported: a row has one class.",
            hint="Resample for one target column at a time.",
            code="target-kind",
        )
    whole = np.eye(values.shape[1], dtype=values.dtype)
    return Target(values.argmax(axis=1), np.arange(values.shape[1]), lambda drawn: _like(y, whole[drawn]))


def _labelled(labels: Any, drawn: IntArray) -> Any:
    plain = labels.dtype == np.int64 and np.array_equal(labels, np.arange(len(labels)))
    return drawn if plain else labels[drawn]


def _coded(target: Any) -> tuple[Any, IntArray]:
    n_missing = 0 if target.dtype.kind in "iub" else int(pd.isna(target).sum())
    if n_missing:
        raise DataError(
            f"`y` has {n_missing} missing labels; every row needs one.",
            hint="Drop these rows first.",
            code="target-missing-values",
        )
    if target.dtype.kind in "iu" and len(target) and target.min() >= 0 and target.max() < _MAX_CODE:
        # Small whole numbers need no sorting.
        seen = np.bincount(target) > 0
        labels = np.flatnonzero(seen).astype(target.dtype)
        codes = target if seen.all() else (np.cumsum(seen) - 1)[target]
        return labels, codes.astype(np.int64, copy=False)
    if target.dtype.kind == "f":
        _check_whole(target)
    labels, codes = np.unique(target, return_inverse=True)
    return labels, codes.astype(np.int64)


def _check_whole(target: Any) -> None:
    try:
        check_classification_targets(target)
    except ValueError as error:
        raise DataError(
            f"`y` must hold classes: {error}",
            hint="Cut a number into classes first.",
            code="target-kind",
        ) from error


def _like(y: Any, cells: Any) -> Any:
    if isinstance(y, pd.Series):
        return pd.Series(cells, name=y.name).astype(y.dtype)
    if isinstance(y, pd.DataFrame):
        return pd.DataFrame(cells, columns=y.columns)
    return cells.tolist() if isinstance(y, list) else cells
