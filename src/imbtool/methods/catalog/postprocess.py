"""After training: thresholds and calibrators; and doing nothing at all."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import M
from imbtool.methods.postprocess.aims import METRICS


def _floor(name: str, summary: str) -> Param:
    return Param(name=name, type="float", default=None, optional=True, low=0.0, high=1.0, summary=summary)


_AIMS = (
    Param(
        name="metric",
        type="choice",
        default=None,
        optional=True,
        choices=METRICS,
        summary="What to maximise (a cost is minimised); none means the comparison's own",
    ),
    Param(name="beta", type="float", default=2.0, low=0.1, high=10.0, summary="Weight of recall in fbeta"),
    Param(name="fp", type="float", default=1.0, low=0.0, summary="Cost of a false alarm"),
    Param(name="fn", type="float", default=1.0, low=0.0, summary="Cost of a missed positive"),
    Param(
        name="rule",
        type="choice",
        default="search",
        choices=("search", "analytic"),
        summary="For cost: cheapest cut, or fp / (fp + fn) for calibrated probabilities",
    ),
    _floor("min_precision", "Least precision that must be kept"),
    _floor("min_recall", "Least recall that must be kept"),
    _floor("max_share", "Capacity: largest share of rows that may be called positive"),
)

ROWS = (
    MethodInfo(
        name="none",
        kind="baseline",
        cost=0,
        target=f"{M}.baseline:Nothing",
        summary="Do nothing about the imbalance",
        when="Often: strong learners rank well without help, and nothing distorts their probabilities",
        aliases=("nothing", "plain"),
    ),
    MethodInfo(
        name="weight_aligning",
        kind="adjustment",
        target=f"{M}.postprocess.weight_aligning:WeightAligning",
        params=(
            Param(
                name="tau",
                type="float",
                default=1.0,
                low=0.0,
                high=1.0,
                summary="Strength; 0 changes nothing, 1 makes all weight vectors equally long",
            ),
        ),
        needs=("linear",),
        summary="Bring the class weight vectors of a linear model to one length",
        when="A linear model favours the frequent class because its weight vector is longer",
        paper="Zhao et al., CVPR 2020, arXiv 1911.07053; every class a group, tau of Kang et al., ICLR 2020",
        default=False,
    ),
    MethodInfo(
        name="threshold",
        kind="threshold",
        cost=0,
        target=f"{M}.postprocess.threshold:Threshold",
        params=_AIMS,
        check=f"{M}.postprocess.aims:check_aim",
        summary="Move the decision threshold, chosen on inner out-of-fold scores",
        when="The ranking is good and the decisions at 0.5 are not: the usual case",
        paper="Elkan, IJCAI 2001 (move the threshold, do not resample); multiclass by per-class offsets",
    ),
    MethodInfo(
        name="expected_gain",
        kind="threshold",
        cost=0,
        target=f"{M}.postprocess.expected_gain:ExpectedGain",
        needs=("row-money",),
        summary="Act on a row when its expected gain, from its own money, is above 0",
        when="Every row has a cost or a value of its own that is known when deciding; with a calibrator",
        paper="Elkan, IJCAI 2001; Gomez-Vargas, Maldonado & Vairetti, EJOR 324(2), 2025, arXiv 2310.07047",
        default=False,
    ),
    MethodInfo(
        name="logit_adjustment",
        kind="threshold",
        cost=0,
        target=f"{M}.postprocess.logit_adjustment:LogitAdjustment",
        params=(
            Param(
                name="tau",
                type="float",
                default=1.0,
                low=0.0,
                summary="Strength; 0 changes nothing, 1 is the rule for balanced accuracy",
            ),
            Param(
                name="form",
                type="choice",
                default="additive",
                choices=("additive", "multiplicative"),
                summary="z - tau log(pi), or centred z times pi^-tau (three classes or more)",
            ),
        ),
        summary="Decide by scores from which the class shares are taken out",
        when="Balanced accuracy is wanted and the probabilities can be trusted",
        paper="Menon et al., ICLR 2021, arXiv 2007.07314; multiplicative: Kim & Kim, arXiv 2006.08586",
        default=False,
    ),
    MethodInfo(
        name="sigmoid",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.sigmoid:SigmoidCalibrator",
        summary="Calibrate with a logistic curve (Platt)",
        when="Probabilities are off by a bend of one kind, and positives are few",
        paper="Platt 1999, with his smoothed targets",
        aliases=("platt",),
    ),
    MethodInfo(
        name="isotonic",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.isotonic:IsotonicCalibrator",
        summary="Calibrate with a monotone step function",
        when="Probabilities are off in no simple way, and there are some hundred positives",
        paper="Zadrozny & Elkan, KDD 2002, doi:10.1145/775047.775151",
    ),
    MethodInfo(
        name="beta",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.beta:BetaCalibrator",
        summary="Calibrate with a curve of three parameters that bends at both ends",
        when="Probabilities are off differently at both ends, and isotonic steps would overfit",
        paper="Kull, Silva Filho, Flach, AISTATS 2017, PMLR 54:623; with Platt's smoothed targets",
        aliases=("beta_calibration",),
        default=False,
    ),
    MethodInfo(
        name="prior_correction",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.prior:PriorCorrection",
        summary="Take back, by formula, what sampling or weights did to the class shares",
        when="Sampling or weights moved the class shares and the model has followed them",
        paper="Saerens, Latinne, Decaestecker, Neural Computation 2002; King & Zeng, Political Analysis 2001",
        aliases=("prior_shift",),
        default=False,
    ),
    MethodInfo(
        name="temperature_scaling",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.temperature:TemperatureCalibrator",
        summary="Calibrate by one divisor of the logits; keeps the order of the scores",
        when="Scores are too sure or too unsure all over, and the base rate is right",
        paper="Guo, Pleiss, Sun, Weinberger, ICML 2017, arXiv 1706.04599",
    ),
)
