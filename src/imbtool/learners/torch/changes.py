"""What methods of the kind ``training`` change in a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.training import SharpStep
from imbtool.learners.torch.rules import SharpnessRule
from imbtool.learners.torch.simplex import with_simplex

if TYPE_CHECKING:
    from imbtool.core.training import Change
    from imbtool.learners.torch.plan import Plan


def changed(plan: Plan, change: Change) -> Plan:
    """Return the plan with a change."""
    if isinstance(change, SharpStep):
        return replace(plan, rule=SharpnessRule(rho=change.rho, adaptive=change.adaptive))
    return with_simplex(plan, change.penalty)
