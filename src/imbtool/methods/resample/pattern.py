"""Where synthetic rows made of numbers alone have their missing cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.neighbors import search_in

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
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
