"""Samplers that repeat or make rows."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import LI, RATIO, TAU, K, M

ROWS = (
    MethodInfo(
        name="temperature_sampling",
        kind="sampler",
        target=f"{M}.resample.temperature:TemperatureSampler",
        params=(TAU,),
        summary="Draw the training rows anew with class shares p(k; tau)",
        paper=f"{LI}; here one draw of n rows, since these learners do not train by mini-batches",
    ),
    MethodInfo(
        name="random_over",
        kind="sampler",
        target=f"{M}.resample.random_over:RandomOver",
        params=(RATIO,),
        summary="Repeat random rows of the rare classes",
        paper="imbalanced-learn RandomOverSampler",
        aliases=("ros", "random_oversampling", "oversample"),
    ),
    MethodInfo(
        name="smote",
        kind="sampler",
        cost=2,
        target=f"{M}.resample.smote:Smote",
        params=(
            K,
            RATIO,
            Param(
                name="variant",
                type="choice",
                default="auto",
                choices=("auto", "plain", "nc", "n"),
                summary="Plain, NC (mixed) or N (nominal); auto looks at the columns",
            ),
            Param(
                name="gap",
                type="choice",
                default="segment",
                choices=("segment", "box"),
                summary="One gap a synthetic row, or one a number (the paper's pseudo-code)",
            ),
        ),
        summary="Interpolate between neighbouring rare rows (SMOTE, -NC or -N)",
        paper="Chawla, Bowyer, Hall, Kegelmeyer, JAIR 16 (2002), arXiv 1106.1813",
    ),
    MethodInfo(
        name="borderline_smote",
        kind="sampler",
        cost=2,
        target=f"{M}.resample.borderline:BorderlineSmote",
        params=(
            K,
            RATIO,
            Param(name="m_neighbors", type="int", default=10, low=1, summary="Neighbours that decide danger"),
            Param(
                name="kind",
                type="choice",
                default="borderline-1",
                choices=("borderline-1", "borderline-2"),
                summary="Partner class of the interpolation",
            ),
        ),
        summary="SMOTE only from rare rows near the border",
        paper="Han, Wang, Mao, ICIC 2005, doi:10.1007/11538059_91",
        aliases=("borderline",),
    ),
    MethodInfo(
        name="adasyn",
        kind="sampler",
        cost=2,
        target=f"{M}.resample.adasyn:Adasyn",
        params=(
            Param(
                name="n_neighbors", type="int", default=5, low=1, summary="Neighbours that count difficulty"
            ),
            RATIO,
        ),
        summary="SMOTE with more synthetic rows where the rare class is outnumbered",
        paper="He, Bai, Garcia, Li, IJCNN 2008, doi:10.1109/IJCNN.2008.4633969",
    ),
    MethodInfo(
        name="rcal",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{M}.resample.rcal:RepresentationCalibration",
        params=(
            RATIO,
            Param(
                name="borrow",
                type="float",
                default=0.2,
                low=0.0,
                high=1.0,
                summary="Weight of larger classes' statistics against the class's own",
            ),
            Param(name="n_heads", type="int", default=3, low=1, summary="Larger classes to borrow from"),
        ),
        summary="Draw rare rows from a Gaussian that leans on the nearest larger classes",
        paper="Zhang et al. (RCAL), ICCV 2023, arXiv 2211.10955; mixing weights are ours",
        aliases=("gaussian_calibration",),
    ),
    MethodInfo(
        name="svm_smote",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{M}.resample.svm_smote:SvmSmote",
        params=(
            K,
            RATIO,
            Param(name="m_neighbors", type="int", default=10, low=1, summary="Neighbours that decide danger"),
            Param(
                name="out_step", type="float", default=0.5, low=0.0, high=1.0, summary="Longest step outwards"
            ),
        ),
        summary="SMOTE from the support vectors of the rare classes",
        paper="Nguyen, Cooper, Kamei, IJKESDP 3(1) (2011), doi:10.1504/IJKESDP.2011.039875",
    ),
    MethodInfo(
        name="kmeans_smote",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{M}.resample.kmeans_smote:KMeansSmote",
        params=(
            Param(
                name="k_neighbors",
                type="int",
                default=2,
                low=1,
                summary="Minority neighbours in a cluster to interpolate with",
            ),
            RATIO,
            Param(name="n_clusters", type="int", default=8, low=1, summary="Clusters of all rows"),
            Param(
                name="balance",
                type="float",
                default=None,
                low=0.0,
                high=1.0,
                optional=True,
                summary="Least share of the class in a cluster; none means automatic",
            ),
        ),
        summary="SMOTE inside clusters, more where the rare rows are sparse",
        paper="Douzas, Bacao, Last, Information Sciences 465 (2018), doi:10.1016/j.ins.2018.06.056",
    ),
    MethodInfo(
        name="marginal_filter",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{M}.resample.marginals:MarginalFilter",
        params=(
            Param(
                name="columns",
                type="text",
                default=None,
                optional=True,
                summary="Columns, in quotes and separated by commas; none takes the categorical ones",
            ),
            Param(
                name="keep",
                type="float",
                default=0.5,
                low=0.01,
                high=1.0,
                summary="Share of the synthetic rows that stays",
            ),
            Param(
                name="target",
                type="choice",
                default="class",
                choices=("class", "table", "even"),
                summary="Wanted shares: of the class's own rows, of all rows, or equal ones",
            ),
            K,
            RATIO,
        ),
        summary="Thin synthetic rows until chosen columns have the marginals wanted",
        paper="ours; raking, then a systematic draw. Alone it makes its rows by SMOTE",
        aliases=("filter_marginals",),
    ),
)
