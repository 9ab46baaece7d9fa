"""What ensembles and learners agree on: parts of the rows, and models trained on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from imbtool.core.protocols import FittedLearner
    from imbtool.core.types import FloatArray, IntArray, Layout


@runtime_checkable
class Bagging(Protocol):
    """An ensemble of learners, each trained on a part of the rows; scores are averaged.

    An attribute `share`, where there is one, is the share of the learner's rounds or trees that each
    member gets.
    """

    def bags(self, y: IntArray, *, random_state: int) -> tuple[IntArray, ...]:
        """Return the row indices of each bag; a row may stand in a bag several times."""


class MemberTrainer(Protocol):
    """What an ensemble is given that decides on the rows of a member by what the earlier ones answer.

    Attributes
    ----------
    X : ndarray of float64, shape (n, n_features)
        The training part.
    y : ndarray of int64, shape (n,)
    weight : ndarray of float64, shape (n,)
        Row weights, mean 1; ones where there are none.
    layout : Layout
    space : object or None
        A fitted `SampleSpace` of these rows, if already there.
    n_classes : int
    """

    X: FloatArray
    y: IntArray
    weight: FloatArray
    layout: Layout
    n_classes: int

    @property
    def space(self) -> Any:
        """A fitted `SampleSpace` of the rows, or None."""

    def member(
        self,
        rows: IntArray,
        *,
        weight: FloatArray | None = None,
        made: tuple[FloatArray, IntArray] | None = None,
        share: float = 1.0,
    ) -> FittedLearner:
        """Train the learner on these rows (repeats allowed), then on synthetic ones.

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
        weight : ndarray of float64, shape (m + k,), optional
            Instead of the rows' own weights; of any scale. By default a synthetic row has the mean
            weight of its class.
        made : (ndarray of float64, shape (k, n_features), ndarray of int64, shape (k,)), optional
            Synthetic rows and their classes.
        share : float, default=1
            Share of the learner's rounds or trees, where it has these (see `SizedLearner`).
        """

    def score(self, member: FittedLearner) -> FloatArray:
        """Return a member's probabilities for all rows, shape (n, n_classes)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """The members of an ensemble; its probabilities are the weighted mean of theirs.

    Parameters
    ----------
    models : tuple of FittedLearner
    weights : tuple of float
        One a member, positive, of any scale; empty where all are equal.
    note : str
        What the reader should know, such as why there are fewer than asked for.
    """

    models: tuple[FittedLearner, ...]
    weights: tuple[float, ...] = ()
    note: str = ""


@runtime_checkable
class SequentialEnsemble(Protocol):
    """An ensemble whose members are trained one after the other."""

    def train(self, part: MemberTrainer, *, random_state: int) -> Members:
        """Return at least one member."""
