"""Samplers that make rows and then take some away."""

from __future__ import annotations

from imbtool.core.info import MethodInfo, Param
from imbtool.methods.catalog.shared import RATIO, K, M

ROWS = (
    MethodInfo(
        name="smote_enn",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.smote_enn:SmoteEnn",
        params=(
            K,
            RATIO,
            Param(name="n_neighbors", type="int", default=3, low=1, summary="Neighbours that vote"),
        ),
        summary="SMOTE, then edited nearest neighbours on all classes",
        when="Weak learners and overlap: recall counts more than precision",
        paper="Batista, Prati, Monard, SIGKDD Explorations 2004, doi:10.1145/1007730.1007735",
        aliases=("smoteenn",),
    ),
    MethodInfo(
        name="smote_tomek",
        kind="sampler",
        cost=3,
        target=f"{M}.resample.smote_tomek:SmoteTomek",
        params=(K, RATIO),
        summary="SMOTE, then removal of Tomek links on all classes",
        when="As smote, with a light cleaning",
        paper="Batista, Bazzan, Monard, WOB 2003",
        aliases=("smotetomek",),
    ),
)
