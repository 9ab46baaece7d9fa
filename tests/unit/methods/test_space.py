"""The space in which samplers measure distances."""

import copy

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from imbtool.core.types import Layout
from imbtool.methods.resample.nominal import NominalCode
from imbtool.methods.resample.space import SampleSpace

NAN = np.nan


def layout(*levels):
    return Layout(names=tuple(f"x{j}" for j in range(len(levels))), levels=levels)


def squared(matrix, i, j):
    return ((matrix[i] - matrix[j]) ** 2).sum()


def test_complete_numbers_are_standardised_to_the_bit():
    X = np.random.default_rng(0).normal(3, 5, size=(50, 4))
    space = SampleSpace(X, layout(0, 0, 0, 0))
    np.testing.assert_array_equal(space.distance(X), StandardScaler().fit_transform(X))
    assert not space.has_nominal


def test_a_constant_column_stays_finite():
    X = np.column_stack([np.full(9, 0.1), np.arange(9.0)])
    assert np.ptp(SampleSpace(X, layout(0, 0)).distance(X)[:, 0]) == 0


def test_missing_numbers_become_the_median_and_a_flag():
    X = np.array([[1.0, 1], [2, 2], [NAN, 3], [9, 4]])
    space = SampleSpace(X, layout(0, 0))
    assert space.flagged == (0,)
    assert space.numbers(X)[2, 0] == 2.0
    np.testing.assert_array_equal(space.nominal(X), [[0], [0], [1], [0]])


def test_a_missing_category_is_a_level_of_its_own():
    X = np.array([[0.0], [1], [NAN]])
    np.testing.assert_array_equal(SampleSpace(X, layout(2)).nominal(X), [[0], [1], [2]])


@pytest.mark.parametrize("n_levels", [2, 3, 40])
def test_a_differing_category_costs_one(n_levels):
    X = np.arange(n_levels, dtype=float)[:, None]
    matrix = SampleSpace(X, layout(n_levels)).distance(X)
    assert squared(matrix, 0, n_levels - 1) == pytest.approx(1)
    assert squared(matrix, 0, 0) == 0


def test_a_column_with_one_level_costs_nothing():
    X = np.zeros((4, 1))
    np.testing.assert_array_equal(SampleSpace(X, layout(1)).distance(X), np.zeros((4, 1)))


def test_rare_levels_beyond_fifty_count_as_one():
    column = np.concatenate((np.repeat(np.arange(50), 2), [50, 51]))
    matrix = np.zeros((102, NominalCode(column[:, None]).width))
    NominalCode(column[:, None]).write(column[:, None], matrix)
    assert matrix.shape[1] == 51
    assert squared(matrix, 100, 101) == 0
    assert squared(matrix, 0, 100) == pytest.approx(1)


def test_thousands_of_categorical_columns_stay_of_the_order_of_the_table():
    rng = np.random.default_rng(0)
    nominal = rng.integers(0, 30, size=(60, 5000))
    assert NominalCode(nominal).width <= 3 * 5000


def test_a_level_unseen_by_the_space_is_near_no_other_than_the_rest():
    code = NominalCode(np.array([[0], [1], [2], [0]]))
    out = np.zeros((2, code.width))
    code.write(np.array([[7], [0]]), out)
    assert np.isfinite(out).all()
    assert squared(out, 0, 1) == pytest.approx(1)


def test_restoring_what_the_space_gives_returns_the_rows():
    X = np.array([[1.5, 0, NAN], [NAN, 2, 4], [3, NAN, -1e200], [2, 1, 1e200]])
    space = SampleSpace(X, layout(0, 3, 0))
    np.testing.assert_array_equal(space.restore(space.numbers(X), space.nominal(X)), X)


def test_enormous_numbers_have_finite_distances():
    X = np.array([[1e308, 1.0], [-1e308, 2], [1e300, 3]])
    space = SampleSpace(X, layout(0, 0))
    assert np.isfinite(space.distance(X)).all()
    np.testing.assert_array_equal(space.restore(space.numbers(X), space.nominal(X)), X)


def test_a_column_without_any_value_comes_back_missing():
    X = np.array([[NAN, 1.0], [NAN, 2]])
    space = SampleSpace(X, layout(0, 0))
    np.testing.assert_array_equal(space.restore(space.numbers(X), space.nominal(X)), X)


def test_the_distances_of_the_fitted_rows_are_computed_once():
    X = np.random.default_rng(0).normal(size=(9, 2))
    space = SampleSpace(X, layout(0, 0))
    assert space.distance(X) is space.distance(X)
    np.testing.assert_array_equal(space.distance(X.copy()), space.distance(X))


def test_a_deep_copy_is_the_space_itself():
    space = SampleSpace(np.zeros((2, 1)), layout(0))
    assert copy.deepcopy(space) is space
