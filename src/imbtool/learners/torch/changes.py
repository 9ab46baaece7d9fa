"""What methods of the kind ``training`` change in a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.errors import NotApplicableError
from imbtool.core.training import MixedRows, SharpStep, SimplexHead
from imbtool.learners.torch.mixing import with_mixing
from imbtool.learners.torch.network import Network
from imbtool.learners.torch.rules import SharpnessRule
from imbtool.learners.torch.simplex import with_simplex
from imbtool.learners.torch.teacher import with_teacher

if TYPE_CHECKING:
    from imbtool.core.training import Change
    from imbtool.learners.torch.plan import Plan


def changed(plan: Plan, change: Change) -> Plan:
    """Return the plan with a change."""
    if isinstance(change, SharpStep):
        return replace(plan, rule=SharpnessRule(rho=change.rho, adaptive=change.adaptive))
    if isinstance(change, (SimplexHead, MixedRows)):
        _check_plain(plan)
        if isinstance(change, MixedRows):
            return with_mixing(plan, change.heads)
        return with_simplex(plan, change.penalty)
    return with_teacher(plan, change.weight, change.temperature)


def _check_plain(plan: Plan) -> None:
    if type(plan.network) is not Network:
        raise NotApplicableError(
            "weight_balancing and batch_former both change the network.",
            hint="Leave one of them out.",
            code="two-networks",
        )
