"""Averages over classes between the plain mean and the one weighted by class size.

Harbecke, Chen, Hennig, Alt, NLP Power workshop 2022, arXiv 2205.09460: the weight of class k is
g(n_k) / sum g(n_j), n_k its true rows. ``macro`` has g = 1, ``weighted`` g = n, ``dodrans`` g = n^(3/4),
``entropy`` g = -n log(n / N). A power between 0 and 1 is the family that the first three belong to: the
larger it is the less the rare classes count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

Scheme = float | Literal["entropy"]
DODRANS = 0.75
SCHEMES: dict[str, Scheme] = {"weighted": 1.0, "dodrans": DODRANS, "entropy": "entropy"}


def class_weighting(mass: FloatArray, scheme: Scheme) -> FloatArray:
    """Return the weight of each class in an average.

    Parameters
    ----------
    mass : ndarray of float64, shape (..., n_classes)
        Rows of each class, or the sum of their weights; 0 for a class that is absent.
    scheme : float or "entropy"
        The power of the class size, at least 0.

    Returns
    -------
    ndarray of float64, shape (..., n_classes)
        They sum to 1; 0 for absent classes. NaN where no class has weight, which for ``entropy`` is so when
        all rows are of one class.
    """
    share = mass / np.where(mass.sum(axis=-1) > 0, mass.sum(axis=-1), 1.0)[..., None]
    here = share > 0
    safe = np.where(here, share, 1.0)
    pull = -safe * np.log(safe) if scheme == "entropy" else np.where(here, safe**scheme, 0.0)
    total = pull.sum(axis=-1)[..., None]
    return np.asarray(np.where(total > 0, pull / np.where(total > 0, total, 1.0), np.nan))


def class_average(values: FloatArray, mass: FloatArray, scheme: Scheme) -> FloatArray:
    """Return the average of a measure over the classes present, shape (...); see `class_weighting`."""
    weights = class_weighting(mass, scheme)
    return np.asarray(np.where(mass > 0, values * weights, 0.0 * weights).sum(axis=-1))
