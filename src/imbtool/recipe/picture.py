"""Resampled rows as a learner sees them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from imbtool.core.protocols import Origin, SharingLearner

if TYPE_CHECKING:
    from imbtool.core.protocols import Learner, Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.workspace import Workspace


class Picture:
    """What a learner is given of resampled rows: its matrix, or where they come from, or both."""

    def __init__(self, workspace: Workspace, rows: Resampled, name: str, learner: Learner) -> None:
        self._workspace, self._rows, self._name, self._learner = workspace, rows, name, learner
        self._shares = isinstance(learner, SharingLearner)

    @cached_property
    def matrix(self) -> Any:
        """The learner's matrix of all rows; only synthetic rows are transformed anew."""
        space, rows = self._workspace, self._rows
        original = space.picture(self._name, self._learner, "train")
        if rows.X is space.train.X:
            return original
        kept, made = np.flatnonzero(rows.source >= 0), np.flatnonzero(rows.source < 0)
        copies = original[rows.source[kept]]
        if not made.size:
            return copies
        order = np.argsort(np.concatenate([kept, made]), kind="stable")
        return _stacked(copies, self._transformed(rows.X[made]))[order]

    def of(self, bag: IntArray | None, made: FloatArray | None = None) -> dict[str, Any]:
        """Return the arguments of ``fit`` that say which rows to train on.

        Parameters
        ----------
        bag : ndarray of int64, shape (m,), or None
            Positions among the rows, repeats allowed; None stands for all.
        made : ndarray of float64, shape (k, n_features), optional
            Further rows, which follow those of the bag.
        """
        source = self._rows.source if bag is None else self._rows.source[bag]
        if made is not None:
            source = np.concatenate([source, np.full(len(made), -1, dtype=np.int64)])
        if self._shares and bool((source >= 0).all()):
            return {"Z": None, "origin": self._origin(source)}
        Z = self.matrix if bag is None else self.matrix[bag]
        if made is not None:
            Z = _stacked(Z, self._transformed(made))
        return {"Z": Z, "origin": self._origin(source)} if self._shares else {"Z": Z}

    def _origin(self, source: IntArray) -> Origin:
        return Origin(base=self._workspace.prepared(self._name, self._learner), source=source)

    def _transformed(self, X: FloatArray) -> Any:
        return self._workspace.view(self._name, self._learner).transform(X)


def _stacked(above: Any, below: Any) -> Any:
    if sparse.issparse(above):
        return sparse.vstack([above, below]).tocsr()
    return np.concatenate([above, below])
