"""The seam between losses and learners that can minimise any loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

Link = Literal["softmax", "one-vs-rest"]
"""How raw scores become probabilities. ``"softmax"``: of one raw score by the logistic function, of K by
the softmax. ``"one-vs-rest"``: each of K by the logistic function, then divided by their sum."""


class Objective(Protocol):
    """A loss for classes of given sizes, as a function of raw scores.

    With two classes there is one raw score a row, shape (n,); with K > 2 there are K, shape (n, K).
    Class codes `y` count over the classes that the training part holds.

    A class that sets ``separable = False`` has a loss that is not a sum over rows: the value of a row, and
    its derivatives, depend on the rows handed in beside it. Then `derivatives` are those of the sum of the
    values, and the score to start from need not be stationary.
    """

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from, shape (1,) or (K,).

        There the gradient, weighted and summed over the training rows, is zero.
        """

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return the loss of each row, shape (n,), never negative."""

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of each row's loss, in the shape of `raw`.

        The second is not negative; where the loss is not convex, its class says what takes its place.
        """


@runtime_checkable
class Loss(Protocol):
    """What a learner minimises; only learners whose catalogue row says ``losses`` are given one."""

    def objective(self, counts: IntArray, mass: FloatArray) -> Objective:
        """Return the loss for a training part.

        Parameters
        ----------
        counts : ndarray of int64, shape (K,)
            Rows of each class, all positive.
        mass : ndarray of float64, shape (K,)
            Sum of the row weights of each class.
        """
