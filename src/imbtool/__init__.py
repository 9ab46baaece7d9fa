"""What to do about a rare class: every sensible treatment, one honest verdict.

The names below are loaded when first used, so that ``import imbtool`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imbtool.api import batch, compare, plan, read
    from imbtool.bundle.face import fit, load
    from imbtool.bundle.model import FittedModel
    from imbtool.core.errors import ImbtoolError
    from imbtool.evaluation.rowscores import row_scores
    from imbtool.methods.postprocess.conformal import select_rows
    from imbtool.recipe import Recipe, TorchClassifier
    from imbtool.report.batch.face import BatchReport
    from imbtool.report.face import ComparisonReport
    from imbtool.report.holdout.face import evaluate
    from imbtool.report.holdout.outcome import EvaluationReport

__version__ = "0.1.0"
__all__ = [
    "BatchReport",
    "ComparisonReport",
    "EvaluationReport",
    "FittedModel",
    "ImbtoolError",
    "Recipe",
    "TorchClassifier",
    "__version__",
    "batch",
    "compare",
    "evaluate",
    "fit",
    "load",
    "plan",
    "read",
    "row_scores",
    "select_rows",
]

_HOMES = {
    "BatchReport": "imbtool.report.batch.face",
    "ComparisonReport": "imbtool.report.face",
    "EvaluationReport": "imbtool.report.holdout.outcome",
    "FittedModel": "imbtool.bundle.model",
    "ImbtoolError": "imbtool.core.errors",
    "Recipe": "imbtool.recipe",
    "TorchClassifier": "imbtool.recipe",
    "batch": "imbtool.api",
    "compare": "imbtool.api",
    "evaluate": "imbtool.report.holdout.face",
    "fit": "imbtool.bundle.face",
    "load": "imbtool.bundle.face",
    "plan": "imbtool.api",
    "read": "imbtool.api",
    "row_scores": "imbtool.evaluation.rowscores",
    "select_rows": "imbtool.methods.postprocess.conformal",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'imbtool' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
