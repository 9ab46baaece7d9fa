"""Samplers that take rows away."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, M

ROWS = (
    MethodInfo(
        name="random_under",
        kind="sampler",
        target=f"{M}.resample.random_under:RandomUnder",
        params=(RATIO,),
        summary="Keep a random part of the frequent classes",
        paper="imbalanced-learn RandomUnderSampler",
        aliases=("rus", "random_undersampling", "undersample"),
    ),
    MethodInfo(
        name="tomek",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.tomek:Tomek",
        summary="Remove frequent rows that form a Tomek link with another class",
        paper="Tomek, IEEE SMC 1976, doi:10.1109/TSMC.1976.4309452",
        aliases=("tomek_links",),
    ),
    MethodInfo(
        name="enn",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.enn:EditedNearestNeighbours",
        params=(
            Param(name="n_neighbors", type="int", default=3, low=1, summary="Neighbours that vote"),
            Param(
                name="kind_sel",
                type="choice",
                default="all",
                choices=("all", "mode"),
                summary="Keep a row when all, or most, neighbours share its class",
            ),
        ),
        summary="Remove frequent rows that their neighbours contradict",
        paper="Wilson, IEEE SMC 1972, doi:10.1109/TSMC.1972.4309137",
        aliases=("edited_nearest_neighbours",),
    ),
)
