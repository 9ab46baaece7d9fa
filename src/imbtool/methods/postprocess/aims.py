"""What a threshold can be chosen by, in words; imports nothing heavy, so that a recipe is checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.errors import UsageError
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

OWN_BEST = ("f1", "mcc", "balanced_accuracy", "g_mean")
"""Metrics with a best point of their own that need no further numbers."""
BINARY = ("cost", "precision", "recall")
METRICS = (*OWN_BEST, "fbeta", *BINARY)
FLOORS = ("min_precision", "min_recall", "max_share")
_ONLY = {"beta": ("fbeta", 2.0), "fp": ("cost", 1.0), "fn": ("cost", 1.0), "rule": ("cost", "search")}


def check_aim(params: Mapping[str, Any]) -> None:
    """Raise `UsageError` for parameters of `Threshold` that contradict each other.

    Parameters
    ----------
    params : mapping
        Parameters by name; those that are missing have their defaults.
    """
    metric = params.get("metric") or "f1"
    if metric not in METRICS:
        raise UsageError(
            f"`metric` of threshold must be one of {', '.join(METRICS)}; got {metric!r}.",
            hint=did_you_mean(metric, METRICS, listing="For example: threshold(metric=mcc)"),
            code="unknown-threshold-metric",
        )
    for name, (home, default) in _ONLY.items():
        if metric != home and params.get(name, default) != default:
            raise _clash(
                f"`{name}` goes with metric={home}; got metric={metric}", f"metric={home}, {name}=..."
            )
    floors = [name for name in FLOORS if params.get(name) is not None]
    if params.get("rule") == "analytic" and floors:
        raise _clash(f"rule=analytic looks at no scores, so it cannot keep {floors[0]}", "metric=cost, fn=10")
    if not params.get("fp", 1.0) and not params.get("fn", 1.0):
        raise _clash(
            "`fp` and `fn` cannot both be 0: every decision would cost the same", "metric=cost, fn=10"
        )
    if metric == "recall" and not {"min_precision", "max_share"} & set(floors):
        raise _clash(
            "recall alone is greatest when every row is called positive", "metric=recall, min_precision=0.9"
        )
    if metric == "precision" and "min_recall" not in floors:
        raise _clash(
            "precision alone is greatest when hardly any row is called positive",
            "metric=precision, min_recall=0.8",
        )


def spell_aim(params: Mapping[str, Any]) -> str:
    """Return what the threshold is chosen by: ``"recall, min_precision=0.9"``."""
    rest = [f"{name}={value:g}" for name, value in params.items() if isinstance(value, (int, float))]
    rest += ["rule=analytic"] if params.get("rule") == "analytic" else []
    return ", ".join([str(params.get("metric") or "f1"), *rest])


def _clash(what: str, example: str) -> UsageError:
    return UsageError(
        f"threshold: {what}.",
        hint=f"For example threshold({example}).",
        code="bad-parameter",
    )
