"""Which rows the mini-batches hold."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import LI, TAU, M

_ANNEALING = Param(
    name="annealing",
    type="float",
    default=0.875,
    low=0.0,
    high=1.0,
    summary="Share of the epochs before it ends",
)

ROWS = (
    MethodInfo(
        name="temperature_batches",
        kind="schedule",
        target=f"{M}.schedule.temperature_batches:TemperatureBatches",
        params=(TAU,),
        needs=("batches",),
        summary="Draw every mini-batch anew with class shares p(k; tau)",
        when="A network would see the rare class in few batches",
        paper=LI,
        default=False,
    ),
    MethodInfo(
        name="balanced_batches",
        kind="schedule",
        target=f"{M}.schedule.balanced_batches:BalancedBatches",
        params=(
            Param(
                name="share",
                type="float",
                default=1.0,
                low=0.0,
                high=1.0,
                summary="From natural shares in every batch (0) to equal numbers (1)",
            ),
        ),
        needs=("batches",),
        summary="Fill every mini-batch with as many rows of each class",
        when="A network would see the rare class in few batches, and memorising it is no danger",
        paper="Common practice; decks for each class and passing on of odd places are ours",
        default=False,
    ),
    MethodInfo(
        name="infobatch",
        kind="schedule",
        target=f"{M}.schedule.infobatch:InfoBatch",
        params=(
            Param(
                name="prune",
                type="float",
                default=0.5,
                low=0.0,
                high=0.9,
                summary="Probability of skipping a row that is learned well",
            ),
            _ANNEALING,
            Param(
                name="within_class",
                type="bool",
                default=True,
                summary="Compare a row with the mean loss of its class",
            ),
        ),
        needs=("batches",),
        summary="Skip rows of low loss at random, weigh the others of them up",
        when="A network's epochs are long and most rows learned early",
        paper="Qin et al., ICLR 2024, arXiv 2303.04947; class quotas are ours",
        default=False,
    ),
    MethodInfo(
        name="seta",
        kind="schedule",
        target=f"{M}.schedule.seta:SlidingWindow",
        params=(
            Param(
                name="prune",
                type="float",
                default=0.1,
                low=0.0,
                high=0.9,
                summary="Share of the rows left out at random in every epoch",
            ),
            Param(name="n_groups", type="int", default=10, low=1, high=1000, summary="Groups of difficulty"),
            Param(
                name="window",
                type="float",
                default=0.5,
                low=0.01,
                high=1.0,
                summary="Share of the groups that an epoch takes",
            ),
            _ANNEALING,
            Param(
                name="within_class",
                type="bool",
                default=True,
                summary="Make the groups inside each class, which keeps the class shares",
            ),
        ),
        needs=("batches",),
        summary="Epochs of rows of neighbouring difficulty, from easy to hard",
        when="A network's epochs are long and difficulty can be ordered",
        paper="Zhou, Gao, Wang, CVPR 2025, arXiv 2503.13385; class quotas are ours",
        aliases=("sliding_window",),
        default=False,
    ),
    MethodInfo(
        name="group_dro",
        kind="schedule",
        target=f"{M}.schedule.group_dro:GroupDro",
        params=(
            Param(
                name="eta",
                type="float",
                default=0.01,
                low=0.0,
                high=10.0,
                summary="Step of the weights; 0 keeps equal classes",
            ),
            Param(
                name="smoothing",
                type="float",
                default=0.01,
                low=0.0,
                high=1.0,
                summary="Share of equal weights mixed in after every step",
            ),
        ),
        needs=("batches",),
        summary="Classes that the network is worst at gain weight, batch by batch",
        when="The worst class or group counts, not the average",
        paper="Sagawa et al., ICLR 2020, arXiv 1911.08731; smoothing of DoReMi, arXiv 2305.10429",
        default=False,
    ),
    MethodInfo(
        name="rent",
        kind="schedule",
        target=f"{M}.schedule.rent:Rent",
        params=(
            Param(
                name="noise",
                type="text",
                default=None,
                optional=True,
                summary="Matrix of wrong labels, columns sum to 1; none estimates it",
            ),
            Param(
                name="warm_up",
                type="float",
                default=0.25,
                low=0.0,
                high=1.0,
                summary="Share of the epochs of ordinary training first",
            ),
        ),
        needs=("batches",),
        summary="Draw each batch again by how likely its labels are to be right",
        when="Labels are noisy",
        paper="Bae et al., ICLR 2024, arXiv 2403.02690; estimation repaired for small classes",
        default=False,
        check=f"{M}.schedule.noise:check_noise",
    ),
)
