"""A second table that a recipe names: rows like those to be scored later, read in the columns of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import DataError, UsageError
from imbtool.data.audit.hashing import hash_rows
from imbtool.data.phrases import count
from imbtool.data.read import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imbtool.core.types import FloatArray
    from imbtool.data.dataset import Dataset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Companion:
    """A second table.

    Parameters
    ----------
    X : ndarray of float64, shape (m, n_features)
        Its rows in the feature matrix of the data set, without those that stand in the data set too.
    n_left_out : int
        Rows left out for that.
    """

    X: FloatArray
    n_left_out: int


def read_companions(dataset: Dataset, paths: Iterable[str]) -> dict[str, Companion]:
    """Read the tables that recipes name, in the columns of a data set.

    A row that equals one that stands only once in the data set is left out: it may be a row that is tested
    on (law 1). Rows that equal one that stands there several times say nothing of that kind.

    Parameters
    ----------
    dataset : Dataset
    paths : iterable of str
        Files as `imbtool.read` reads them; other columns than the features are ignored.

    Raises
    ------
    DataError, UsageError
        What reading raises; ``column-missing``, ``column-type``; ``table-is-data`` where no row is left.
    """
    return {path: _read(dataset, path) for path in dict.fromkeys(paths)}


def _read(dataset: Dataset, path: str) -> Companion:
    if path == "-":
        raise UsageError(
            "A table named by a recipe must be a file; standard input is the data.",
            hint="Write it to a file first.",
            code="table-not-a-file",
        )
    X = dataset.schema.encode(read_table(str(Path(path).expanduser()), name=path))
    own, times = np.unique(hash_rows(dataset.X), return_counts=True)
    known = np.isin(hash_rows(X), own[times == 1])
    if known.all():
        raise DataError(
            f"{path}: all of its {count(len(X), 'row')} stand in the data too, and may be tested on.",
            hint="Name a table of other rows, like those that will be scored later.",
            code="table-is-data",
        )
    return Companion(X=X[~known], n_left_out=int(known.sum()))


def with_companions(dataset: Dataset, found: Mapping[str, Companion]) -> Dataset:
    """Return the data set with a fingerprint that the content of the tables changes too."""
    if not found:
        return dataset
    total = blake2b(dataset.fingerprint.encode(), digest_size=16)
    for path, companion in sorted(found.items()):
        total.update(path.encode() + hash_rows(companion.X).tobytes())
    return replace(dataset, fingerprint=total.hexdigest())


def remarks(found: Mapping[str, Companion]) -> tuple[str, ...]:
    """Return what is to be said of the tables: rows that were left out."""
    return tuple(
        f"{path}: {count(c.n_left_out, 'row')} left out, found in the data too: they may be tested on."
        for path, c in found.items()
        if c.n_left_out
    )
