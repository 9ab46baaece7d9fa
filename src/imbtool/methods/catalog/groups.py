"""Weights of groups that a small model learns beforehand."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import GROUP, M

_CAP = Param(
    name="cap", type="float", default=20.0, low=1.0, summary="Largest weight as a multiple of the mean"
)
_STEPS = Param(name="steps", type="int", default=100, low=1, high=100_000, summary="Steps of each training")


def _eta(default: float) -> Param:
    return Param(
        name="eta", type="float", default=default, low=0.0, high=100.0, summary="Step of the weights"
    )


def _smoothing(default: float) -> Param:
    return Param(
        name="smoothing",
        type="float",
        default=default,
        low=0.0,
        high=1.0,
        summary="Share of equal weights mixed in after every step",
    )


ROWS = (
    MethodInfo(
        name="doremi",
        kind="reweighter",
        cost=2,
        target=f"{M}.reweight.groups.doremi:DoReMiWeights",
        params=(GROUP, _eta(1.0), _smoothing(1e-4), _STEPS, _CAP),
        summary="Weigh up groups that lie furthest above a reference model's loss",
        when="Groups differ in how much there is still to learn about them",
        paper="Xie et al., NeurIPS 2023, arXiv 2305.10429; softmax regressions on bins (ours)",
        default=False,
    ),
    MethodInfo(
        name="doge",
        kind="reweighter",
        cost=2,
        target=f"{M}.reweight.groups.doge:DoGEWeights",
        params=(GROUP, _eta(0.05), _smoothing(1e-3), _STEPS, _CAP),
        summary="Weigh up groups whose gradient agrees with those of the others",
        when="Groups differ in how much they help each other",
        paper="Fan, Pagliardini, Jaggi, ICML 2024, arXiv 2310.15393; on a softmax regression (ours)",
        default=False,
    ),
    MethodInfo(
        name="velocitune",
        kind="reweighter",
        cost=2,
        target=f"{M}.reweight.groups.velocitune:VelocituneWeights",
        params=(
            GROUP,
            Param(
                name="every",
                type="int",
                default=5,
                low=1,
                high=100_000,
                summary="Steps from one change of the weights to the next",
            ),
            _STEPS,
            _CAP,
        ),
        summary="Weigh up groups that have most of their way to a target loss to go",
        when="Groups learn at different speeds",
        paper="Luo et al., ACL 2025, arXiv 2411.14318; targets of a plain training (ours)",
        default=False,
    ),
    MethodInfo(
        name="aioli",
        kind="reweighter",
        cost=2,
        target=f"{M}.reweight.groups.aioli:AioliWeights",
        params=(
            GROUP,
            _eta(0.2),
            Param(
                name="rounds", type="int", default=10, low=1, high=10_000, summary="Measurements of the law"
            ),
            Param(
                name="probe", type="int", default=4, low=1, high=10_000, summary="Steps of a probing training"
            ),
            Param(
                name="focus",
                type="float",
                default=0.625,
                low=0.01,
                high=1.0,
                summary="Share of a group while it is probed, above 1 / K",
            ),
            _CAP,
        ),
        summary="Weigh up groups whose share brings down the losses of all",
        when="Effects of groups on each other can be measured in short trainings",
        paper="Chen et al., ICLR 2025, arXiv 2411.05735; probes on a softmax regression (ours)",
        default=False,
    ),
)
