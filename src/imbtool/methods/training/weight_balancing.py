"""Weight balancing in one stage."""

from __future__ import annotations

from imbtool.core.training import SimplexHead
from imbtool.methods.estimator import Estimator


class WeightBalancing(Estimator):
    """Fix the last layer to class vectors at equal angles, and keep the features it reads short.

    Parameters
    ----------
    penalty : float, default=0.01
        Half of it times the mean squared length of the features is added to the loss (zeta), at least 0.

    Notes
    -----
    Hasegawa and Sato, ICLR 2024, arXiv 2305.16573, the recipe of one stage: cross-entropy, weight decay, a
    fixed simplex of unit vectors with cosines -1 / (K - 1) in place of a learned last layer, a penalty of the
    features; then, as a step of its own, logit adjustment:
    ``weight_balancing+logit_adjustment(form=multiplicative, tau=0.65)``, for two classes the additive form.
    Departures: weight decay is that of the learner (decoupled, as their code has it with AdamW); the bias is
    learned but starts at the score of the class shares instead of near 0. The layer before must be at least
    as wide as there are classes. Costs one plain training.
    """

    def __init__(self, penalty: float = 0.01) -> None:
        self.penalty = penalty

    def change(self) -> SimplexHead:
        """Return what is changed; see `imbtool.core.training.TrainingMethod`."""
        return SimplexHead(penalty=self.penalty)
