"""How a network is trained beside its loss, rows and weights: what methods of kind ``training`` ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpStep:
    """Take the gradient of every step at the worst near point, `rho` away along the gradient.

    Parameters
    ----------
    rho : float
        Length of the way, at least 0; 0 is the ordinary step.
    adaptive : bool
        Measure the way in units of the parameters themselves.
    """

    rho: float
    adaptive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SimplexHead:
    """Hold the last layer fixed, its class vectors at equal angles, and penalise the features it reads.

    Parameters
    ----------
    penalty : float
        Half of it times the mean squared length of the features is added to the loss.
    """

    penalty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CosineHead:
    """Let scores be cosines of features and class vectors, times a scale; margins of the loss are cosines.

    Parameters
    ----------
    scale : float
        Positive.
    """

    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Train a first network, and a second one on its answers too.

    Parameters
    ----------
    weight : float
        Part of the teacher in the loss, in [0, 1].
    temperature : float
        What scores are divided by before they are compared, positive.
    """

    weight: float
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedRows:
    """Let the rows of a batch look at each other while training: a second stream with shared last layer.

    Parameters
    ----------
    heads : int
        Heads of the attention between rows; they divide the width of the network.
    """

    heads: int


Change: TypeAlias = SharpStep | SimplexHead | CosineHead | Teacher | MixedRows
"""What a learner whose catalogue row says ``batches`` can do."""


class TrainingMethod(Protocol):
    """A method of the kind ``training``."""

    def change(self) -> Change:
        """Return what is changed."""
