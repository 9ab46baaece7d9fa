"""Moments in blocks are scikit-learn's, to the bit."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from imbtool.methods.resample import moments
from imbtool.methods.resample.moments import column_moments


@pytest.mark.parametrize("width", [1, 2, 3, 17, 64])
@pytest.mark.parametrize("n", [1, 2, 1001, 5003])
@pytest.mark.parametrize("cells", [64, 1 << 15])
def test_mean_and_scale_are_the_scalers(n, width, cells, monkeypatch):
    monkeypatch.setattr(moments, "BLOCK_CELLS", cells)
    rng = np.random.default_rng(n)
    numbers = rng.lognormal(size=(n, width)) * 10.0 ** rng.integers(-6, 6, width)
    numbers[:, 0] = 0.1
    mean, scale, largest = column_moments(numbers)
    scaler = StandardScaler().fit(numbers)
    np.testing.assert_array_equal(mean, scaler.mean_)
    np.testing.assert_array_equal(scale, scaler.scale_)
    assert (largest >= np.abs(numbers).max(axis=0)).all()


@pytest.mark.parametrize("cell", [np.nan, np.inf, 1e200])
def test_a_column_that_needs_a_closer_look_shows(cell):
    numbers = np.ones((2000, 20))
    numbers[7, 3] = cell
    largest = column_moments(numbers)[2]
    assert not largest[3] <= 1e150
    assert (np.delete(largest, 3) <= 10).all()
