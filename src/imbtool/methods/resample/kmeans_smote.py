"""k-means SMOTE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imblearn.over_sampling import KMeansSMOTE

from imbtool.core.errors import NotApplicableError
from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.numeric_only import require_numeric
from imbtool.methods.resample.pattern import numeric_rows
from imbtool.methods.resample.targets import by_neighbors, class_counts, goals, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class KMeansSmote(RowSampler):
    """SMOTE inside clusters of all rows, more of it where the rare rows of a cluster are sparse.

    Parameters
    ----------
    k_neighbors : int, default=2
        Neighbours within class and cluster; clipped to the class size minus 1. A cluster with no more
        rows of the class than this is left out.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
        Each cluster rounds up, so there may be a few rows more.
    n_clusters : int, default=8
        Clusters of mini-batch k-means over the rows of all classes; clipped to the rows.
    balance : float or None, default=None
        Least share of the class in a cluster that is used, in [0, 1]. None means imbalanced-learn's rule,
        half of the class's share of all rows to make (of two classes one half), where a cluster reaches
        it; where none does, the smallest share of a class to be raised in the table, which some cluster
        always reaches.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Douzas, Bacao, Last, Information Sciences 465 (2018), doi:10.1016/j.ins.2018.06.056. A cluster's
    share of the synthetic rows is proportional to (mean distance of its rare rows)^e / (number of
    them). imbalanced-learn's `KMeansSMOTE`, row for row, on standardised numbers, wherever that finds a
    cluster. Departure: with a really rare class no cluster is half of it, so that imbalanced-learn (and the
    paper's filter, which asks for as much) ends in an error; then clusters in which the class is at least
    as frequent as in the table are used (OURS). Numeric features only; a synthetic row has missing cells
    where the nearest original row of its class has them. Not applicable when no such cluster holds more
    than `k_neighbors` rows of a class. Cost: one clustering, two where the first rule finds nothing.
    """

    hull = True

    def __init__(
        self,
        k_neighbors: int = 2,
        ratio: float = 1.0,
        n_clusters: int = 8,
        balance: float | None = None,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.n_clusters = n_clusters
        self.balance = balance
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        require_numeric(part.layout, "kmeans_smote")
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        made: dict[int, FloatArray] = {}
        for k, group in by_neighbors(part.y, wanted, self.k_neighbors).items():
            made.update(self._made(part, k, group))
        return part.extended(made)

    def _made(self, part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
        counts = class_counts(part.y)
        natural = min(counts[label] for label in wanted) / len(part.y)
        # A little less, since the rounding of a cluster's share must not shut out all clusters.
        rules = ("auto", natural * (1.0 - 1e-9)) if self.balance is None else (self.balance,)
        numbers = part.space.numbers(part.X)
        for rule in rules:
            try:
                more, labels = self._grown(part, numbers, k, goals(part.y, wanted), rule)
            except (RuntimeError, ValueError) as error:
                # The second text comes of clusters whose rare rows are all equal.
                if not str(error).startswith(("No clusters found", "cannot convert float NaN")):
                    raise
                continue
            return numeric_rows(part, _between_own(part, numbers, more, labels), labels)
        share = "" if self.balance is None else f" that are at least {self.balance:.3g} of it"
        raise NotApplicableError(
            f"kmeans_smote found no cluster with more than {k} different rows of a rare class{share}.",
            hint="Use smote, or fewer clusters: kmeans_smote(n_clusters=2)."
            if self.balance is None
            else f"A rare class is {natural:.2g} of the rows; leave `balance` out or make it smaller.",
            code="nothing-to-generate",
        )

    def _grown(
        self, part: TrainingPart, numbers: FloatArray, k: int, goal: dict[int, int], rule: str | float
    ) -> tuple[FloatArray, IntArray]:
        sampler = KMeansSMOTE(
            sampling_strategy=goal,
            random_state=part.seed,
            k_neighbors=k,
            n_jobs=1,
            kmeans_estimator=min(self.n_clusters, len(part.y)),
            cluster_balance_threshold=rule,
        )
        with quiet(), one_thread(), np.errstate(all="ignore"):
            found: tuple[FloatArray, IntArray] = sampler.fit_resample(part.space.standard(numbers), part.y)
        return found


def _between_own(part: TrainingPart, numbers: FloatArray, more: FloatArray, labels: IntArray) -> FloatArray:
    """Return the rows in the features' own units, inside the range of their class despite rounding."""
    more = part.space.own_units(more)
    for label in np.unique(labels):
        own = numbers[part.y == label]
        here = labels == label
        more[here] = np.clip(more[here], own.min(axis=0), own.max(axis=0))
    return more
