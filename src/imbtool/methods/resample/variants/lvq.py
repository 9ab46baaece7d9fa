"""LVQ-SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans

from imbtool.core.errors import NotApplicableError
from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import quiet
from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.variants.base import SyntheticSampler

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.variants.base import RareClass

_LEAST = 4


class LvqSmote(SyntheticSampler):
    """Repeat the pattern around one code vector of a rare class around another.

    Parameters
    ----------
    k_neighbors : int, default=5
        Rows around a code vector that may be moved; clipped to the class size.
    n_codes : int, default=10
        Code vectors of the class, 4 to 50; clipped to its different rows.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Nakamura, Kajiwara, Otsuka, Kimura, BioData Mining 6:16 (2013), doi:10.1186/1756-0381-6-16. The paper
    looks for like pairs of code vectors in other, reference data sets; as smote-variants does, this
    looks for them in the class itself. For a random pair of code vectors (a, b) the pair (i, j) of
    others with the most similar offset is found, and a random one of the rows nearest to i is moved
    by a - i. The code is that of k-means: learning vector quantisation with one class. Moved rows may
    leave the range of the class. Categories and gaps are voted around the class's row nearest to where
    the moved one arrives. A class with fewer than 4 different rows has no two pairs: it is left as it
    is, and with two classes the method is not applicable. Nothing but the class is read. Cost: one
    clustering of the class.
    """

    def __init__(
        self,
        k_neighbors: int = 5,
        n_codes: int = 10,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.n_codes = n_codes
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        code = _codebook(rare, self.n_codes)
        near = nearest_in_blocks(rare.standard, code, min(self.k_neighbors, len(rare)))
        first, similar = like_pairs(code)
        pair = rare.rng.integers(len(first), size=n_new)
        a, i = first[pair], similar[pair]
        row = near[i, rare.rng.integers(near.shape[1], size=n_new)]
        moved = rare.numbers[row] + (code[a] - code[i]) * rare.space.scale
        return rare.finished(moved)


def _codebook(rare: RareClass, n_codes: int) -> FloatArray:
    """Return the code vectors of the class, standardised numbers, shape (n_codes, n_numeric)."""
    n_different = len(np.unique(rare.standard, axis=0))
    if n_different < _LEAST:
        raise NotApplicableError(
            f"lvq_smote needs at least {_LEAST} different rows of class {rare.label} in the training part; "
            f"found {n_different}.",
            hint="Use smote, or collect more rows of the rare class.",
            code="too-few-rows",
        )
    with quiet(), one_thread():
        found = KMeans(n_clusters=min(n_codes, n_different), random_state=rare.part.seed).fit(rare.standard)
    centres: FloatArray = found.cluster_centers_
    return centres


def like_pairs(code: FloatArray) -> tuple[IntArray, IntArray]:
    """Return for each ordered pair (a, b) of codes its a, and the i of the disjoint pair most like it."""
    m = len(code)
    first, second = (place.ravel() for place in np.indices((m, m)))
    proper = first != second
    first, second = first[proper], second[proper]
    offset = code[first] - code[second]
    distance = np.linalg.norm(offset[:, None] - offset[None], axis=2) if len(offset) <= 400 else _far(offset)
    shared = np.zeros(distance.shape, dtype=bool)
    for mine in (first, second):
        for theirs in (first, second):
            shared |= mine[:, None] == theirs[None]
    distance[shared] = np.inf
    return first, first[distance.argmin(axis=1)]


def _far(offset: FloatArray) -> FloatArray:
    """Return distances between offsets without a table of all differences."""
    return np.vstack([np.linalg.norm(offset - one, axis=1) for one in offset])
