"""The table of methods: one row each. Importing it imports nothing heavy."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param

_M = "imbtool.methods"

_TAU = Param(
    name="tau", type="float", default=5.0, low=1.0, summary="Temperature; 1 is natural, larger is flatter"
)
_K = Param(
    name="k_neighbors", type="int", default=5, low=1, summary="Minority neighbours to interpolate with"
)
_RATIO = Param(
    name="ratio",
    type="float",
    default=1.0,
    low=0.0,
    high=1.0,
    summary="Rare to most frequent class after resampling; 1 is balanced",
)
_TUNE = Param(
    name="metric",
    type="choice",
    default=None,
    optional=True,
    choices=("f1", "mcc", "balanced_accuracy", "g_mean"),
    summary="Decision metric to maximise; none means the comparison's own",
)
_LI = "Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579"

METHODS = (
    MethodInfo(
        name="none",
        kind="baseline",
        cost=0,
        target=f"{_M}.baseline:Nothing",
        summary="Do nothing about the imbalance",
        aliases=("nothing", "plain"),
    ),
    MethodInfo(
        name="threshold",
        kind="threshold",
        cost=0,
        target=f"{_M}.postprocess.threshold:Threshold",
        params=(_TUNE,),
        summary="Move the decision threshold, chosen on inner out-of-fold scores",
        paper="Elkan, IJCAI 2001 (move the threshold, do not resample); multiclass by per-class offsets",
    ),
    MethodInfo(
        name="sigmoid",
        kind="calibrator",
        cost=0,
        target=f"{_M}.postprocess.sigmoid:SigmoidCalibrator",
        summary="Calibrate with a logistic curve (Platt)",
        paper="Platt 1999, with his smoothed targets",
        aliases=("platt",),
    ),
    MethodInfo(
        name="isotonic",
        kind="calibrator",
        cost=0,
        target=f"{_M}.postprocess.isotonic:IsotonicCalibrator",
        summary="Calibrate with a monotone step function",
        paper="Zadrozny & Elkan, KDD 2002, doi:10.1145/775047.775151",
    ),
    MethodInfo(
        name="temperature_scaling",
        kind="calibrator",
        cost=0,
        target=f"{_M}.postprocess.temperature:TemperatureCalibrator",
        summary="Calibrate by one divisor of the logits; keeps the order of the scores",
        paper="Guo, Pleiss, Sun, Weinberger, ICML 2017, arXiv 1706.04599",
    ),
    MethodInfo(
        name="class_weight",
        kind="reweighter",
        target=f"{_M}.reweight.balanced:BalancedWeights",
        summary="Weight each class by the inverse of its size",
        paper="King & Zeng, Political Analysis 2001; scikit-learn's class_weight='balanced'",
        aliases=("balanced", "balanced_weight"),
    ),
    MethodInfo(
        name="sqrt_weight",
        kind="reweighter",
        target=f"{_M}.reweight.square_root:SquareRootWeights",
        summary="Weight each class by the inverse square root of its size",
        paper="Equals scalarization at tau=2 (Mikolov et al., NeurIPS 2013, used it for sampling)",
        aliases=("sqrt", "square_root"),
    ),
    MethodInfo(
        name="effective_number",
        kind="reweighter",
        target=f"{_M}.reweight.effective_number:EffectiveNumberWeights",
        params=(
            Param(
                name="beta",
                type="float",
                default=0.999,
                low=0.0,
                high=0.999999,
                summary="Overlap; 0 is no weighting, towards 1 the inverse class size",
            ),
        ),
        summary="Weight each class by its effective number of samples",
        paper="Cui, Jia, Lin, Song, Belongie, CVPR 2019, arXiv 1901.05555; weights have mean 1 over rows",
    ),
    MethodInfo(
        name="scalarization",
        kind="reweighter",
        target=f"{_M}.reweight.scalarization:Scalarization",
        params=(_TAU,),
        summary="Temperature weights: classes weighted towards p(k; tau)",
        paper=f"{_LI}, theorem 1",
        aliases=("temperature_weight", "temperature_weights"),
    ),
    MethodInfo(
        name="temperature_sampling",
        kind="sampler",
        target=f"{_M}.resample.temperature:TemperatureSampler",
        params=(_TAU,),
        summary="Draw the training rows anew with class shares p(k; tau)",
        paper=f"{_LI}; here one draw of n rows, since these learners do not train by mini-batches",
    ),
    MethodInfo(
        name="cooldown",
        kind="schedule",
        target=f"{_M}.schedule.cooldown:Cooldown",
        params=(
            _TAU,
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
        paper=f"{_LI}; over boosting stages instead of updates (our adaptation)",
    ),
    MethodInfo(
        name="random_over",
        kind="sampler",
        target=f"{_M}.resample.random_over:RandomOver",
        params=(_RATIO,),
        summary="Repeat random rows of the rare classes",
        paper="imbalanced-learn RandomOverSampler",
        aliases=("ros", "random_oversampling", "oversample"),
    ),
    MethodInfo(
        name="random_under",
        kind="sampler",
        target=f"{_M}.resample.random_under:RandomUnder",
        params=(_RATIO,),
        summary="Keep a random part of the frequent classes",
        paper="imbalanced-learn RandomUnderSampler",
        aliases=("rus", "random_undersampling", "undersample"),
    ),
    MethodInfo(
        name="smote",
        kind="sampler",
        cost=2,
        target=f"{_M}.resample.smote:Smote",
        params=(
            _K,
            _RATIO,
            Param(
                name="variant",
                type="choice",
                default="auto",
                choices=("auto", "plain", "nc", "n"),
                summary="Plain, NC (mixed) or N (nominal); auto looks at the columns",
            ),
        ),
        summary="Interpolate between neighbouring rare rows (SMOTE, -NC or -N)",
        paper="Chawla, Bowyer, Hall, Kegelmeyer, JAIR 16 (2002), arXiv 1106.1813",
    ),
    MethodInfo(
        name="borderline_smote",
        kind="sampler",
        cost=2,
        target=f"{_M}.resample.borderline:BorderlineSmote",
        params=(
            _K,
            _RATIO,
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
        target=f"{_M}.resample.adasyn:Adasyn",
        params=(
            Param(
                name="n_neighbors", type="int", default=5, low=1, summary="Neighbours that count difficulty"
            ),
            _RATIO,
        ),
        summary="SMOTE with more synthetic rows where the rare class is outnumbered",
        paper="He, Bai, Garcia, Li, IJCNN 2008, doi:10.1109/IJCNN.2008.4633969",
    ),
    MethodInfo(
        name="tomek",
        kind="sampler",
        cost=3,
        target=f"{_M}.resample.tomek:Tomek",
        summary="Remove frequent rows that form a Tomek link with another class",
        paper="Tomek, IEEE SMC 1976, doi:10.1109/TSMC.1976.4309452",
        aliases=("tomek_links",),
    ),
    MethodInfo(
        name="enn",
        kind="sampler",
        cost=3,
        target=f"{_M}.resample.enn:EditedNearestNeighbours",
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
    MethodInfo(
        name="smote_enn",
        kind="sampler",
        cost=3,
        target=f"{_M}.resample.smote_enn:SmoteEnn",
        params=(
            _K,
            _RATIO,
            Param(name="n_neighbors", type="int", default=3, low=1, summary="Neighbours that vote"),
        ),
        summary="SMOTE, then edited nearest neighbours on all classes",
        paper="Batista, Prati, Monard, SIGKDD Explorations 2004, doi:10.1145/1007730.1007735",
        aliases=("smoteenn",),
    ),
    MethodInfo(
        name="smote_tomek",
        kind="sampler",
        cost=3,
        target=f"{_M}.resample.smote_tomek:SmoteTomek",
        params=(_K, _RATIO),
        summary="SMOTE, then removal of Tomek links on all classes",
        paper="Batista, Bazzan, Monard, WOB 2003",
        aliases=("smotetomek",),
    ),
    MethodInfo(
        name="easy_ensemble",
        kind="ensemble",
        cost=2,
        target=f"{_M}.ensemble.easy:EasyEnsemble",
        params=(
            Param(
                name="n_bags",
                type="int",
                default=10,
                low=2,
                high=1000,
                summary="Balanced bags, one learner each",
            ),
        ),
        summary="Average learners trained on balanced random parts",
        paper="Liu, Wu, Zhou, IEEE SMC-B 2009, doi:10.1109/TSMCB.2008.2007853; any learner for AdaBoost",
    ),
    MethodInfo(
        name="balanced_forest",
        kind="ensemble",
        cost=2,
        target=f"{_M}.ensemble.balanced_forest:BalancedForest",
        needs=("learner:forest",),
        params=(
            Param(name="n_trees", type="int", default=100, low=10, high=5000, summary="Number of trees"),
        ),
        summary="Random forest, each tree grown on a balanced bootstrap",
        paper="Chen, Liaw, Breiman, Berkeley TR 666, 2004; imbalanced-learn BalancedRandomForestClassifier",
        aliases=("balanced_random_forest", "brf"),
    ),
)
