"""Under-samplers that choose rows by scores or clusters."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, M

_S = f"{M}.resample.selection"


def _keep(default: float) -> Param:
    return Param(
        name="keep",
        type="float",
        default=default,
        low=0.01,
        high=1.0,
        summary="Share of the rows that is kept",
    )


_POLICY = Param(
    name="policy",
    type="choice",
    default="frequent",
    choices=("frequent", "each", "together"),
    summary="Which rows compete: of frequent classes, of each class, or all",
)

ROWS = (
    MethodInfo(
        name="el2n",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.el2n:El2nSelection",
        params=(
            _keep(0.5),
            Param(
                name="offset",
                type="float",
                default=0.0,
                low=0.0,
                high=0.99,
                summary="Share of the hardest rows to leave out first",
            ),
            _POLICY,
        ),
        summary="Keep the frequent rows that a plain model errs most on",
        when="Training is to get cheaper and labels are clean",
        paper="Paul, Ganguli, Dziugaite, NeurIPS 2021, arXiv 2107.07075; out-of-fold scores (ours)",
    ),
    MethodInfo(
        name="ccs",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.ccs:CoverageSelection",
        params=(
            _keep(0.5),
            Param(
                name="cutoff",
                type="float",
                default=0.1,
                low=0.0,
                high=0.99,
                summary="Share of the hardest rows to drop first",
            ),
            Param(
                name="n_strata", type="int", default=50, low=1, high=10_000, summary="Strata of difficulty"
            ),
            Param(
                name="random_share",
                type="float",
                default=0.0,
                low=0.0,
                high=1.0,
                summary="Share drawn at random instead; 1 is the random control",
            ),
            _POLICY,
        ),
        summary="Drop the hardest frequent rows, draw evenly over the range of difficulty",
        when="Training is to get much cheaper: hardest rows are noise",
        paper="Zheng, Liu, Lai, Prakash, ICLR 2023, arXiv 2210.15809; out-of-fold margins (ours)",
        aliases=("coverage",),
    ),
    MethodInfo(
        name="surrogate",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.surrogate:SurrogateSelection",
        params=(
            _keep(0.3),
            Param(
                name="floor",
                type="float",
                default=0.1,
                low=0.001,
                high=1.0,
                summary="Share of the draw that is uniform",
            ),
            _POLICY,
        ),
        summary="Draw rows by a plain model's error, weighted back to all rows",
        when="Training is to get cheaper and probabilities are to stay right",
        paper="Wang, Zhu, Ma, JASA 113 (2018), doi:10.1080/01621459.2017.1292914; Poisson draws (ours)",
    ),
    MethodInfo(
        name="sensitivity",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.sensitivity:SensitivitySelection",
        params=(
            _keep(0.3),
            Param(name="n_clusters", type="int", default=16, low=1, high=10_000, summary="k-means centres"),
        ),
        summary="Draw frequent rows as a k-means coreset, weighted back to all rows",
        when="Training is to get cheaper and the shape of the classes is to be kept",
        paper="Bachem, Lucic, Krause 2017, arXiv 1703.06476, algorithm 2",
        aliases=("coreset",),
    ),
    MethodInfo(
        name="subclass_under",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.subclass:SubclassUnder",
        params=(
            RATIO,
            Param(name="smallest", type="int", default=10, low=1, summary="Fewest rows of a subclass"),
        ),
        summary="Under-sample evenly from equal-size subclasses of the frequent class",
        when="The frequent class has several regions, small ones among them",
        paper="Hou et al. (SBCL), ICCV 2023, arXiv 2306.15925; subclasses as strata (ours)",
    ),
    MethodInfo(
        name="distillation",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_S}.distil:Distillation",
        params=(
            _keep(0.5),
            Param(
                name="teacher",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Weight of the teacher against a row's own label",
            ),
            Param(
                name="policy",
                type="choice",
                default="frequent",
                choices=("frequent", "each"),
                summary="Which classes give up rows",
            ),
        ),
        summary="Keep a part of the frequent rows, with soft labels from a model of all",
        when="Training is to get cheaper and a model of all rows can be afforded once",
        paper="Hinton, Vinyals, Dean 2015, arXiv 1503.02531; out-of-fold teacher (ours)",
    ),
)
