"""Static weights of the training rows."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import LI, TAU, M

ROWS = (
    MethodInfo(
        name="class_weight",
        kind="reweighter",
        target=f"{M}.reweight.balanced:BalancedWeights",
        summary="Weight each class by the inverse of its size",
        when="A weak or linear learner ignores the rare class; probabilities then need mending",
        paper="King & Zeng, Political Analysis 2001; scikit-learn's class_weight='balanced'",
        aliases=("balanced", "balanced_weight"),
    ),
    MethodInfo(
        name="sqrt_weight",
        kind="reweighter",
        target=f"{M}.reweight.square_root:SquareRootWeights",
        summary="Weight each class by the inverse square root of its size",
        when="Full class weights overshoot: half of the way",
        paper="Equals scalarization at tau=2 (Mikolov et al., NeurIPS 2013, used it for sampling)",
        aliases=("sqrt", "square_root"),
    ),
    MethodInfo(
        name="inverse_power",
        kind="reweighter",
        target=f"{M}.reweight.power:InversePowerWeights",
        params=(
            Param(
                name="power",
                type="float",
                default=0.75,
                low=0.0,
                high=2.0,
                summary="Exponent; 0 is no weighting, 0.5 the square root, 1 balanced",
            ),
        ),
        summary="Weight each class by the inverse of its size to a power",
        when="The strength of the weights is to be tuned",
        paper="Common practice; with tau = 1 / (1 - power) the temperature weights",
        default=False,
    ),
    MethodInfo(
        name="cost_weight",
        kind="reweighter",
        target=f"{M}.reweight.costs:CostProportionalWeights",
        params=(
            Param(name="fp", type="float", default=1.0, low=1e-9, summary="Cost of a false alarm"),
            Param(name="fn", type="float", default=10.0, low=1e-9, summary="Cost of a missed positive"),
        ),
        summary="Weight each class by the cost of getting its rows wrong",
        when="A miss and a false alarm have known costs and decisions stay at 0.5",
        paper="Zadrozny, Langford, Abe, ICDM 2003, doi:10.1109/ICDM.2003.1250950; row costs in Python",
        aliases=("cost_proportional",),
        default=False,
    ),
    MethodInfo(
        name="commonness",
        kind="reweighter",
        target=f"{M}.reweight.commonness:CommonnessWeights",
        params=(
            Param(
                name="power",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Exponent of the density; 1 is its inverse",
            ),
            Param(
                name="density",
                type="choice",
                default="columns",
                choices=("columns", "rows"),
                summary="Mean over the columns, or share of rows that agree in all of them",
            ),
            Param(name="n_bins", type="int", default=10, low=2, high=1000, summary="Bins of equal width"),
            Param(
                name="cap",
                type="float",
                default=10.0,
                low=1.0,
                summary="Largest weight as a multiple of the commonest row's",
            ),
            Param(
                name="within_class",
                type="bool",
                default=False,
                summary="Keep the class shares as they are",
            ),
        ),
        summary="Weight rows by how uncommon they are, so that near copies share a weight",
        when="Near copies of rows crowd out the others",
        paper="After SoftDedup, He et al., ACL 2024, arXiv 2407.06654; density of a table is ours",
        default=False,
    ),
    MethodInfo(
        name="moment_matching",
        kind="reweighter",
        target=f"{M}.reweight.moments:MomentMatchingWeights",
        params=(
            Param(
                name="columns",
                type="text",
                default=None,
                optional=True,
                summary="Group columns, by commas; none means all categorical ones",
            ),
            Param(
                name="shares",
                type="choice",
                default="natural",
                choices=("natural", "balanced"),
                summary="Weighted class shares",
            ),
        ),
        summary="Weight rows so that chosen columns and the class are independent",
        when="The model must not profit from what a column says about the class",
        paper="After Alabdulmohsin et al., ICLR 2024, arXiv 2403.04547 (CLIP the Bias); raking is ours",
        default=False,
    ),
    MethodInfo(
        name="importance",
        kind="reweighter",
        target=f"{M}.reweight.importance:ImportanceWeights",
        params=(
            Param(
                name="table",
                type="text",
                default=None,
                optional=True,
                summary="File with rows like those to be scored, in quotes",
            ),
            Param(name="n_buckets", type="int", default=10_000, low=16, summary="Hash buckets"),
            Param(name="n_bins", type="int", default=10, low=2, summary="Bins of a numeric column"),
            Param(
                name="pairs", type="bool", default=False, summary="Count pairs of neighbouring columns too"
            ),
            Param(
                name="power",
                type="float",
                default=1.0,
                low=0.0,
                high=1.0,
                summary="Exponent; 0 weights nothing",
            ),
            Param(name="smoothing", type="float", default=1.0, low=0.0, summary="Added to every bucket"),
            Param(
                name="cap", type="float", default=20.0, low=1.0, summary="Largest weight, in means before it"
            ),
        ),
        needs=("table",),
        summary="Weight rows towards a table of rows like those to be scored",
        when="The rows to be scored differ from the training rows, and some are at hand unlabelled",
        paper="Xie, Santurkar, Ma, Liang (DSIR), NeurIPS 2023, arXiv 2302.03169; columns for words (ours)",
        aliases=("dsir", "importance_weights"),
        default=False,
    ),
    MethodInfo(
        name="effective_number",
        kind="reweighter",
        target=f"{M}.reweight.effective_number:EffectiveNumberWeights",
        params=(
            Param(
                name="beta",
                type="float",
                default=0.999,
                low=0.0,
                high=0.999999,
                summary="Overlap; 0 is no weighting, towards 1 the inverse class size",
            ),
        ),
        summary="Weight each class by its effective number of samples",
        when="The rare class has many near duplicates: weights that level off",
        paper="Cui, Jia, Lin, Song, Belongie, CVPR 2019, arXiv 1901.05555; weights have mean 1 over rows",
    ),
    MethodInfo(
        name="scalarization",
        kind="reweighter",
        target=f"{M}.reweight.scalarization:Scalarization",
        params=(TAU,),
        summary="Temperature weights: classes weighted towards p(k; tau)",
        when="One knob is wanted between no weights and balanced ones",
        paper=f"{LI}, theorem 1",
        aliases=("temperature_weight", "temperature_weights"),
    ),
)
