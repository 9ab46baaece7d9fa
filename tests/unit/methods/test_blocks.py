"""The blocked search answers as scikit-learn does, index for index, whatever the rows."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from imbtool.methods.resample import blocks
from imbtool.methods.resample.blocks import nearest_in_blocks


def theirs(rows, asked, k):
    with threadpool_limits(1):
        return NearestNeighbors(n_neighbors=k).fit(rows).kneighbors(asked, return_distance=False)


def make(kind, n, width):
    rng = np.random.default_rng(width)
    rows = rng.normal(size=(n, width))
    if kind == "a few twins":
        rows[rng.integers(0, n, 9)] = rows[rng.integers(0, n, 9)]
    if kind == "a grid":
        rows = np.round(rows)
    if kind == "heavy tails":
        rows = rng.standard_t(1.2, size=(n, width))
    if kind == "two far clouds":
        rows = rows * 1e-3 + 1e3 * rng.integers(0, 2, n)[:, None]
    if kind == "far from zero":
        rows = rows + 1e6
    if kind == "tiny":
        rows = rows * 1e-200
    if kind == "huge":
        rows = rows * 1e100
    if kind == "all equal":
        rows[:] = 1.0
    if kind == "constant columns":
        rows[:, 1:] = 0.0
    return rows


KINDS = (
    "plain",
    "a few twins",
    "a grid",
    "heavy tails",
    "two far clouds",
    "far from zero",
    "tiny",
    "huge",
    "all equal",
    "constant columns",
)


@pytest.mark.parametrize("width", [9, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_finds_what_scikit_learn_finds(kind, width):
    rows = make(kind, 2301, width)
    np.testing.assert_array_equal(nearest_in_blocks(rows, rows, 6), theirs(rows, rows, 6))


@pytest.mark.parametrize("kind", ["plain", "a few twins", "heavy tails"])
def test_other_rows_may_ask(kind):
    rows = make(kind, 5001, 18)
    asked = np.vstack((rows[::5], make("plain", 400, 18)))
    np.testing.assert_array_equal(nearest_in_blocks(rows, asked, 11), theirs(rows, asked, 11))


@pytest.mark.parametrize(("n", "k"), [(6, 6), (40, 1), (300, 40), (2300, 2)])
def test_few_rows_are_searched_too(n, k):
    rows = make("plain", n, 17)
    np.testing.assert_array_equal(nearest_in_blocks(rows, rows, k), theirs(rows, rows, k))


def test_plain_rows_are_certified_without_asking_scikit_learn(monkeypatch):
    monkeypatch.setattr(blocks, "_ask", lambda *_: pytest.fail("scikit-learn was asked"))
    rows = make("plain", 2301, 20)
    found = nearest_in_blocks(rows, rows, 6)
    np.testing.assert_array_equal(found[:, 0], np.arange(2301))


def test_only_the_blocks_with_ties_are_asked_again(monkeypatch):
    rows = make("plain", 4000, 20)
    rows[-1] = rows[-2]
    asked = []
    ask = blocks._ask
    monkeypatch.setattr(blocks, "_ask", lambda index, some: asked.append(len(some)) or ask(index, some))
    np.testing.assert_array_equal(nearest_in_blocks(rows, rows, 6), theirs(rows, rows, 6))
    assert len(asked) == 1
    assert asked[0] < 2000
