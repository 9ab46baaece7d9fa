"""Samplers that take rows away."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, M

_VOTERS = Param(name="n_neighbors", type="int", default=3, low=1, summary="Neighbours that vote")
_KIND = Param(
    name="kind_sel",
    type="choice",
    default="all",
    choices=("all", "mode"),
    summary="Keep a row when all, or most, neighbours share its class",
)
_SEEDS = Param(
    name="n_seeds", type="int", default=1, low=1, summary="Random rows of each frequent class to begin with"
)

ROWS = (
    MethodInfo(
        name="random_under",
        kind="sampler",
        target=f"{M}.resample.random_under:RandomUnder",
        params=(
            Param(
                name="ratio",
                type="float",
                default=1.0,
                low=0.0,
                high=20.0,
                summary="Rarest to every other class after resampling; 1 is balanced, 2 turns it round",
            ),
        ),
        summary="Keep a random part of the frequent classes",
        when="The table is large and time short; probabilities then need mending",
        paper="imbalanced-learn RandomUnderSampler",
        aliases=("rus", "random_undersampling", "undersample"),
    ),
    MethodInfo(
        name="tomek",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.tomek:Tomek",
        summary="Remove frequent rows that form a Tomek link with another class",
        when="Single frequent rows touch the rare class",
        paper="Tomek, IEEE SMC 1976, doi:10.1109/TSMC.1976.4309452",
        aliases=("tomek_links",),
    ),
    MethodInfo(
        name="enn",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.enn:EditedNearestNeighbours",
        params=(
            _VOTERS,
            _KIND,
        ),
        summary="Remove frequent rows that their neighbours contradict",
        when="Frequent rows stand among the rare ones by mistake",
        paper="Wilson, IEEE SMC 1972, doi:10.1109/TSMC.1972.4309137",
        aliases=("edited_nearest_neighbours",),
    ),
    MethodInfo(
        name="cluster_centroids",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.cluster_centroids:ClusterCentroids",
        params=(
            RATIO,
            Param(
                name="voting",
                type="choice",
                default="soft",
                choices=("soft", "hard"),
                summary="Take the centres, or the rows nearest to them",
            ),
        ),
        summary="Replace the frequent classes by the centres of clusters",
        when="Frequent rows are redundant and in compact clusters",
        paper="imbalanced-learn ClusterCentroids; categories of a centre by vote",
    ),
    MethodInfo(
        name="instance_hardness",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.instance_hardness:InstanceHardness",
        params=(
            RATIO,
            Param(name="cv", type="int", default=5, low=2, summary="Folds of the probabilities"),
        ),
        summary="Remove frequent rows that a forest takes for another class",
        when="Frequent rows overlap with the rare ones, and recall counts",
        paper="Smith, Martinez, Giraud-Carrier, Machine Learning 95 (2014), doi:10.1007/s10994-013-5422-z",
        aliases=("instance_hardness_threshold", "iht"),
    ),
    MethodInfo(
        name="renn",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.renn:RepeatedEdited",
        params=(
            _VOTERS,
            _KIND,
            Param(name="max_iter", type="int", default=100, low=1, summary="Rounds at most"),
        ),
        summary="Edited nearest neighbours, repeated until nothing is removed",
        when="One round of enn leaves overlap",
        paper="Tomek, IEEE SMC 1976, doi:10.1109/TSMC.1976.4309523",
        aliases=("repeated_enn", "repeated_edited_nearest_neighbours"),
    ),
    MethodInfo(
        name="all_knn",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.all_knn:AllKnn",
        params=(
            _VOTERS,
            _KIND,
            Param(
                name="allow_minority",
                type="bool",
                default=False,
                summary="Go on although a class has become smaller than the smallest was",
            ),
        ),
        summary="Edited nearest neighbours with 1, then 2, ... neighbours",
        when="Overlap of different width, cleaned step by step",
        paper="Tomek, IEEE SMC 1976, doi:10.1109/TSMC.1976.4309523",
        aliases=("allknn",),
    ),
    MethodInfo(
        name="ncr",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.ncr:NeighbourhoodCleaning",
        params=(
            _VOTERS,
            Param(
                name="threshold_cleaning",
                type="float",
                default=0.5,
                low=0.0,
                summary="Clean around rare rows in classes with more rows than this share of the rare",
            ),
        ),
        summary="Remove frequent rows that most neighbours contradict or that outvote a rare row",
        when="Overlap, and the rare rows' surroundings are to be cleaned too",
        paper="Laurikkala, AIME 2001, doi:10.1007/3-540-48229-6_9",
        aliases=("neighbourhood_cleaning_rule", "neighborhood_cleaning_rule"),
    ),
    MethodInfo(
        name="near_miss",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{M}.resample.near_miss:NearMiss",
        params=(
            Param(
                name="version",
                type="choice",
                default="1",
                choices=("1", "2", "3"),
                summary="Near the nearest rare rows (1), the farthest (2), or around each rare row (3)",
            ),
            Param(
                name="n_neighbors",
                type="int",
                default=3,
                low=1,
                summary="Rare rows whose distances are averaged",
            ),
            Param(
                name="n_neighbors_ver3",
                type="int",
                default=3,
                low=1,
                summary="Nearest rows of every rare row that version 3 takes",
            ),
            RATIO,
        ),
        summary="Keep the frequent rows that are nearest to rare ones",
        when="Seldom: a contrast at the border, at the price of the ranking",
        paper="Mani, Zhang, ICML workshop 2003",
        aliases=("nearmiss",),
    ),
    MethodInfo(
        name="cnn",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.cnn:Condensed",
        params=(_SEEDS,),
        summary="Keep frequent rows that the rows kept so far misclassify",
        when="The table must get small and borders matter more than density",
        paper="Hart, IEEE TIT 1968, doi:10.1109/TIT.1968.1054155",
        aliases=("condensed_nearest_neighbour",),
    ),
    MethodInfo(
        name="one_sided",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.one_sided:OneSided",
        params=(
            Param(name="n_neighbors", type="int", default=1, low=1, summary="Neighbours that classify"),
            _SEEDS,
        ),
        summary="Keep hard frequent rows, then remove Tomek links",
        when="Redundant frequent rows and noise at the border together",
        paper="Kubat, Matwin, ICML 1997",
        aliases=("one_sided_selection", "oss"),
    ),
)
