"""Gaussian class calibration against its formulas."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.core.types import Layout
from imbtool.methods.resample.rcal import RepresentationCalibration, inliers, moments

RNG = np.random.default_rng(0)
HEADS = {0: RNG.normal(size=(400, 3)), 1: RNG.normal(size=(200, 3)) * 2 + 3}
TAIL = RNG.normal(size=(25, 3)) + np.array([1.0, -2.0, 0.5])
OWN = {0: moments(HEADS[0]), 1: moments(HEADS[1]), 2: moments(TAIL)}
COUNTS = {0: 400, 1: 200, 2: 25}


def test_without_borrowing_the_statistics_are_those_of_the_class():
    mean, covariance = RepresentationCalibration(borrow=0.0).borrowed(2, [0, 1], OWN, COUNTS)
    np.testing.assert_allclose(mean, TAIL.mean(axis=0))
    np.testing.assert_allclose(covariance, np.cov(TAIL, rowvar=False))


def test_the_mean_moves_on_the_line_to_the_mean_of_the_larger_classes():
    mean, covariance = RepresentationCalibration(borrow=0.3).borrowed(2, [0, 1], OWN, COUNTS)
    heads = (400 * OWN[0][0] + 200 * OWN[1][0]) / 600
    np.testing.assert_allclose(mean, 0.3 * heads + 0.7 * OWN[2][0])
    np.testing.assert_allclose(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_only_the_nearest_larger_classes_lend():
    near = RepresentationCalibration(borrow=1.0, n_heads=1).borrowed(2, [0, 1], OWN, COUNTS)[0]
    np.testing.assert_allclose(near, OWN[0][0])


def test_many_draws_have_the_calibrated_mean():
    X = np.vstack([HEADS[0], TAIL])
    y = np.repeat([0, 1], [400, 25])
    layout = Layout(names=("a", "b", "c"), levels=(0, 0, 0))
    drawn = RepresentationCalibration(borrow=0.2).resample(X, y, layout=layout, random_state=0)
    new = drawn.X[drawn.source < 0]
    assert len(new) == 375
    kept = {0: inliers(X[y == 0]), 1: inliers(X[y == 1])}
    expected = 0.2 * kept[0].mean(axis=0) + 0.8 * kept[1].mean(axis=0)
    np.testing.assert_allclose(new.mean(axis=0), expected, atol=0.2)


def test_many_draws_have_the_calibrated_covariance():
    X = np.vstack([RNG.normal(size=(6000, 2)) @ [[2.0, 0.0], [1.0, 0.5]], RNG.normal(size=(60, 2)) + 4])
    y = np.repeat([0, 1], [6000, 60])
    layout = Layout(names=("a", "b"), levels=(0, 0))
    drawn = RepresentationCalibration(borrow=0.3).resample(X, y, layout=layout, random_state=0)
    own = {k: moments(inliers(X[y == k])) for k in (0, 1)}
    _, expected = RepresentationCalibration(borrow=0.3).borrowed(1, [0], own, {0: 6000, 1: 60})
    np.testing.assert_allclose(np.cov(drawn.X[drawn.source < 0], rowvar=False), expected, atol=0.15)


def test_a_covariance_of_fewer_rows_than_columns_is_shrunk_to_a_proper_one():
    _, covariance = moments(RNG.normal(size=(4, 6)))
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_outliers_do_not_shape_the_class():
    rows = np.vstack([RNG.normal(size=(40, 2)), [[50.0, 50.0]]])
    assert inliers(rows).max() < 50


def test_categories_and_gaps_are_voted_by_the_nearest_rows():
    X = np.column_stack([RNG.normal(size=120), np.repeat([0.0, 1.0], 60)])
    X[100:, 0] += 20
    X[90:100, 0] = np.nan
    y = (np.arange(120) >= 100).astype(np.int64)
    layout = Layout(names=("a", "b"), levels=(0, 2))
    drawn = RepresentationCalibration(borrow=0.0).resample(X, y, layout=layout, random_state=1)
    new = drawn.X[drawn.source < 0]
    assert (new[:, 1] == 1).all()
    assert not np.isnan(new).any()


@pytest.mark.parametrize("rows", [1, 2])
def test_a_class_of_hardly_any_rows_leans_on_the_others(rows):
    X = RNG.normal(size=(50 + rows, 2))
    y = (np.arange(50 + rows) >= 50).astype(np.int64)
    layout = Layout(names=("a", "b"), levels=(0, 0))
    drawn = RepresentationCalibration().resample(X, y, layout=layout, random_state=1)
    assert np.bincount(drawn.y).tolist() == [50, 50]
