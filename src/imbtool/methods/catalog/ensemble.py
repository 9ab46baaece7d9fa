"""Ensembles: many learners on rebalanced parts."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, K, M

_BAGS = Param(name="n_bags", type="int", default=10, low=2, high=1000, summary="Bags, one learner each")
_MEMBERS = Param(
    name="n_members", type="int", default=10, low=2, high=1000, summary="Members, one learner each"
)
_COST_RATIO = Param(
    name="cost_ratio",
    type="float",
    default=None,
    optional=True,
    low=1.0,
    summary="Cost of a missed rare row to a false alarm; none means frequent to rare rows",
)


def _share(default: float) -> Param:
    return Param(
        name="share",
        type="float",
        default=default,
        low=0.01,
        high=1.0,
        summary="Share of the learner's rounds or trees that a member gets",
    )


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
        name="subclass_bags",
        kind="ensemble",
        cost=2,
        default=False,
        target=f"{M}.ensemble.subclass_bags:SubclassBags",
        params=(
            _BAGS,
            Param(name="smallest", type="int", default=10, low=1, summary="Fewest rows of a subclass"),
            _share(0.5),
        ),
        summary="Average learners trained on the rare class and one cluster of the frequent",
        paper="Hou et al. (SBCL), ICCV 2023, arXiv 2306.15925; subclasses as bags (ours)",
    ),
    MethodInfo(
        name="self_paced",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.self_paced:SelfPaced",
        params=(
            _MEMBERS,
            Param(name="k_bins", type="int", default=20, low=1, high=1000, summary="Bins of hardness"),
            _share(0.5),
        ),
        summary="Average learners on balanced parts drawn by hardness (SPE)",
        paper="Liu et al., ICDE 2020, doi:10.1109/ICDE48307.2020.00078",
        aliases=("spe", "self_paced_ensemble"),
    ),
    MethodInfo(
        name="balance_cascade",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.cascade:BalanceCascade",
        params=(_MEMBERS, _share(0.5)),
        summary="Average learners on balanced parts; well answered rows drop out",
        paper="Liu, Wu, Zhou, IEEE SMC-B 2009, doi:10.1109/TSMCB.2008.2007853; averaged, any learner",
        default=False,
    ),
    MethodInfo(
        name="under_bagging",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.under_bagging:UnderBagging",
        params=(_BAGS, _share(1.0)),
        summary="Average learners trained on balanced bootstraps",
        paper="Barandela, Valdovinos, Sanchez, PAA 2003, doi:10.1007/s10044-003-0192-z; classes drawn apart",
        aliases=("balanced_bagging",),
        default=False,
    ),
    MethodInfo(
        name="over_bagging",
        kind="ensemble",
        cost=3,
        target=f"{M}.ensemble.over_bagging:OverBagging",
        params=(_BAGS, _share(1.0)),
        summary="Average learners on bootstraps with all classes as large as the largest",
        paper="Wang, Yao, CIDM 2009, doi:10.1109/CIDM.2009.4938667",
        default=False,
    ),
    MethodInfo(
        name="smote_bagging",
        kind="ensemble",
        cost=3,
        target=f"{M}.ensemble.smote_bagging:SmoteBagging",
        params=(_BAGS, K, _share(1.0)),
        summary="Average learners on bootstraps filled up with SMOTE to varying parts",
        paper="Wang, Yao, CIDM 2009, doi:10.1109/CIDM.2009.4938667",
        default=False,
    ),
    MethodInfo(
        name="rus_boost",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.rus_boost:RusBoost",
        params=(
            _MEMBERS,
            Param(
                name="ratio",
                type="float",
                default=1.0,
                low=0.001,
                high=1.0,
                summary="Smallest to each other class in a member's part; 1 is balanced",
            ),
            _share(0.5),
        ),
        summary="AdaBoost.M2 on balanced random parts",
        paper="Seiffert et al., IEEE SMC-A 2010, doi:10.1109/TSMCA.2009.2029559",
        aliases=("rusboost",),
        default=False,
    ),
    MethodInfo(
        name="smote_boost",
        kind="ensemble",
        cost=3,
        target=f"{M}.ensemble.smote_boost:SmoteBoost",
        params=(_MEMBERS, K, RATIO, _share(0.5)),
        summary="AdaBoost.M2 with new SMOTE rows for each member",
        paper="Chawla, Lazarevic, Hall, Bowyer, PKDD 2003, doi:10.1007/978-3-540-39804-2_12",
        aliases=("smoteboost",),
        default=False,
    ),
    MethodInfo(
        name="over_boost",
        kind="ensemble",
        cost=3,
        target=f"{M}.ensemble.over_boost:OverBoost",
        params=(_MEMBERS, RATIO, _share(0.5)),
        summary="AdaBoost.M2 with random repeats of rare rows for each member",
        paper="RUSBoost with over-sampling; imbalanced-ensemble OverBoostClassifier",
        aliases=("overboost",),
        default=False,
    ),
    MethodInfo(
        name="ada_cost",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.ada_cost:AdaCost",
        params=(_MEMBERS, _COST_RATIO, _share(0.5)),
        summary="AdaBoost that reweights by the cost of mistakes; two classes",
        paper="Fan, Stolfo, Zhang, Chan, ICML 1999",
        aliases=("adacost",),
        default=False,
    ),
    MethodInfo(
        name="ada_uboost",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.ada_uboost:AdaUBoost",
        params=(_MEMBERS, _COST_RATIO, _share(0.5)),
        summary="AdaBoost for an uneven loss; two classes",
        paper="Karakoulas, Shawe-Taylor, NIPS 1998",
        aliases=("adauboost",),
    ),
    MethodInfo(
        name="asym_boost",
        kind="ensemble",
        cost=2,
        target=f"{M}.ensemble.asym_boost:AsymBoost",
        params=(_MEMBERS, _COST_RATIO, _share(0.5)),
        summary="AdaBoost with the cost dealt out over the members; two classes",
        paper="Viola, Jones, NIPS 2001",
        aliases=("asymboost",),
        default=False,
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
