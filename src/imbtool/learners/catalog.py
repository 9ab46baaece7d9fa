"""The table of learners."""

from __future__ import annotations

from imbtool.core.info import Param
from imbtool.core.learner_info import LearnerInfo

_LIGHTGBM = (
    Param(name="n_estimators", type="int", default=100, low=1, high=100_000, summary="Boosting rounds"),
    Param(
        name="learning_rate",
        type="float",
        default=0.1,
        low=1e-6,
        high=1.0,
        summary="Share of each tree's correction that is taken",
    ),
    Param(name="num_leaves", type="int", default=8, low=2, high=131_072, summary="Most leaves of a tree"),
    Param(name="min_child_samples", type="int", default=20, low=1, summary="Fewest rows of a leaf"),
    Param(name="reg_lambda", type="float", default=5.0, low=0.0, summary="L2 penalty of the leaf values"),
    Param(
        name="colsample_bytree",
        type="float",
        default=0.8,
        low=0.01,
        high=1.0,
        summary="Share of the features offered to each tree",
    ),
    Param(
        name="fast",
        type="bool",
        default=False,
        summary="Half of the rounds at twice the step, 63 bins in place of 255, quantised gradients",
    ),
    Param(
        name="device",
        type="choice",
        default="cpu",
        choices=("auto", "cpu", "cuda", "gpu"),
        summary="Where to train; gpu is OpenCL, auto takes a GPU that works",
    ),
)

_LOGISTIC = (
    Param(
        name="C",
        type="float",
        default=1.0,
        low=1e-9,
        high=1e9,
        summary="Inverse of the L2 penalty, on scaled columns",
    ),
    Param(name="max_iter", type="int", default=500, low=1, summary="Most steps of the solver"),
)

_FOREST = (
    Param(name="n_estimators", type="int", default=100, low=1, high=100_000, summary="Number of trees"),
    Param(name="min_samples_leaf", type="int", default=5, low=1, summary="Fewest rows of a leaf"),
    Param(
        name="max_features",
        type="choice",
        default="sqrt",
        choices=("sqrt", "log2"),
        summary="Number of features tried at each split",
    ),
    Param(
        name="max_samples",
        type="float",
        default=0.3,
        low=0.01,
        high=1.0,
        summary="Share of the rows drawn for each tree, more when that is few",
    ),
)

_TORCH = (
    Param(
        name="members",
        type="int",
        default=4,
        low=1,
        high=1000,
        summary="Networks whose probabilities are averaged",
    ),
    Param(name="epochs", type="int", default=20, low=1, high=100_000, summary="Most passes over the rows"),
    Param(
        name="learning_rate",
        type="float",
        default=0.002,
        low=1e-7,
        high=10.0,
        summary="Of AdamW, at its highest",
    ),
    Param(name="weight_decay", type="float", default=1.0, low=0.0, high=100.0, summary="Decoupled"),
    Param(
        name="dropout",
        type="float",
        default=0.2,
        low=0.0,
        high=0.95,
        summary="Share of hidden units left out in a step",
    ),
    Param(name="width", type="int", default=96, low=1, high=8192, summary="Units of a hidden layer"),
    Param(name="depth", type="int", default=2, low=1, high=16, summary="Hidden layers"),
    Param(name="bins", type="int", default=16, low=1, high=256, summary="Bins of a number's encoding"),
    Param(
        name="batch_size",
        type="int",
        default=None,
        optional=True,
        low=1,
        high=1_000_000,
        summary="Rows of a step; none makes about forty steps of an epoch",
    ),
    Param(
        name="held",
        type="float",
        default=0.0,
        low=0.0,
        high=0.5,
        summary="Share of the rows that choose the epoch; 0 trains all epochs",
    ),
    Param(
        name="stop_metric",
        type="choice",
        default="log_loss",
        choices=("log_loss", "pr_auc", "roc_auc"),
        summary="What the epoch is chosen by",
    ),
    Param(
        name="patience",
        type="int",
        default=10,
        low=1,
        high=100_000,
        summary="Epochs without a better value before training stops",
    ),
    Param(
        name="device",
        type="choice",
        default="auto",
        choices=("auto", "cpu", "cuda"),
        summary="Where to train",
    ),
    Param(name="double", type="bool", default=False, summary="Train in double precision"),
    Param(
        name="mixed",
        type="bool",
        default=False,
        summary="Largest products in half precision, on CUDA",
    ),
)

LEARNERS = (
    LearnerInfo(
        name="lightgbm",
        target="imbtool.learners.lightgbm:LightGBMLearner",
        summary="Gradient-boosted trees; regularised for few positives",
        params=_LIGHTGBM,
        stages=True,
        losses=True,
        aliases=("lgbm", "lgb", "gbdt"),
    ),
    LearnerInfo(
        name="logistic",
        target="imbtool.learners.linear:LogisticLearner",
        summary="Logistic regression on scaled, ranked and one-hot encoded columns",
        params=_LOGISTIC,
        linear=True,
        aliases=("logreg", "logistic_regression", "linear"),
    ),
    LearnerInfo(
        name="forest",
        quick=False,
        target="imbtool.learners.forest:ForestLearner",
        summary="Random forest",
        params=_FOREST,
        aliases=("random_forest", "rf"),
    ),
    LearnerInfo(
        name="torch",
        target="imbtool.learners.torch:TorchLearner",
        summary="Neural network on embedded columns, in PyTorch",
        params=_TORCH,
        stages=True,
        losses=True,
        batches=True,
        quick=False,
        extra="torch",
        rounds="epochs",
        promises=True,
        aliases=("mlp", "nn", "neural_network"),
    ),
)
