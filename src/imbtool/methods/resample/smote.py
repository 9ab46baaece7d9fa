"""SMOTE in its three forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from imblearn.over_sampling import SMOTE

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.neighbors import search_in
from imbtool.methods.resample.pattern import nearest_pattern
from imbtool.methods.resample.smote_n import ValueDifference, vote_nominal
from imbtool.methods.resample.smote_nc import interpolate_mixed
from imbtool.methods.resample.targets import by_neighbors, goals, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.space import SampleSpace

Variant = Literal["auto", "plain", "nc", "n"]


class Smote(RowSampler):
    """Interpolate between neighbouring rows of the same class.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours of a row within its class to interpolate with; clipped to the class size minus 1.
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    variant : {"auto", "plain", "nc", "n"}, default="auto"
        ``plain`` interpolates numbers; ``nc`` also votes categories and missing cells; ``n`` is for
        tables of categories only. ``auto`` takes the one that fits the columns.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Chawla, Bowyer, Hall, Kegelmeyer, JAIR 16 (2002), arXiv 1106.1813. One gap a synthetic row (a
    point on the segment), as in the paper's text and in imbalanced-learn, not one an attribute as in
    its pseudo-code. Draws are those of imbalanced-learn's `SMOTE`, `SMOTENC` and `SMOTEN` on
    standardised numbers. A class with a single row is left as it is when others can be raised.
    Cost: one neighbour search within each raised class.
    """

    reads = "class"

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        variant: Variant = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.variant = variant
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        make = {"plain": _plain, "nc": _mixed, "n": _nominal}[self._fitting_variant(part.space)]
        made: dict[int, FloatArray] = {}
        for k, group in by_neighbors(part.y, wanted, self.k_neighbors).items():
            made.update(make(part, k, group))
        return part.extended(made)

    def _fitting_variant(self, space: SampleSpace) -> str:
        """Return the variant for these columns; refuse one that cannot read them."""
        has_numbers = bool(space.layout.numeric)
        if self.variant == "auto":
            return "n" if not has_numbers else "nc" if space.has_nominal else "plain"
        unfit = {
            "plain": (bool(space.layout.categorical), "numeric features only", "categorical"),
            "nc": (
                not (has_numbers and space.has_nominal),
                "numeric and categorical features",
                "only one kind",
            ),
            "n": (has_numbers, "categorical features only", "numeric"),
        }
        wrong, needs, found = unfit[self.variant]
        if wrong:
            raise NotApplicableError(
                f"smote(variant={self.variant}) needs {needs}; found {found}.",
                hint="Use smote: it chooses the variant that fits the columns.",
                code="wrong-variant",
            )
        return self.variant


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


def _plain(part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
    near = search_in(part.space, k)
    sampler = SMOTE(sampling_strategy=goals(part.y, wanted), random_state=part.seed, k_neighbors=near)
    with quiet():
        more, labels = sampler.fit_resample(part.space.numbers(part.X), part.y)
    return numeric_rows(part, more, labels)


def _mixed(part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
    space, made = part.space, {}
    for label, n_new in wanted.items():
        own = part.X[part.y == label]
        numbers, nominal = space.numbers(own), space.nominal(own)
        new = interpolate_mixed(numbers, space.standard(numbers), nominal, k=k, n_new=n_new, seed=part.seed)
        made[label] = space.restore(*new)
    return made


def _nominal(part: TrainingPart, k: int, wanted: dict[int, int]) -> dict[int, FloatArray]:
    nominal = part.space.nominal(part.X)
    difference = ValueDifference(nominal, part.y)
    made = {}
    for label, n_new in wanted.items():
        own = nominal[part.y == label]
        new = vote_nominal(own, difference.nearest(own, k + 1), n_new=n_new, seed=part.seed)
        made[label] = part.space.restore(np.empty((n_new, 0)), new)
    return made
