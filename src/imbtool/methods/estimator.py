"""The scikit-learn face of every method: parameters stored as given, cloned and shown the usual way."""

from __future__ import annotations

from sklearn.base import BaseEstimator


class Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Base of all methods; the constructor of a subclass only stores its parameters."""
