"""Doing nothing: the row that every treatment is measured against."""

from __future__ import annotations

from imbtool.methods.estimator import Estimator


class Nothing(Estimator):
    """Train on the rows as they are, decide at the default threshold.

    The control behind the catalogue name ``none``: it changes no rows, weights, scores or decisions.
    """
