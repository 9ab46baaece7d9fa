"""Where synthetic rows made of numbers alone have their missing cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.neighbors import search_in

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.space import SampleSpace


def nearest_pattern(space: SampleSpace, own: FloatArray, numbers: FloatArray) -> IntArray:
    """Return the missing flags of the original row nearest to each synthetic one.

    Parameters
    ----------
    space : SampleSpace
        Of a layout without categorical features.
    own : ndarray of float64, shape (n, n_features)
        Original rows of the class.
    numbers : ndarray of float64, shape (m, n_numeric)
        Synthetic rows, imputed cells included.

    Returns
    -------
    ndarray of int64, shape (m, n_flagged)
    """
    flags = space.nominal(own)
    if not flags.any():
        return np.zeros((len(numbers), flags.shape[1]), dtype=np.int64)
    index = search_in(space, 0).fit(space.numbers(own))
    pattern: IntArray = flags[index.kneighbors(numbers, return_distance=False)[:, 0]]
    return pattern


def numeric_rows(part: TrainingPart, numbers: FloatArray, labels: IntArray) -> dict[int, FloatArray]:
    """Return what imbalanced-learn added to the numbers of a part, as feature rows by class.

    Each has its missing cells where the nearest original row of its class has them.
    """
    numbers, labels = numbers[len(part.y) :], labels[len(part.y) :]
    made: dict[int, FloatArray] = {}
    for k in np.unique(labels).tolist():
        new, own = numbers[labels == k], part.X[part.y == k]
        made[k] = part.space.restore(new, nearest_pattern(part.space, own, new))
    return made
