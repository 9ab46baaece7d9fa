"""Self-distillation."""

from __future__ import annotations

from imbtool.core.training import Teacher
from imbtool.methods.estimator import Estimator


class Distillation(Estimator):
    """Train the network twice, the second time on the answers of the first as well.

    Parameters
    ----------
    weight : float, default=0.5
        Part of the teacher in the loss, in [0, 1]; 0 is ordinary training.
    temperature : float, default=2.0
        Scores are divided by it before they are compared (T), positive; larger values show more of how the
        teacher ranks the wrong classes.

    Notes
    -----
    Hinton, Vinyals, Dean, 2015, arXiv 1503.02531: (1 - weight) loss + weight T^2 KL(teacher || student),
    both at temperature T. The teacher is a network of the same shape and recipe with another seed, as in
    Furlanello et al. (born-again networks), ICML 2018, arXiv 1805.04770. Under imbalance the soft
    answers tell which frequent rows look rare. Both trainings see the same rows; weights and schedules
    act on the sum. Costs two trainings.
    """

    def __init__(self, weight: float = 0.5, temperature: float = 2.0) -> None:
        self.weight = weight
        self.temperature = temperature

    def change(self) -> Teacher:
        """Return what is changed; see `imbtool.core.training.TrainingMethod`."""
        return Teacher(weight=self.weight, temperature=self.temperature)
