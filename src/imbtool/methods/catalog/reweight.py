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
        paper="King & Zeng, Political Analysis 2001; scikit-learn's class_weight='balanced'",
        aliases=("balanced", "balanced_weight"),
    ),
    MethodInfo(
        name="sqrt_weight",
        kind="reweighter",
        target=f"{M}.reweight.square_root:SquareRootWeights",
        summary="Weight each class by the inverse square root of its size",
        paper="Equals scalarization at tau=2 (Mikolov et al., NeurIPS 2013, used it for sampling)",
        aliases=("sqrt", "square_root"),
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
        paper="Cui, Jia, Lin, Song, Belongie, CVPR 2019, arXiv 1901.05555; weights have mean 1 over rows",
    ),
    MethodInfo(
        name="scalarization",
        kind="reweighter",
        target=f"{M}.reweight.scalarization:Scalarization",
        params=(TAU,),
        summary="Temperature weights: classes weighted towards p(k; tau)",
        paper=f"{LI}, theorem 1",
        aliases=("temperature_weight", "temperature_weights"),
    ),
)
