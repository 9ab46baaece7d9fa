"""Ensembles: many learners on rebalanced parts."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import M

ROWS = (
    MethodInfo(
        name="easy_ensemble",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.easy:EasyEnsemble",
        params=(
            Param(
                name="n_bags",
                type="int",
                default=10,
                low=2,
                high=1000,
                summary="Balanced bags, one learner each",
            ),
        ),
        summary="Average learners trained on balanced random parts",
        paper="Liu, Wu, Zhou, IEEE SMC-B 2009, doi:10.1109/TSMCB.2008.2007853; any learner for AdaBoost",
    ),
    MethodInfo(
        name="balanced_forest",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.balanced_forest:BalancedForest",
        needs=("learner:forest",),
        params=(
            Param(name="n_trees", type="int", default=100, low=10, high=5000, summary="Number of trees"),
        ),
        summary="Random forest, each tree grown on a balanced bootstrap",
        paper="Chen, Liaw, Breiman, Berkeley TR 666, 2004; imbalanced-learn BalancedRandomForestClassifier",
        aliases=("balanced_random_forest", "brf"),
    ),
)
