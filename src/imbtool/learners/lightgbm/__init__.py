"""Gradient-boosted trees by LightGBM."""

from imbtool.learners.lightgbm.learner import LightGBMLearner
from imbtool.learners.lightgbm.model import BoostedTrees

__all__ = ["BoostedTrees", "LightGBMLearner"]
