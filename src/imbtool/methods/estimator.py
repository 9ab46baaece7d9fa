"""The scikit-learn face of every method: parameters stored as given, cloned and shown the usual way."""

from __future__ import annotations

from sklearn.base import BaseEstimator

from imbtool import registry


class Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Base of all methods; the constructor of a subclass only stores its parameters."""

    @property
    def word(self) -> str:
        """Its name in the catalogue, for messages; the name of its class where that is not in it."""
        target = f"{type(self).__module__}:{type(self).__qualname__}"
        rows = registry.methods().values()
        return next((row.name for row in rows if row.target == target), type(self).__name__)
