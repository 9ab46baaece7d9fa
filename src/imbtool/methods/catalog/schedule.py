"""Weights that change while training goes on."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import LI, TAU, M

_EVERY = Param(
    name="every",
    type="int",
    default=1,
    low=1,
    high=100_000,
    summary="Stages from one change to the next",
)

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
        when="Balanced training finds the rare class, natural training then mends the probabilities",
        paper=f"{LI}; weights over boosting stages where there are no batches (our adaptation)",
    ),
    MethodInfo(
        name="deferred_reweighting",
        kind="schedule",
        target=f"{M}.schedule.deferred:DeferredReweighting",
        params=(
            Param(
                name="start",
                type="float",
                default=0.8,
                low=0.0,
                high=1.0,
                summary="Share of training before the class weights set in",
            ),
            Param(
                name="beta",
                type="float",
                default=0.9999,
                low=0.0,
                high=0.999999,
                summary="Overlap; 0 is no weighting, towards 1 the inverse class size",
            ),
        ),
        needs=("stages",),
        summary="Natural weights for most of training, class-balanced ones at its end",
        when="Features are best learned naturally and only the end should favour the rare class",
        paper="Cao et al., NeurIPS 2019, arXiv 1906.07413; over boosting stages (our adaptation)",
        aliases=("drw",),
        default=False,
    ),
    MethodInfo(
        name="loss_based",
        kind="schedule",
        target=f"{M}.schedule.loss_based:LossBasedWeights",
        params=(
            Param(
                name="strategy",
                type="choice",
                default="lin_upper",
                choices=("lin_upper", "quadratic", "extremes"),
                summary="Which losses count most: all but the low, the middle ones, both ends",
            ),
            Param(
                name="r",
                type="float",
                default=0.4,
                low=0.01,
                high=1e6,
                summary="Price of unequal weights; no weight is over exp(1/r) times another",
            ),
            Param(
                name="warm_up",
                type="float",
                default=0.05,
                low=0.0,
                high=1.0,
                summary="Share of training with equal weights first",
            ),
            _EVERY,
            Param(
                name="within_class",
                type="bool",
                default=False,
                summary="Weight inside each class, so that classes keep their totals",
            ),
            Param(
                name="robust",
                type="bool",
                default=False,
                summary="Range from the 1st to the 99th percentile instead of the extremes",
            ),
        ),
        needs=("stages", "losses"),
        summary="Weights that follow the current loss of every row",
        when="Easy rows dominate, or labels are noisy (strategy=quadratic)",
        paper="Sow et al., ICLR 2025, arXiv 2502.06733; over boosting stages (our adaptation)",
        aliases=("dynamic_reweighting",),
        default=False,
    ),
    MethodInfo(
        name="rs2",
        kind="schedule",
        cost=2,
        target=f"{M}.schedule.rs2:RepeatedRandomSampling",
        params=(
            Param(
                name="ratio",
                type="float",
                default=0.5,
                low=0.01,
                high=1.0,
                summary="Share of the rows that a stage sees",
            ),
            Param(
                name="every",
                type="int",
                default=None,
                optional=True,
                low=1,
                high=100_000,
                summary="Stages that one part serves; none means 5 boosting rounds or 1 epoch",
            ),
            Param(
                name="replacement",
                type="bool",
                default=False,
                summary="Draw each part from all rows instead of going through them",
            ),
            Param(
                name="stratified",
                type="bool",
                default=True,
                summary="Draw the share from each class, at least one row of it",
            ),
        ),
        needs=("stages", "losses"),
        summary="Every few stages train on a fresh random part of the rows",
        when="Trainings are long and rows redundant",
        paper="Okanovic et al., ICLR 2024, arXiv 2305.18424; with a repaired end of the deck",
        aliases=("repeated_random_sampling",),
        default=False,
    ),
)
