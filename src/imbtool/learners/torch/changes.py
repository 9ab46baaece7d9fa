"""What methods of the kind ``training`` change in a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imbtool.core.errors import NotApplicableError
from imbtool.core.training import CosineHead, MixedRows, SharpStep, Teacher
from imbtool.learners.torch.cosine import with_cosine
from imbtool.learners.torch.mixing import with_mixing
from imbtool.learners.torch.network import Network
from imbtool.learners.torch.rules import SharpnessRule
from imbtool.learners.torch.simplex import with_simplex
from imbtool.learners.torch.teacher import with_teacher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.training import Change
    from imbtool.learners.torch.plan import Plan


def changed(plan: Plan, changes: Sequence[Change]) -> Plan:
    """Return the plan with these changes; a teacher, if there is one, is trained with all the others."""
    for change in sorted(changes, key=lambda change: isinstance(change, Teacher)):
        plan = _with(plan, change)
    return plan


def _with(plan: Plan, change: Change) -> Plan:
    if isinstance(change, SharpStep):
        return replace(plan, rule=SharpnessRule(rho=change.rho, adaptive=change.adaptive))
    if isinstance(change, Teacher):
        return with_teacher(plan, change.weight, change.temperature)
    if type(plan.network) is not Network:
        raise NotApplicableError(
            "weight_balancing, cosine_head and batch_former all change the network.",
            hint="Leave all but one of them out.",
            code="two-networks",
        )
    if isinstance(change, MixedRows):
        return with_mixing(plan, change.heads)
    if isinstance(change, CosineHead):
        return with_cosine(plan, change.scale)
    return with_simplex(plan, change.penalty)
