"""Recipes: methods + learner + calibrator + threshold, and the workspace they share inside a fold."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imbtool.recipe.estimator import Recipe
    from imbtool.recipe.network import TorchClassifier
    from imbtool.recipe.parser import parse_learner, parse_recipe
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

__all__ = ["LearnerSpec", "Recipe", "RecipeSpec", "TorchClassifier", "parse_learner", "parse_recipe"]

_HOMES = {
    "LearnerSpec": "imbtool.recipe.spec",
    "Recipe": "imbtool.recipe.estimator",
    "RecipeSpec": "imbtool.recipe.spec",
    "TorchClassifier": "imbtool.recipe.network",
    "parse_learner": "imbtool.recipe.parser",
    "parse_recipe": "imbtool.recipe.parser",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that parsing a recipe imports nothing heavy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imbtool.recipe' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
