"""What other libraries offer is in the catalogue, name by name."""

import pytest
from imblearn.utils.testing import all_estimators

from imbtool import registry

IMBALANCED_LEARN = {
    "ADASYN": "adasyn",
    "AllKNN": "all_knn",
    "BalancedBaggingClassifier": "under_bagging",
    "BalancedRandomForestClassifier": "balanced_forest",
    "BorderlineSMOTE": "borderline_smote",
    "ClusterCentroids": "cluster_centroids",
    "CondensedNearestNeighbour": "cnn",
    "EasyEnsembleClassifier": "easy_ensemble",
    "EditedNearestNeighbours": "enn",
    "InstanceHardnessThreshold": "instance_hardness",
    "KMeansSMOTE": "kmeans_smote",
    "NearMiss": "near_miss",
    "NeighbourhoodCleaningRule": "ncr",
    "OneSidedSelection": "one_sided",
    "RUSBoostClassifier": "rus_boost",
    "RandomOverSampler": "random_over",
    "RandomUnderSampler": "random_under",
    "RepeatedEditedNearestNeighbours": "renn",
    "SMOTE": "smote",
    "SMOTEENN": "smote_enn",
    "SMOTEN": "smote(variant=n)",
    "SMOTENC": "smote(variant=nc)",
    "SMOTETomek": "smote_tomek",
    "SVMSMOTE": "svm_smote",
    "TomekLinks": "tomek",
}
NO_METHOD = {
    "FunctionSampler": "wraps a function of the user's",
    "Pipeline": "a recipe is one",
    "ValueDifferenceMetric": "a distance, which smote(variant=n) uses",
}
IMBALANCED_ENSEMBLE = [
    "self_paced",
    "balance_cascade",
    "balanced_forest",
    "easy_ensemble",
    "rus_boost",
    "under_bagging",
    "over_boost",
    "smote_boost",
    "over_bagging",
    "smote_bagging",
    "ada_cost",
    "ada_uboost",
    "asym_boost",
]
SMOTE_VARIANTS = [
    "polynom_fit_smote",
    "prowsyn",
    "smote_ipf",
    "lee_smote",
    "smobd",
    "geometric_smote",
    "ccr",
    "lvq_smote",
    "assembled_smote",
    "smote_tomek",
]


def test_every_public_class_of_imbalanced_learn_has_its_method_or_a_reason():
    public = {name for name, _ in all_estimators()}
    assert public == IMBALANCED_LEARN.keys() | NO_METHOD.keys()


@pytest.mark.parametrize("recipe", [*IMBALANCED_LEARN.values(), *IMBALANCED_ENSEMBLE, *SMOTE_VARIANTS])
def test_it_is_a_method(recipe):
    assert registry.method(recipe.partition("(")[0]).load()


@pytest.mark.parametrize("name", IMBALANCED_ENSEMBLE)
def test_an_ensemble_is_bound_to_no_learner_unless_it_is_a_forest(name):
    assert registry.method(name).needs == (("learner:forest",) if name == "balanced_forest" else ())
