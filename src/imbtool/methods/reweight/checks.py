"""What the parameters of reweighters must agree in; imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def check_costs(params: Mapping[str, Any]) -> None:
    """Raise `UsageError` when a recipe names no costs: equal ones weight nothing."""
    if params.get("fp", 1.0) == params.get("fn", 1.0):
        raise UsageError(
            "cost_weight needs the cost of a false alarm or of a miss; equal ones change nothing.",
            hint="For example cost_weight(fn=10).",
            code="bad-parameter",
        )
