"""Samplers that make rows in other ways than SMOTE: the leaders of smote-variants' ranking."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, K, M

_V = f"{M}.resample.variants"

ROWS = (
    MethodInfo(
        name="polynom_fit_smote",
        kind="sampler",
        default=False,
        target=f"{_V}.polynom_fit:PolynomFitSmote",
        params=(
            Param(
                name="topology",
                type="choice",
                default="star",
                choices=("star", "bus", "mesh", "curve"),
                summary="Lines to the mean, to the next row, between all rows, or a fitted curve",
            ),
            Param(name="degree", type="int", default=3, low=1, high=20, summary="Degree of the curve"),
            RATIO,
        ),
        summary="Place rows at equal distances on lines through a rare class",
        when="The rare class lies along lines or around a centre",
        paper="Gazzah, Essoukri Ben Amara, DAS 2008, doi:10.1109/DAS.2008.74",
        aliases=("polynom_fit",),
    ),
    MethodInfo(
        name="prowsyn",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.prowsyn:ProWSyn",
        params=(
            Param(
                name="k_neighbors",
                type="int",
                default=5,
                low=1,
                summary="Rare rows that each other row counts as close",
            ),
            Param(name="levels", type="int", default=5, low=1, summary="Levels of closeness"),
            Param(
                name="theta", type="float", default=1.0, low=0.0, summary="How fast the weight falls by level"
            ),
            RATIO,
        ),
        summary="Interpolate more where rare rows are close to other classes",
        when="Rare rows far from the other classes need no help",
        paper=(
            "Barua, Islam, Murase, PAKDD 2013, doi:10.1007/978-3-642-37456-2_27; "
            "partners from the same level, as smote-variants reads it"
        ),
    ),
    MethodInfo(
        name="smote_ipf",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{_V}.smote_ipf:SmoteIpf",
        params=(
            K,
            RATIO,
            Param(name="n_parts", type="int", default=9, low=2, summary="Parts, one tree on each"),
            Param(
                name="share",
                type="float",
                default=0.01,
                low=0.0,
                high=1.0,
                summary="Rounds end when fewer rows than this share are removed",
            ),
            Param(
                name="voting",
                type="choice",
                default="majority",
                choices=("majority", "consensus"),
                summary="Trees that must agree on noise",
            ),
        ),
        summary="SMOTE, then removal of rows that trees take for another class",
        when="Labels are noisy and SMOTE multiplies the noise",
        paper=(
            "Saez, Luengo, Stefanowski, Herrera, Information Sciences 291 (2015), "
            "doi:10.1016/j.ins.2014.08.051; scikit-learn's trees in place of C4.5"
        ),
    ),
    MethodInfo(
        name="lee_smote",
        kind="sampler",
        cost=3,
        default=False,
        target=f"{_V}.lee:LeeSmote",
        params=(
            K,
            Param(
                name="rejection",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Share of foreign neighbours above which a row is rejected",
            ),
            RATIO,
        ),
        summary="SMOTE that rejects rows in the midst of other classes",
        when="SMOTE puts rows into the midst of the other class",
        paper="Lee, Kim, Lee, IMCOM 2015, doi:10.1145/2701126.2701181; stops after ten candidates a row",
        aliases=("lee",),
    ),
    MethodInfo(
        name="smobd",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.smobd:Smobd",
        params=(
            Param(
                name="eta",
                type="float",
                default=0.5,
                low=0.0,
                high=1.0,
                summary="Weight of the core distance against close rows",
            ),
            Param(
                name="noise",
                type="float",
                default=1.8,
                low=0.0,
                summary="Multiple of the mean distances that makes a row noise",
            ),
            Param(
                name="min_samples", type="int", default=5, low=2, summary="Rows that reach the core distance"
            ),
            RATIO,
        ),
        summary="Interpolate by the density around each rare row, not from noise",
        when="The rare class has dense cores and outliers",
        paper="Cao, Wang, ICIII 2011, doi:10.1109/ICIII.2011.276, as smote-variants reads it",
    ),
    MethodInfo(
        name="geometric_smote",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.geometric:GeometricSmote",
        params=(
            K,
            Param(
                name="selection",
                type="choice",
                default="combined",
                choices=("combined", "minority", "majority"),
                summary="Rows that the surface of a ball goes through",
            ),
            Param(
                name="truncation",
                type="float",
                default=1.0,
                low=-1.0,
                high=1.0,
                summary="How much of the ball is cut off, and on which side",
            ),
            Param(
                name="deformation",
                type="float",
                default=0.0,
                low=0.0,
                high=1.0,
                summary="How much the ball is squeezed to a segment",
            ),
            RATIO,
        ),
        summary="Draw rows inside balls around rare rows (G-SMOTE)",
        when="Segments between rare rows are too narrow a place",
        paper="Douzas, Bacao, Information Sciences 501 (2019), doi:10.1016/j.ins.2019.06.007",
        aliases=("g_smote",),
    ),
    MethodInfo(
        name="ccr",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.ccr:CombinedCleaningResampling",
        params=(
            Param(name="energy", type="float", default=0.25, low=0.0, summary="Budget of each sphere"),
            RATIO,
        ),
        summary="Push frequent rows out of spheres around rare ones and fill these",
        when="Frequent rows stand right among the rare ones",
        paper=(
            "Koziarski, Wozniak, AMCS 27(4) (2017), doi:10.1515/amcs-2017-0050; "
            "only rows of larger classes are pushed"
        ),
    ),
    MethodInfo(
        name="lvq_smote",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.lvq:LvqSmote",
        params=(
            Param(
                name="k_neighbors",
                type="int",
                default=5,
                low=1,
                summary="Rows around a code that may be moved",
            ),
            Param(name="n_codes", type="int", default=10, low=4, high=50, summary="Code vectors of a class"),
            RATIO,
        ),
        summary="Repeat the pattern around one code vector around another",
        when="The rare class has repeating local patterns",
        paper=(
            "Nakamura, Kajiwara, Otsuka, Kimura, BioData Mining 6:16 (2013), doi:10.1186/1756-0381-6-16; "
            "patterns from the class itself instead of reference data, as in smote-variants"
        ),
    ),
    MethodInfo(
        name="assembled_smote",
        kind="sampler",
        cost=2,
        default=False,
        target=f"{_V}.assembled:AssembledSmote",
        params=(
            K,
            Param(name="least", type="int", default=2, low=1, summary="Smaller pieces are always joined"),
            Param(
                name="similar",
                type="float",
                default=0.3,
                low=0.0,
                high=1.0,
                summary="Cosine of directions above which pieces are joined",
            ),
            RATIO,
        ),
        summary="SMOTE inside pieces of the border that run in one direction",
        when="The border runs in pieces of different direction",
        paper="Zhou, Yang, Guo, Hu, IJCNN 2013, doi:10.1109/IJCNN.2013.6707035",
    ),
)
