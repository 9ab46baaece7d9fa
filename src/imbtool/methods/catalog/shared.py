"""Parameters and sources that several rows share."""

from __future__ import annotations

from imbtool.core.info import Param

M = "imbtool.methods"

TAU = Param(
    name="tau", type="float", default=5.0, low=1.0, summary="Temperature; 1 is natural, larger is flatter"
)
K = Param(name="k_neighbors", type="int", default=5, low=1, summary="Minority neighbours to interpolate with")
RATIO = Param(
    name="ratio",
    type="float",
    default=1.0,
    low=0.0,
    high=1.0,
    summary="Rare to most frequent class after resampling; 1 is balanced",
)
LI = "Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579"
GROUP = Param(
    name="group",
    type="text",
    default=None,
    optional=True,
    summary="Column whose levels are the groups; none takes the classes",
)
