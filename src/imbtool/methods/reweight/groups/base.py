"""What reweighters of learned group weights share: groups from the class or a column, weights of rows."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from imbtool.methods.reweight.base import WeightEstimator, as_codes
from imbtool.methods.reweight.groups.proxy import Proxy
from imbtool.methods.reweight.groups.updates import capped
from imbtool.methods.reweight.tokens import Levels, as_tables

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout


class GroupReweighter(WeightEstimator):
    """Learns one weight a group on a small model; any learner can then train with them.

    A subclass gives `shares`. Parameters that all have: ``group``, a column whose levels are the groups
    (numbers are cut at their quartiles, missing cells are a level), None for the classes; ``cap``, the
    largest weight of a row as a multiple of the mean.
    """

    uses_layout: ClassVar[bool] = True

    group: str | None
    cap: float

    @abstractmethod
    def shares(self, proxy: Proxy) -> FloatArray:
        """Return the share of the training that each group is to have, positive, sum 1."""

    def fit_weight(self, X: Any, y: IntArray, *, layout: Layout | None = None) -> FloatArray:
        """Return the weight of every row: the share of its group over the number of rows of it, mean 1.

        Parameters
        ----------
        X : ndarray of float64 or DataFrame, shape (n, n_features)
        y : ndarray of int64, shape (n,)
            Class codes.
        layout : Layout, optional
            Names and levels of the columns of a matrix. Default: none is categorical, or as the dtypes of
            a frame say.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.

        Raises
        ------
        NotApplicableError
            The column is not there.
        """
        codes = np.unique(as_codes(y), return_inverse=True)[1]
        if layout is None:
            (X,), layout = as_tables(X)
        groups = codes if self.group is None else self._levels(X, layout, self.group)
        proxy = Proxy(X, codes, layout, groups)
        weight = capped(self.shares(proxy) / proxy.counts, proxy.counts, self.cap)[groups]
        scaled: FloatArray = weight / weight.mean()
        return scaled

    def _levels(self, X: FloatArray, layout: Layout, name: str) -> IntArray:
        cells = Levels.fit(X, layout, name, self.word).codes(X)
        return np.asarray(np.unique(cells, return_inverse=True)[1], dtype=np.int64)
