"""The table of learners."""

from __future__ import annotations

from imbtool.core.info import LearnerInfo

LEARNERS = (
    LearnerInfo(
        name="lightgbm",
        target="imbtool.learners.lightgbm:LightGBMLearner",
        summary="Gradient-boosted trees; regularised for few positives",
        stages=True,
        aliases=("lgbm", "lgb", "gbdt"),
    ),
    LearnerInfo(
        name="logistic",
        target="imbtool.learners.linear:LogisticLearner",
        summary="Logistic regression on scaled and one-hot encoded columns",
        aliases=("logreg", "logistic_regression", "linear"),
    ),
    LearnerInfo(
        name="forest",
        target="imbtool.learners.forest:ForestLearner",
        summary="Random forest",
        aliases=("random_forest", "rf"),
    ),
)
