"""Boosting with random under-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.methods.ensemble.boosting import DrawnBoosting
from imbtool.methods.ensemble.draws import FEW, balanced_part

if TYPE_CHECKING:
    import numpy as np

    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import IntArray


class RusBoost(DrawnBoosting):
    """AdaBoost.M2, each member trained on a random balanced part.

    Parameters
    ----------
    n_members : int, default=10
        Most members.
    ratio : float, default=1.0
        Smallest class to each other class in a member's part, in (0, 1]; 1 is balanced.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Seiffert, Khoshgoftaar, Van Hulse, Napolitano, IEEE SMC-A 40 (2010), doi:10.1109/TSMCA.2009.2029559,
    on AdaBoost.M2 as in the paper (imbalanced-learn's `RUSBoostClassifier` boosts by SAMME); see
    `DrawnBoosting` for the formulas. The pseudo-loss has Freund and Schapire's factor 1/2, which the
    paper leaves out. When the smallest class has fewer than 10 rows the others are drawn to 10. Cost:
    a small training and a scoring of the training part a member.
    """

    name = "rus_boost"

    def __init__(self, n_members: int = 10, ratio: float = 1.0, share: float = 0.5) -> None:
        self.n_members = n_members
        self.ratio = ratio
        self.share = share

    def _drawn(
        self,
        part: MemberTrainer,  # noqa: ARG002 - the template's
        rows: dict[int, IntArray],
        rng: np.random.Generator,
    ) -> tuple[IntArray, None]:
        smallest = min(len(found) for found in rows.values())
        return balanced_part(rows, max(FEW, int(smallest / self.ratio)), rng), None
