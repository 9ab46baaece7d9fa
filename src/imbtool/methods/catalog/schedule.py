"""Weights that change while training goes on."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import LI, TAU, M

ROWS = (
    MethodInfo(
        name="cooldown",
        kind="schedule",
        target=f"{M}.schedule.cooldown:Cooldown",
        params=(
            TAU,
            Param(
                name="switch",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Share of training before the switch to natural weights",
            ),
        ),
        needs=("stages",),
        summary="Temperature weights for the first half of training, natural after",
        paper=f"{LI}; over boosting stages instead of updates (our adaptation)",
    ),
)
