"""The one place where neighbours are searched, so that a shared graph can take its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.neighbors import NearestNeighbors

from imbtool.core.threads import one_thread

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.space import SampleSpace


class SpaceNeighbors(NearestNeighbors):  # type: ignore[misc]  # scikit-learn ships no types
    """Exact neighbours of numbers given in their own units, measured in a `SampleSpace`.

    imbalanced-learn's samplers take it as their neighbours object: they interpolate the numbers as
    they are while the standardised ones decide who is near.

    Parameters
    ----------
    n_neighbors : int
        Neighbours, the row itself included.
    space : SampleSpace
    """

    def __init__(self, n_neighbors: int = 6, *, space: SampleSpace) -> None:
        super().__init__(n_neighbors=n_neighbors, n_jobs=1)
        self.space = space

    def fit(self, X: FloatArray, y: None = None) -> SpaceNeighbors:  # noqa: ARG002 - scikit-learn's
        """Index rows of numbers, shape (n, n_numeric)."""
        super().fit(self.space.standard(X))
        return self

    def kneighbors(self, X: FloatArray, n_neighbors: int | None = None, return_distance: bool = True) -> Any:
        """Return the nearest indexed rows of each row, nearest first."""
        with one_thread():
            return super().kneighbors(self.space.standard(X), n_neighbors, return_distance)


def search_in(space: SampleSpace, k: int) -> SpaceNeighbors:
    """Return the neighbours object for `k` neighbours of numbers besides the row itself."""
    return SpaceNeighbors(n_neighbors=k + 1, space=space)


def nearest(matrix: Any, k: int, rows: Any = None) -> IntArray:
    """Return the `k` nearest rows of a matrix, exactly, for all or some of its rows.

    Parameters
    ----------
    matrix : ndarray or sparse matrix of float64, shape (n, width)
    k : int
        Neighbours, the row itself among them (first, unless it has a twin).
    rows : ndarray of int64, shape (m,), optional
        Which rows to search for; all by default.

    Returns
    -------
    ndarray of int64, shape (m, k)
        Nearest first.
    """
    index = NearestNeighbors(n_neighbors=k, n_jobs=1).fit(matrix)
    with one_thread():
        found: IntArray = index.kneighbors(matrix if rows is None else matrix[rows], return_distance=False)
    return found
