"""Losses: what the learner minimises."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import M

_ADJUST = Param(
    name="tau",
    type="float",
    default=1.0,
    low=0.0,
    high=10.0,
    summary="Part of the log class share taken out of the score; 0 is log loss",
)


def _focus(name: str, default: float, summary: str) -> Param:
    return Param(name=name, type="float", default=default, low=0.0, high=20.0, summary=summary)


ROWS = (
    MethodInfo(
        name="weighted_cross_entropy",
        kind="loss",
        target=f"{M}.loss.weighted:WeightedCrossEntropy",
        params=(
            Param(
                name="power",
                type="float",
                default=1.0,
                low=0.0,
                high=10.0,
                summary="Weights go with n_k^-power; 0 is log loss, 1 the inverse class size",
            ),
            Param(
                name="positive_weight",
                type="float",
                default=None,
                optional=True,
                low=1e-6,
                high=1e6,
                summary="Weight of a positive row instead of power; two classes only",
            ),
        ),
        needs=("losses",),
        summary="Log loss with a weight for each class",
        paper="King & Zeng, Political Analysis 2001",
        aliases=("weighted_ce",),
        default=False,
    ),
    MethodInfo(
        name="focal",
        kind="loss",
        target=f"{M}.loss.focal:FocalLoss",
        params=(
            _focus("gamma", 2.0, "Focus on badly classified rows; 0 is log loss"),
            Param(
                name="alpha",
                type="float",
                default=None,
                optional=True,
                low=0.001,
                high=0.999,
                summary="Weight of the positive class, the other has 1 - alpha; two classes only",
            ),
        ),
        needs=("losses",),
        summary="Log loss that fades for well-classified rows",
        paper="Lin, Goyal, Girshick, He, Dollar, ICCV 2017, arXiv 1708.02002; its floor is ours",
        aliases=("focal_loss",),
    ),
    MethodInfo(
        name="asymmetric",
        kind="loss",
        target=f"{M}.loss.asymmetric:AsymmetricLoss",
        params=(
            _focus("gamma_pos", 0.0, "Focus of positive rows"),
            _focus("gamma_neg", 4.0, "Focus of the other rows"),
            Param(
                name="clip",
                type="float",
                default=0.05,
                low=0.0,
                high=0.9,
                summary="Other rows below this probability cost nothing",
            ),
        ),
        needs=("losses",),
        summary="Focal loss that forgives well-classified negative rows more",
        paper="Ridnik et al., ICCV 2021, arXiv 2009.14119; one score against the rest for each class",
        aliases=("asl", "asymmetric_loss"),
        default=False,
    ),
    MethodInfo(
        name="logit_adjusted",
        kind="loss",
        target=f"{M}.loss.logit_adjusted:LogitAdjustedLoss",
        params=(_ADJUST,),
        needs=("losses",),
        summary="Log loss of scores without the class shares: suits balanced accuracy",
        paper="Menon et al., ICLR 2021, arXiv 2007.07314; tau=1 is balanced softmax (Ren et al., 2020)",
        aliases=("balanced_softmax", "logit_adjustment_loss"),
        default=False,
    ),
    MethodInfo(
        name="vector_scaling",
        kind="loss",
        target=f"{M}.loss.vector_scaling:VectorScalingLoss",
        params=(
            Param(
                name="gamma",
                type="float",
                default=0.3,
                low=0.0,
                high=5.0,
                summary="Exponent of the stretch of rare classes; 0 leaves logit adjustment",
            ),
            _ADJUST,
        ),
        needs=("losses",),
        summary="Log loss of scores stretched and shifted by class while training",
        paper="Kini et al., NeurIPS 2021, arXiv 2103.01550; defaults of Rangwani et al., arXiv 2212.13827",
        aliases=("vs_loss",),
        default=False,
    ),
    MethodInfo(
        name="ldam",
        kind="loss",
        target=f"{M}.loss.ldam:LDAMLoss",
        params=(
            Param(
                name="margin",
                type="float",
                default=0.5,
                low=0.0,
                high=20.0,
                summary="Margin of the rarest class; that of class k goes with n_k^-0.25",
            ),
            Param(
                name="scale",
                type="float",
                default=1.0,
                low=0.01,
                high=100.0,
                summary="Factor of scores and margins; 30 in the paper, whose scores are cosines",
            ),
        ),
        needs=("losses",),
        summary="Log loss in which rare classes must win by a wider margin",
        paper="Cao, Wei, Gaidon, Arechiga, Ma, NeurIPS 2019, arXiv 1906.07413; scale 1 for boosted scores",
        default=False,
    ),
    MethodInfo(
        name="sampling_free",
        kind="loss",
        target=f"{M}.loss.sampling_free:SamplingFreeLoss",
        params=(
            Param(
                name="guided",
                type="bool",
                default=True,
                summary="Scale every round to the loss of the rare rows; false is plain training",
            ),
            Param(
                name="cap",
                type="float",
                default=100.0,
                low=1.0,
                high=1e6,
                summary="Largest scale",
            ),
        ),
        needs=("losses",),
        summary="Start at the log class shares, scale gradients to the rare rows' loss",
        paper="Chen et al., arXiv 1909.04868; the rare rows' loss for their box loss (ours, experimental)",
        default=False,
    ),
    MethodInfo(
        name="cvar_auc",
        kind="loss",
        cost=2,
        target=f"{M}.loss.cvar_auc:CvarAucLoss",
        params=(
            Param(
                name="alpha",
                type="float",
                default=0.9,
                low=0.01,
                high=1.0,
                summary="Share of the rows, those of largest loss, whose mean counts",
            ),
            Param(
                name="gamma",
                type="float",
                default=0.6,
                low=0.0,
                high=100.0,
                summary="Part of the loss of pairs of a positive and a negative row",
            ),
        ),
        needs=("losses",),
        summary="Mean loss of the worst rows, and ranking of positives over negatives",
        paper="Krubha et al., arXiv 2505.02182, without vector scaling; partners by score are ours",
        default=False,
    ),
    MethodInfo(
        name="targeting",
        kind="loss",
        target=f"{M}.loss.targeting:TargetingLoss",
        params=(
            Param(
                name="sharp",
                type="float",
                default=0.0,
                low=0.0,
                high=0.99,
                summary="0 is log loss of the decision; the nearer to 1, the nearer to its expected regret",
            ),
        ),
        needs=("losses", "money"),
        summary="Learn whether acting on a row pays, weighted by the money at stake in it",
        paper="Gomez-Vargas, Maldonado, Vairetti, EJOR 2025, arXiv 2310.07047; the surrogate is ours",
        aliases=("predict_and_optimise", "predict_and_optimize"),
        default=False,
    ),
)
