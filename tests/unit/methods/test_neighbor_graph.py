"""The neighbour graph: certified short cuts give the answers of a full search."""

import numpy as np
import pytest
from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from imbtool.core.types import Layout
from imbtool.methods.resample.agreement import agreeing
from imbtool.methods.resample.cells import Cells
from imbtool.methods.resample.cleaning import edited, without_tomek_links
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.ncr import NeighbourhoodCleaning
from imbtool.methods.resample.smote_enn import SmoteEnn
from imbtool.methods.resample.smote_tomek import SmoteTomek
from imbtool.methods.resample.space import SampleSpace
from imbtool.registry import method

# Enough rows for the blocked search and the cells.
N = 2600


def plain(rng, width):
    y = (rng.random(N) < 0.06).astype(np.int64)
    return rng.normal(size=(N, width)) + 1.5 * y[:, None] * (np.arange(width) < 4), y


def rounded(rng, width):
    X, y = plain(rng, width)
    return np.round(X, 1), y


def twins(rng, width):
    X, y = plain(rng, width)
    X[: N // 4] = X[N // 4 : 2 * (N // 4)]
    return X, y


def binary_columns(rng, width):
    return (rng.random((N, width)) < 0.1).astype(float), (rng.random(N) < 0.1).astype(np.int64)


def far_from_the_origin(rng, width):
    X, y = plain(rng, width)
    return X + 1e5, y


def heavy_tail(rng, width):
    X, y = plain(rng, width)
    X[:, 0] *= np.exp(3 * rng.normal(size=N))
    return X, y


def three_classes(rng, width):
    X, _ = plain(rng, width)
    y = rng.choice(3, N, p=[0.5, 0.35, 0.15])
    return X + 0.8 * y[:, None] * (np.arange(width) < 4), y


TABLES = (plain, rounded, twins, binary_columns, far_from_the_origin, heavy_tail, three_classes)


@pytest.fixture(
    scope="module",
    params=[(make, width) for make in TABLES for width in (7, 24)],
    ids=lambda p: f"{p[0].__name__}-{p[1]}",
)
def table(request):
    make, width = request.param
    return make(np.random.default_rng(width), width)


def truth(matrix, rows, k):
    with threadpool_limits(1):
        return NearestNeighbors(n_neighbors=k).fit(matrix).kneighbors(matrix[rows], return_distance=False)


@pytest.mark.parametrize("k", [2, 4])
def test_neighbours_are_scikit_learns_ties_included(k, table):
    X, y = table
    graph, rows = NeighborGraph(X), np.flatnonzero(y == 1)
    some = rows[::7]
    np.testing.assert_array_equal(graph.nearest(some, k, rows), truth(X, rows, k)[::7])
    np.testing.assert_array_equal(graph.nearest(rows, k), truth(X, rows, k))


def test_neighbours_do_not_hang_on_what_was_asked_before(table):
    X, y = table
    asked, fresh = NeighborGraph(X), NeighborGraph(X)
    asked.nearest(np.arange(0, N, 40), 2)
    asked.nearest(np.arange(0, N, 60), 15)
    asked.contested(y, 0, 1)
    rows = np.flatnonzero(y == 1)
    np.testing.assert_array_equal(asked.nearest(rows, 5), fresh.nearest(rows, 5))


def test_rows_that_are_not_contested_have_enough_kin_nearer_than_any_foreigner(table):
    X, y = table
    left_out = np.setdiff1d(np.flatnonzero(y == 0), NeighborGraph(X).contested(y, 0, 3))
    near = truth(X, np.flatnonzero(y == 0), 4)[np.searchsorted(np.flatnonzero(y == 0), left_out)]
    assert (y[near] == 0).all()


def test_most_rows_of_an_easy_table_are_not_contested():
    X, y = plain(np.random.default_rng(0), 24)
    assert len(NeighborGraph(X).contested(y, 0, 3)) < 0.4 * N


@pytest.mark.parametrize("strategy", ["auto", "all"])
@pytest.mark.parametrize(("kind", "k"), [("all", 3), ("mode", 3), ("mode", 4)])
def test_edited_rows_are_imbalanced_learns(strategy, kind, k, table):
    X, y = table
    cleaned = set(y) if strategy == "all" else set(y) - {np.argmin(np.bincount(y))}
    theirs = EditedNearestNeighbours(sampling_strategy=strategy, kind_sel=kind, n_neighbors=k)
    with threadpool_limits(1):
        theirs.fit_resample(X, y)
    np.testing.assert_array_equal(
        edited(NeighborGraph(X), y, cleaned, k=k, kind=kind), theirs.sample_indices_
    )


def test_tomek_links_are_imbalanced_learns(table):
    X, y = table
    theirs = TomekLinks(sampling_strategy="all")
    with threadpool_limits(1):
        theirs.fit_resample(X, y)
    np.testing.assert_array_equal(without_tomek_links(NeighborGraph(X), y, set(y)), theirs.sample_indices_)


def test_bounds_lie_below_the_distance_and_are_close_to_it(table):
    X, y = table
    rows, others = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    bound = Cells(X).nearest_bounds(rows, others)
    squared = cdist(X[rows], X[others], "sqeuclidean").min(axis=1)
    centred = X - X.mean(axis=0)
    scale = (centred**2).sum(axis=1).max()
    assert (bound <= squared * (1 + 1e-12)).all()
    assert (bound >= squared - 1e-3 * scale).all()


def test_a_row_is_surrounded_only_by_rows_that_are_nearer(table):
    X, y = table
    rows, cells = np.flatnonzero(y == 0)[:300], Cells(X)
    squared = np.sort(cdist(X[rows], X, "sqeuclidean"), axis=1)
    for enough in (2, 4):
        assert not cells.surrounded(rows, squared[:, enough - 1], enough).any()
    spread = ((X - X.mean(axis=0)) ** 2).sum(axis=1).max()
    assert cells.surrounded(rows, squared[:, 3] + spread, 4).all()


def test_two_rows_of_one_class_among_many_are_contested():
    X, y = plain(np.random.default_rng(1), 20)
    y[:] = 0
    y[:2] = 1
    np.testing.assert_array_equal(NeighborGraph(X).contested(y, 1, 3), [0, 1])
    assert not agreeing(NeighborGraph(X), y, 1, k=3, kind="all").any()


LAYOUT = Layout(names=tuple(f"x{j}" for j in range(20)), levels=(0,) * 20)


def test_the_graph_of_the_fitted_rows_is_shared_and_of_others_is_not():
    X, _ = plain(np.random.default_rng(2), 20)
    space = SampleSpace(X, LAYOUT)
    assert space.graph(X) is space.graph(X)
    other = X.copy()
    assert space.graph(other) is not space.graph(X)


@pytest.mark.parametrize(
    "order", [(SmoteEnn, SmoteTomek), (SmoteTomek, SmoteEnn)], ids=["enn first", "tomek first"]
)
def test_hybrids_share_one_table_and_the_sharing_changes_nothing(order):
    X, y = plain(np.random.default_rng(3), 20)
    space, grown = SampleSpace(X, LAYOUT), []
    for make in order:
        shared = make().resample(X, y, layout=LAYOUT, random_state=5, space=space)
        alone = make().resample(X, y, layout=LAYOUT, random_state=5)
        np.testing.assert_array_equal(shared.X, alone.X)
        np.testing.assert_array_equal(shared.source, alone.source)
        grown.append(shared)
    assert grown[0].y.sum() != grown[1].y.sum() or len(grown[0].y) != len(grown[1].y)
    another = order[0]().resample(X, y, layout=LAYOUT, random_state=6, space=space)
    assert not np.array_equal(another.X, grown[0].X)


ALL = ("borderline_smote", "adasyn", "tomek", "enn", "ncr", "renn", "all_knn", "smote_enn", "smote_tomek")


@pytest.mark.parametrize("make", [rounded, three_classes])
def test_samplers_that_share_a_space_give_what_they_give_alone_in_any_order(make):
    X, y = make(np.random.default_rng(6), 20)
    alone = {name: method(name).load()().resample(X, y, layout=LAYOUT, random_state=2) for name in ALL}
    for order in (ALL, ALL[::-1]):
        space = SampleSpace(X, LAYOUT)
        for name in order:
            drawn = method(name).load()().resample(X, y, layout=LAYOUT, random_state=2, space=space)
            np.testing.assert_array_equal(drawn.X, alone[name].X, err_msg=name)
            np.testing.assert_array_equal(drawn.source, alone[name].source, err_msg=name)


def test_other_labels_of_the_same_rows_are_another_question():
    X, y = plain(np.random.default_rng(4), 20)
    space = SampleSpace(X, LAYOUT)
    turned = 1 - y
    for labels in (y, turned):
        shared = NeighbourhoodCleaning().resample(X, labels, layout=LAYOUT, random_state=0, space=space)
        alone = NeighbourhoodCleaning().resample(X, labels, layout=LAYOUT, random_state=0)
        np.testing.assert_array_equal(shared.source, alone.source)
