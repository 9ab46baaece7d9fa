"""SMOTE in its three forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.own import nearest_in_class
from imbtool.methods.resample.segments import with_gaps, write_between
from imbtool.methods.resample.smote_n import ValueDifference, vote_nominal
from imbtool.methods.resample.targets import class_counts, interpolable, rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.segments import Gap
    from imbtool.methods.resample.space import SampleSpace

Variant = Literal["auto", "plain", "nc", "n"]
_Writer = Callable[["FloatArray"], None]


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
    gap : {"segment", "box"}, default="segment"
        One gap for a synthetic row, which puts it on the segment between two rows, or one for each
        number, which puts it in the box between them. Categories have no gap.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Chawla, Bowyer, Hall, Kegelmeyer, JAIR 16 (2002), arXiv 1106.1813. The segment is the paper's
    text and imbalanced-learn's way, the box the paper's pseudo-code, whose gap is drawn inside the
    loop over attributes. Draws are those of imbalanced-learn's `SMOTE`, `SMOTENC` and `SMOTEN` on
    standardised numbers. A class with a single row is left as it is when others can be raised.
    Cost: one neighbour search within each raised class.
    """

    hull = True
    reads = "class"

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        variant: Variant = "auto",
        gap: Gap = "segment",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.variant = variant
        self.gap = gap
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        wanted = interpolable(part.y, rows_to_add(part.y, self.ratio))
        # Neighbours first: what their search needs is free again when the large result is made.
        return part.grown(wanted, self._writers(part, wanted))

    def rows_for(self, part: TrainingPart, wanted: dict[int, int]) -> dict[int, FloatArray]:
        """Return as many synthetic rows of each class as wanted, without the originals.

        A class with a single row is left out when others can be raised.

        Raises
        ------
        NotApplicableError
            Code ``too-few-rows``: none of the classes has two rows.
        """
        able = interpolable(part.y, wanted)
        room = {label: np.empty((n_new, part.X.shape[1])) for label, n_new in able.items()}
        for label, write in self._writers(part, able).items():
            write(room[label])
        return room

    def _writers(self, part: TrainingPart, wanted: dict[int, int]) -> dict[int, _Writer]:
        """Return for each class a function that fills rows with synthetic ones."""
        make = {"plain": _plain, "nc": _mixed, "n": _nominal}[self._fitting_variant(part.space)]
        counts = class_counts(part.y)
        return {
            label: make(part, label, min(self.k_neighbors, counts[label] - 1), self.gap) for label in wanted
        }

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


def _plain(part: TrainingPart, label: int, k: int, gap: Gap) -> _Writer:
    space, rows = part.space, np.flatnonzero(part.y == label)
    near = nearest_in_class(part, rows, k)

    def write(room: FloatArray) -> None:
        if space.verbatim:
            write_between(part.X, rows[near], room, seed=part.seed, gap=gap, rows=rows)
        else:
            write_between(space.numbers(part.X[rows]), near, room, seed=part.seed, gap=gap)
        with_gaps(part, label, room)

    return write


def _mixed(part: TrainingPart, label: int, k: int, gap: Gap) -> _Writer:
    from imbtool.methods.resample.smote_nc import interpolate_mixed

    space, own = part.space, part.X[part.y == label]
    numbers, nominal = space.numbers(own), space.nominal(own)
    standard = space.standard(numbers)

    def write(room: FloatArray) -> None:
        new = interpolate_mixed(numbers, standard, nominal, k=k, n_new=len(room), seed=part.seed, gap=gap)
        room[:] = space.restore(*new)

    return write


def _nominal(part: TrainingPart, label: int, k: int, gap: Gap) -> _Writer:  # noqa: ARG001 - no numbers
    nominal = part.space.nominal(part.X)
    own = nominal[part.y == label]
    near = ValueDifference(nominal, part.y).nearest(own, k + 1)

    def write(room: FloatArray) -> None:
        new = vote_nominal(own, near, n_new=len(room), seed=part.seed)
        room[:] = part.space.restore(np.empty((len(room), 0)), new)

    return write
