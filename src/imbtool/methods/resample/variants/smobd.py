"""SMOBD: oversampling by density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import OPTICS

from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import quiet
from imbtool.methods.resample.variants.base import SyntheticSampler
from imbtool.methods.resample.variants.shares import proportional_shares

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray
    from imbtool.methods.resample.variants.base import RareClass


class Smobd(SyntheticSampler):
    """Interpolate in proportion to the density around each rare row, not from noise.

    Parameters
    ----------
    eta : float, default=0.5
        Weight of the core distance against the number of close rows, in [0, 1].
    noise : float, default=1.8
        A row is noise when both its core and its reachability distance exceed this many times the
        class's mean.
    min_samples : int, default=5
        Rows, itself included, that reach to the core distance, and neighbours to interpolate with;
        clipped to the class size minus 1, at least 2.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Cao, Wang, ICIII 2011, doi:10.1109/ICIII.2011.276, as smote-variants reads it: the density factor is
    eta c / max c + (1 - eta) m / max m with the core distance c and the number m of rows of the class
    within the mean core distance, and noise has factor 0. Rows get synthetic rows in proportion, each
    in the box to one of the neighbours (one gap a number). Distances come from OPTICS without a largest
    radius, which the paper leaves open; the reachability of the row that OPTICS starts from is not
    defined and does not make it noise. Where all rows are noise none is. Nothing but the class is read.
    Cost: OPTICS on the class, quadratic in its rows.
    """

    reads = "class"

    def __init__(
        self,
        eta: float = 0.5,
        noise: float = 1.8,
        min_samples: int = 5,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.eta = eta
        self.noise = noise
        self.min_samples = min_samples
        self.ratio = ratio
        self.random_state = random_state

    def _made(self, rare: RareClass, n_new: int) -> FloatArray:
        k = max(2, min(self.min_samples, len(rare) - 1))
        weight = density_factors(rare.matrix, k, self.eta, self.noise)
        base = np.repeat(np.arange(len(rare)), proportional_shares(n_new, weight))
        near = rare.near(k)
        partner = near[base, rare.rng.integers(near.shape[1], size=n_new)]
        return rare.finished(rare.between(base, partner, box=True), base)


def density_factors(matrix: FloatArray, min_samples: int, eta: float, noise: float) -> FloatArray:
    """Return the density factor of each row, 0 for noise, shape (n,)."""
    with quiet(), one_thread(), np.errstate(all="ignore"):
        # Only distances are wanted, so the cheapest way to clusters is taken.
        optics = OPTICS(min_samples=min_samples, cluster_method="dbscan", eps=0.0, n_jobs=1).fit(matrix)
    core, reach = optics.core_distances_, optics.reachability_
    reached = np.isfinite(reach)
    mean_reach = reach[reached].mean() if reached.any() else np.inf
    outlying = (core > noise * core.mean()) & reached & (reach > noise * mean_reach)
    close = _close_rows(matrix, core.mean())
    factor = eta * core / (core.max() or 1.0) + (1 - eta) * close / close.max()
    kept = np.where(outlying, 0.0, factor)
    return kept if kept.any() else factor


def _close_rows(matrix: FloatArray, radius: float) -> FloatArray:
    """Return how many rows lie within a radius of each, itself included."""
    from sklearn.neighbors import NearestNeighbors

    with one_thread():
        index = NearestNeighbors(n_jobs=1).fit(matrix)
        found = index.radius_neighbors_graph(matrix, radius=radius, mode="connectivity")
    counts: FloatArray = np.asarray(found.sum(axis=1), dtype=np.float64).ravel()
    return np.maximum(counts, 1.0)
