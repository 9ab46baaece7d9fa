"""SVM-SMOTE, k-means SMOTE, cluster centroids, instance hardness: imbalanced-learn's rows, and ours."""

import numpy as np
import pytest
from imblearn.over_sampling import SVMSMOTE, KMeansSMOTE
from imblearn.under_sampling import ClusterCentroids as TheirCentroids
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.resample.cluster_centroids import ClusterCentroids
from imbtool.methods.resample.instance_hardness import InstanceHardness
from imbtool.methods.resample.kmeans_smote import KMeansSmote
from imbtool.methods.resample.space import SampleSpace
from imbtool.methods.resample.svm_smote import SvmSmote
from imbtool.testing.tables import table

SEED = 5
PAIRS = {
    "svm_smote": (SvmSmote(), SVMSMOTE(random_state=SEED)),
    "svm_smote, short steps": (
        SvmSmote(m_neighbors=6, out_step=0.1, ratio=0.6),
        SVMSMOTE(random_state=SEED, m_neighbors=6, out_step=0.1, sampling_strategy=0.6),
    ),
    "kmeans_smote": (
        KMeansSmote(balance=0.05),
        KMeansSMOTE(random_state=SEED, cluster_balance_threshold=0.05, kmeans_estimator=8),
    ),
    "kmeans_smote, two clusters": (
        KMeansSmote(n_clusters=2, balance=0.01, k_neighbors=4),
        KMeansSMOTE(random_state=SEED, kmeans_estimator=2, cluster_balance_threshold=0.01, k_neighbors=4),
    ),
    "cluster_centroids": (ClusterCentroids(), TheirCentroids(random_state=SEED)),
    "cluster_centroids, hard": (
        ClusterCentroids(voting="hard", ratio=0.5),
        TheirCentroids(random_state=SEED, voting="hard", sampling_strategy=0.5),
    ),
    "instance_hardness": (InstanceHardness(cv=2), InstanceHardnessThreshold(random_state=SEED, cv=2)),
    "instance_hardness, few trees": (
        InstanceHardness(n_estimators=7),
        InstanceHardnessThreshold(estimator=RandomForestClassifier(n_estimators=7), random_state=SEED),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("kind", ["continuous", "ties and duplicates"])
def test_rows_equal_imbalanced_learns(name, kind):
    X, y = make_classification(
        500, 6, n_informative=4, n_redundant=0, weights=[0.85], class_sep=0.7, random_state=2
    )
    X = X * [1, 10, 0.1, 3, 100, 1] + 7
    if kind != "continuous":
        X = np.round(X / [1, 10, 0.1, 3, 100, 1], 1)
    y = y.astype(np.int64)
    ours, theirs = PAIRS[name]
    scaler = StandardScaler().fit(X)
    with threadpool_limits(1):
        expected, labels = theirs.fit_resample(scaler.transform(X), y)
    layout = Layout(names=tuple("abcdef"), levels=(0,) * 6)
    drawn = ours.resample(X, y, layout=layout, random_state=SEED)
    np.testing.assert_array_equal(drawn.y, labels)
    np.testing.assert_allclose(scaler.transform(drawn.X), expected, rtol=0, atol=1e-9)


def run(sampler, part):
    return sampler.resample(part.X, part.y, layout=part.layout, random_state=SEED)


@pytest.mark.parametrize("sampler", [SvmSmote(), KMeansSmote()])
def test_interpolators_of_numbers_name_the_categories_they_cannot_read(sampler):
    with pytest.raises(NotApplicableError, match="interpolates numbers only; found categorical features x4"):
        run(sampler, table("mixed", (60, 12), levels=(3,)))


@pytest.mark.parametrize("sampler", [SvmSmote(), KMeansSmote(balance=0.0, n_clusters=1)])
def test_a_missing_cell_comes_from_the_nearest_row_of_the_class(sampler):
    part = table("gaps", (80, 15), n_numeric=3, seed=1)
    part.X[part.y == 1, 1] = np.nan
    drawn = run(sampler, part)
    new = drawn.X[drawn.source < 0]
    assert len(new)
    assert np.isnan(new[:, 1]).all()
    assert np.isfinite(new[:, [0, 2]]).all()


def test_kmeans_smote_stays_in_the_range_of_the_class_to_the_bit():
    part = table("any", (80, 15), seed=1)
    part.X[part.y == 1, 0] = 0.1
    drawn = run(KMeansSmote(balance=0.0, n_clusters=2), part)
    assert set(drawn.X[drawn.source < 0, 0]) == {0.1}


def test_no_cluster_with_enough_rare_rows_is_not_applicable():
    part = table("any", (200, 3), seed=0)
    with pytest.raises(NotApplicableError, match="rows of a rare class that are at least 1 of it") as caught:
        run(KMeansSmote(balance=1.0), part)
    assert caught.value.code == "nothing-to-generate"
    assert "A rare class is 0.015 of the rows" in caught.value.hint


def test_kmeans_smote_takes_the_clusters_where_a_really_rare_class_is_most_frequent():
    part = table("any", (400, 12), seed=2)
    space = SampleSpace(part.X, part.layout)
    standard = space.standard(space.numbers(part.X))
    with pytest.raises(RuntimeError, match="No clusters found"):
        KMeansSMOTE(random_state=SEED, kmeans_estimator=4).fit_resample(standard, part.y)
    drawn = run(KMeansSmote(n_clusters=4), part)
    assert (drawn.y == 1).sum() >= 400
    named = run(KMeansSmote(n_clusters=4, balance=12 / 412 - 1e-9), part)
    np.testing.assert_array_equal(drawn.X, named.X)


def test_equal_rare_rows_are_not_applicable_to_kmeans_smote():
    part = table("any", (80, 15), seed=0)
    part.X[part.y == 1] = 1.0
    with pytest.raises(NotApplicableError, match="no cluster with more than"):
        run(KMeansSmote(balance=0.0, n_clusters=1), part)


def test_support_vectors_that_are_all_noise_are_not_applicable():
    y = np.repeat([0, 1], [60, 2]).astype(np.int64)
    X = np.random.default_rng(0).normal(size=(62, 2))
    X[:30, 0] += 20
    X[60], X[61] = X[0] + 1e-9, X[59] - 1e-9
    layout = Layout(names=("a", "b"), levels=(0, 0))
    with pytest.raises(NotApplicableError, match="all support vectors of a rare class are noise"):
        SvmSmote(m_neighbors=5).resample(X, y, layout=layout, random_state=0)


def test_centres_take_the_most_frequent_category_and_gap_of_their_cluster():
    layout = Layout(names=("n", "c"), levels=(0, 3))
    far = np.repeat([0.0, 1000.0], [5, 5])
    code = np.array([1, 1, 1, 0, 2, 2, 2, np.nan, 2, 0])
    X = np.column_stack([np.append(far, [1.0, 2.0]), np.append(code, [0.0, 0.0])])
    y = np.repeat([0, 1], [10, 2]).astype(np.int64)
    drawn = ClusterCentroids().resample(X, y, layout=layout, random_state=0)
    assert (np.bincount(drawn.y) == 2).all()
    assert sorted(map(tuple, drawn.X[drawn.source < 0])) == [(0.0, 1.0), (1000.0, 2.0)]


def test_hard_voting_keeps_rows_of_the_table():
    part = table("mixed", (60, 8), levels=(4,), missing=0.1)
    drawn = run(ClusterCentroids(voting="hard"), part)
    assert (drawn.source >= 0).all()
    np.testing.assert_array_equal(drawn.X, part.X[drawn.source])


def test_categories_alone_have_centres():
    drawn = run(ClusterCentroids(), table("categorical", (60, 8), n_numeric=0, levels=(3, 4)))
    np.testing.assert_array_equal(np.bincount(drawn.y), [8, 8])


def test_a_single_row_cannot_be_predicted_out_of_fold():
    with pytest.raises(NotApplicableError, match=r"at least 2 rows of class 1 .* found 1"):
        run(InstanceHardness(), table("one rare row", (40, 1)))


def test_hard_rows_go_first():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(60, 2)), rng.normal(size=(20, 2)) + 6])
    y = np.repeat([0, 1], [60, 20]).astype(np.int64)
    X[:10] = rng.normal(size=(10, 2)) + 6  # frequent rows among the rare ones
    layout = Layout(names=("a", "b"), levels=(0, 0))
    drawn = InstanceHardness(ratio=0.5).resample(X, y, layout=layout, random_state=0)
    assert not set(range(10)) & set(drawn.source)
    assert set(range(60, 80)) <= set(drawn.source)
