"""How a network is trained."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import M

ROWS = (
    MethodInfo(
        name="sam",
        kind="training",
        cost=2,
        target=f"{M}.training.sam:SharpnessAware",
        params=(
            Param(
                name="rho",
                type="float",
                default=0.05,
                low=0.0,
                high=10.0,
                summary="How far away the gradient is taken; 0 is ordinary training",
            ),
            Param(
                name="adaptive",
                type="bool",
                default=False,
                summary="Measure that way relative to each parameter",
            ),
        ),
        needs=("batches",),
        summary="Steps by the gradient at the worst point near by: flat minima",
        when="A network learns the rare rows by heart",
        paper="Foret et al., ICLR 2021, arXiv 2010.01412; for rare classes Rangwani et al., arXiv 2212.13827",
        aliases=("sharpness_aware",),
        default=False,
    ),
    MethodInfo(
        name="weight_balancing",
        kind="training",
        target=f"{M}.training.weight_balancing:WeightBalancing",
        params=(
            Param(
                name="penalty",
                type="float",
                default=0.01,
                low=0.0,
                high=100.0,
                summary="Half of it times the mean squared length of the features is added to the loss",
            ),
        ),
        needs=("batches",),
        summary="Fixed last layer of class vectors at equal angles, short features",
        when="Many classes with a long tail, and a network",
        paper="Hasegawa and Sato, ICLR 2024, arXiv 2305.16573, in one stage; add logit_adjustment",
        aliases=("simplex_head",),
        default=False,
    ),
    MethodInfo(
        name="cosine_head",
        kind="training",
        target=f"{M}.training.cosine_head:CosineHead",
        params=(
            Param(
                name="scale",
                type="float",
                default=30.0,
                low=0.01,
                high=1000.0,
                summary="What cosines are multiplied by",
            ),
        ),
        needs=("batches",),
        summary="Last layer of cosines: features and class vectors of length one",
        when="A network answers the frequent class by length alone; with ldam, as in its source",
        paper="Cao et al., NeurIPS 2019, arXiv 1906.07413, the last layer of LDAM",
        aliases=("normalised_head",),
        default=False,
    ),
    MethodInfo(
        name="self_distillation",
        kind="training",
        cost=2,
        target=f"{M}.training.distillation:Distillation",
        params=(
            Param(
                name="weight",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Part of the teacher in the loss",
            ),
            Param(
                name="temperature",
                type="float",
                default=2.0,
                low=0.01,
                high=100.0,
                summary="What scores are divided by before they are compared",
            ),
        ),
        needs=("batches",),
        summary="A second network trained on the answers of a first as well",
        when="A network is over-sure on few rare rows",
        paper="Hinton, Vinyals, Dean, arXiv 1503.02531; Furlanello et al., ICML 2018, arXiv 1805.04770",
        aliases=("born_again",),
        default=False,
    ),
    MethodInfo(
        name="batch_former",
        kind="training",
        cost=2,
        target=f"{M}.training.batch_former:BatchFormer",
        params=(
            Param(
                name="heads",
                type="int",
                default=4,
                low=1,
                high=64,
                summary="Heads of the attention; they divide the width of the network",
            ),
        ),
        needs=("batches",),
        summary="Attention between the rows of a batch while training, gone afterwards",
        when="A network has few rare rows to learn from",
        paper="Hou, Yu, Tao, CVPR 2022, arXiv 2203.01522",
        aliases=("batchformer",),
        default=False,
    ),
)
