"""After training: thresholds and calibrators; and doing nothing at all."""

from __future__ import annotations

from imbtool.core.info import MethodInfo
from imbtool.methods.catalog.shared import TUNE, M

ROWS = (
    MethodInfo(
        name="none",
        kind="baseline",
        cost=0,
        target=f"{M}.baseline:Nothing",
        summary="Do nothing about the imbalance",
        aliases=("nothing", "plain"),
    ),
    MethodInfo(
        name="threshold",
        kind="threshold",
        cost=0,
        target=f"{M}.postprocess.threshold:Threshold",
        params=(TUNE,),
        summary="Move the decision threshold, chosen on inner out-of-fold scores",
        paper="Elkan, IJCAI 2001 (move the threshold, do not resample); multiclass by per-class offsets",
    ),
    MethodInfo(
        name="sigmoid",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.sigmoid:SigmoidCalibrator",
        summary="Calibrate with a logistic curve (Platt)",
        paper="Platt 1999, with his smoothed targets",
        aliases=("platt",),
    ),
    MethodInfo(
        name="isotonic",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.isotonic:IsotonicCalibrator",
        summary="Calibrate with a monotone step function",
        paper="Zadrozny & Elkan, KDD 2002, doi:10.1145/775047.775151",
    ),
    MethodInfo(
        name="beta",
        kind="calibrator",
        cost=0,
        target=f"{M}.postprocess.beta:BetaCalibrator",
        summary="Calibrate with a curve of three parameters that bends at both ends",
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
        paper="Guo, Pleiss, Sun, Weinberger, ICML 2017, arXiv 1706.04599",
    ),
)
