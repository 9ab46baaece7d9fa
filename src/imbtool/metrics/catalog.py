"""The table of metrics."""

from __future__ import annotations

from imbtool.core.info import MetricInfo

_R, _P, _D = "imbtool.metrics.ranking", "imbtool.metrics.probability", "imbtool.metrics.decision"

METRICS = (
    MetricInfo(
        name="pr_auc",
        label="PR-AUC",
        family="ranking",
        target=f"{_R}:pr_auc",
        summary="Area under the precision-recall curve (average precision)",
        aliases=("average_precision", "ap", "auprc"),
    ),
    MetricInfo(
        name="roc_auc",
        label="ROC-AUC",
        family="ranking",
        target=f"{_R}:roc_auc",
        summary="Area under the ROC curve",
        aliases=("auc", "auroc"),
    ),
    MetricInfo(
        name="brier",
        label="Brier score",
        family="probability",
        target=f"{_P}:brier",
        greater_is_better=False,
        summary="Mean squared error of the probabilities",
        aliases=("brier_score",),
    ),
    MetricInfo(
        name="brier_skill",
        low=None,
        label="Brier skill",
        family="probability",
        target=f"{_P}:brier_skill",
        summary="1 - Brier / Brier of the base rate; 0 is no skill, 1 perfect",
    ),
    MetricInfo(
        name="log_loss",
        high=None,
        label="log-loss",
        family="probability",
        target=f"{_P}:log_loss",
        greater_is_better=False,
        summary="Mean negative log-probability of the true class, in nats",
        aliases=("logloss",),
    ),
    MetricInfo(
        name="calibration_error",
        label="calibration error",
        family="probability",
        target=f"{_P}:calibration_error",
        greater_is_better=False,
        summary="Mean gap of predicted and observed rates over 10 equal-count bins",
        aliases=("ece",),
    ),
    MetricInfo(
        name="calibration_slope",
        low=None,
        high=None,
        label="calibration slope",
        family="probability",
        target=f"{_P}:calibration_slope",
        ideal=1.0,
        summary="Slope of the true log-odds on the predicted; 1 is right, below 1 too extreme",
    ),
    MetricInfo(
        name="f1",
        label="F1",
        family="decision",
        target=f"{_D}:f1",
        summary="Harmonic mean of precision and recall",
    ),
    MetricInfo(
        name="mcc",
        low=-1.0,
        label="MCC",
        family="decision",
        target=f"{_D}:mcc",
        summary="Matthews correlation of decision and truth",
        aliases=("matthews",),
    ),
    MetricInfo(
        name="balanced_accuracy",
        label="balanced accuracy",
        family="decision",
        target=f"{_D}:balanced_accuracy",
        summary="Mean recall over the classes",
        aliases=("bac",),
    ),
    MetricInfo(
        name="g_mean",
        label="G-mean",
        family="decision",
        target=f"{_D}:g_mean",
        summary="Geometric mean of the recalls of all classes",
        aliases=("gmean",),
    ),
    MetricInfo(
        name="precision",
        label="precision",
        family="decision",
        target=f"{_D}:precision",
        summary="Share of true positives among the predicted positives",
    ),
    MetricInfo(
        name="recall",
        label="recall",
        family="decision",
        target=f"{_D}:recall",
        summary="Share of the positives that are found",
        aliases=("sensitivity",),
    ),
)
