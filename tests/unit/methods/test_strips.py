"""Distances to segments bound distances to the synthetic rows on them."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from imbtool.core.types import Layout
from imbtool.methods.resample.base import TrainingPart
from imbtool.methods.resample.cells import Cells
from imbtool.methods.resample.hybrid import _strips
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.strips import Strips, segment_bounds


def to_segments(points, start, stop):
    way = stop - start
    share = ((points[:, None] - start) * way).sum(axis=2) / np.maximum((way**2).sum(axis=1), 1e-300)
    nearest = start + np.clip(share, 0, 1)[..., None] * way
    return ((points[:, None] - nearest) ** 2).sum(axis=2)


@pytest.mark.parametrize("spread", [1e-6, 1.0, 1e6])
def test_bounds_lie_below_the_distances_to_segments_and_are_close(spread):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(700, 12)) * spread
    start, stop = rng.normal(size=(2, 600, 12)) * spread
    start[:9] = stop[:9]
    squared = to_segments(points, start, stop)
    for bound, truth in zip(
        segment_bounds(points, start, stop), (squared.min(1), squared.min(0)), strict=True
    ):
        assert (bound <= truth).all()
        assert (truth - bound <= 1e-3 * (spread**2) * 12).all()


def smote_table(seed):
    rng = np.random.default_rng(seed)
    y = (rng.random(3000) < 0.03).astype(np.int64)
    X = rng.normal(size=(3000, 18)) + y[:, None]
    part = TrainingPart(X, y, layout=Layout(names=tuple("abcdefghijklmnopqr"), levels=(0,) * 18), seed=seed)
    more = Smote().resample(X, y, layout=part.layout, random_state=seed, space=part.space)
    return part, more, part.space.distance(more.X)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_segments_of_smote_are_those_its_rows_lie_on(seed):
    part, more, matrix = smote_table(seed)
    strips = _strips(part, matrix, more.y, 5)
    common, rare = np.flatnonzero(more.y == 0), np.flatnonzero(more.y == 1)
    truth = cdist(matrix[common], matrix[rare], "sqeuclidean")
    for rows, others, squared in ((common, rare, truth.min(1)), (rare, common, truth.min(0))):
        bound = strips.nearest_bounds(rows, others)
        assert (bound <= squared).all()
        plain = Cells(matrix).nearest_bounds(rows, others)
        assert np.median(plain - bound) < 0.1 * np.median(plain)


def test_wrong_segments_give_true_bounds():
    _, more, matrix = smote_table(2)
    rng = np.random.default_rng(0)
    n = len(matrix)
    start, stop = rng.integers(0, n, size=(2, 40))
    on = np.where(more.y == 1, rng.integers(-1, 40, size=n), -1)
    common, rare = np.flatnonzero(more.y == 0), np.flatnonzero(more.y == 1)
    squared = cdist(matrix[common], matrix[rare], "sqeuclidean").min(axis=1)
    assert (Strips(matrix, start, stop, on).nearest_bounds(common, rare) <= squared).all()


def test_few_synthetic_rows_are_not_worth_segments():
    part, more, matrix = smote_table(3)
    n = len(part.y)
    assert _strips(part, matrix[: n + 50], more.y[: n + 50], 5) is None
    assert _strips(part, matrix[:n], part.y, 5) is None
