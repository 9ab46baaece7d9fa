"""The scikit-learn face of every method: parameters stored as given, cloned and shown the usual way."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING

from sklearn.base import BaseEstimator

from imbtool import registry
from imbtool.core.params import check_params

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo


class Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Base of all methods; the constructor of a subclass only stores its parameters."""

    @property
    def word(self) -> str:
        """Its name in the catalogue, for messages; the name of its class where that is not in it."""
        row = self._row()
        return type(self).__name__ if row is None else row.name

    def check_parameters(self) -> None:
        """Raise `UsageError` where a parameter lies outside the range that the catalogue gives it.

        Recipes are checked when they are read; this is for those who make the object themselves.
        """
        row = self._row()
        if row is not None:
            given = {param.name: getattr(self, param.name, param.default) for param in row.params}
            plain = {name: v for name, v in given.items() if v is None or isinstance(v, str | Number)}
            check_params("method", row.name, plain, row.params)

    def _row(self) -> MethodInfo | None:
        target = f"{type(self).__module__}:{type(self).__qualname__}"
        return next((row for row in registry.methods().values() if row.target == target), None)
