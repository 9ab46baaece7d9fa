"""Tomek links and edited nearest neighbours."""

import numpy as np
import pytest
from imblearn.under_sampling import EditedNearestNeighbours as TheirEnn
from imblearn.under_sampling import TomekLinks
from threadpoolctl import threadpool_limits

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.resample.agreement import agreeing
from imbtool.methods.resample.cleaning import edited, without_tomek_links
from imbtool.methods.resample.enn import EditedNearestNeighbours
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.neighbors import nearest
from imbtool.methods.resample.tomek import Tomek
from imbtool.testing.tables import table


def brute_force_links(matrix, y):
    distance = ((matrix[:, None] - matrix[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    near = distance.argmin(axis=1)
    return [i for i in range(len(y)) if near[near[i]] == i and y[near[i]] != y[i]]


@pytest.mark.parametrize("width", [2, 25])
def test_links_are_those_of_the_definition(width):
    rng = np.random.default_rng(width)
    matrix = rng.normal(size=(120, width))
    y = (rng.random(120) < 0.3).astype(np.int64)
    links = brute_force_links(matrix, y)
    assert links
    for cleaned in ((0,), (1,), (0, 1)):
        kept = without_tomek_links(NeighborGraph(matrix), y, cleaned)
        gone = [i for i in links if y[i] in cleaned]
        np.testing.assert_array_equal(kept, np.setdiff1d(np.arange(120), gone))


@pytest.mark.parametrize("k", [1, 3])
def test_edited_rows_are_those_of_the_definition(k):
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(100, 3))
    y = np.sort(rng.random(100) < 0.3).astype(np.int64)
    distance = ((matrix[:, None] - matrix[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    alike = (y[np.argsort(distance, axis=1)[:, :k]] == y[:, None]).all(axis=1)
    kept = edited(NeighborGraph(matrix), y, (0,), k=k, kind="all")
    np.testing.assert_array_equal(kept, np.flatnonzero(alike | (y == 1)))


def separated(n, width, seed):
    """Two classes that overlap a little, without ties."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    return rng.normal(size=(n, width)) + 2.0 * y[:, None] * (np.arange(width) < 3), y


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("label", [0, 1])
def test_unanimous_rows_of_wide_matrices_are_those_of_a_full_search(k, label):
    matrix, y = separated(1500, 20, seed=k)
    own = np.flatnonzero(y == label)
    expected = (y[nearest(matrix, k + 1)[own, 1:]] == label).all(axis=1)
    assert 0 < expected.sum() < len(own)
    np.testing.assert_array_equal(agreeing(NeighborGraph(matrix), y, label, k=k, kind="all"), expected)


@pytest.mark.parametrize("seed", range(3))
def test_ties_and_twins_of_wide_matrices_fall_as_in_a_full_search(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 2, size=(700, 16)).astype(float)
    matrix[:60] = matrix[60:120]
    y = (rng.random(700) < 0.3).astype(np.int64)
    theirs = TheirEnn(sampling_strategy="all")
    with threadpool_limits(1):
        theirs.fit_resample(matrix, y)
        links = TomekLinks(sampling_strategy="all")
        links.fit_resample(matrix, y)
    np.testing.assert_array_equal(
        edited(NeighborGraph(matrix), y, (0, 1), k=3, kind="all"), theirs.sample_indices_
    )
    np.testing.assert_array_equal(
        without_tomek_links(NeighborGraph(matrix), y, (0, 1)), links.sample_indices_
    )


def test_a_class_of_one_row_has_contradicting_neighbours():
    matrix, y = separated(400, 20, seed=0)
    y[:] = 0
    y[0] = 1
    assert not agreeing(NeighborGraph(matrix), y, 1, k=3, kind="all").any()


def test_cleaning_never_touches_the_smallest_class():
    part = table("three classes", (100, 60, 20), seed=0)
    for method in (Tomek(), EditedNearestNeighbours(kind_sel="mode")):
        drawn = method.resample(part.X, part.y, layout=part.layout, random_state=0)
        assert (drawn.y == 2).sum() == 20
        assert len(drawn.y) < 180


def test_emptying_a_class_is_not_applicable_and_says_which():
    y = np.repeat([0, 1], [9, 8]).astype(np.int64)
    X = np.concatenate((np.arange(9.0), np.arange(8) + 0.5))[:, None]
    with pytest.raises(
        NotApplicableError, match=r"^[a-z_]+ would remove every row of class 0 \(9 in the training part\)"
    ):
        EditedNearestNeighbours().resample(X, y, layout=Layout(names=("x",), levels=(0,)), random_state=0)


def test_more_neighbours_than_rows_are_clipped():
    part = table("small", (9, 3), seed=0)
    with pytest.raises(NotApplicableError, match="would remove every row"):
        EditedNearestNeighbours(n_neighbors=50).resample(part.X, part.y, layout=part.layout, random_state=0)
