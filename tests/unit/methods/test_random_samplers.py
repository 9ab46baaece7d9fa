"""Temperature sampling, random over- and under-sampling."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from scipy.stats import chisquare

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.resample.random_over import RandomOver
from imbtool.methods.resample.random_under import RandomUnder
from imbtool.methods.resample.temperature import TemperatureSampler
from imbtool.methods.temperature import class_shares
from imbtool.testing.tables import table

ONE = Layout(names=("row",), levels=(0,))


def run(method, counts, seed=0):
    y = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    X = np.arange(len(y), dtype=np.float64)[:, None]
    return method.resample(X, y, layout=ONE, random_state=seed)


@pytest.mark.parametrize("tau", [1.0, 2.0, 5.0, np.inf])
def test_class_frequencies_follow_the_temperature(tau):
    counts = [3000, 600, 120]
    drawn = sum(np.bincount(run(TemperatureSampler(tau), counts, s).y, minlength=3) for s in range(20))
    assert chisquare(drawn, drawn.sum() * class_shares(counts, tau)).pvalue > 1e-3


def test_rows_of_a_class_are_drawn_evenly():
    times = sum(np.bincount(run(TemperatureSampler(5), [60, 12], s).source, minlength=72) for s in range(300))
    assert chisquare(times[60:]).pvalue > 1e-3
    assert chisquare(times[:60]).pvalue > 1e-3


def test_temperature_sampling_keeps_the_number_of_rows():
    drawn = run(TemperatureSampler(), [90, 10])
    assert len(drawn.y) == 100
    np.testing.assert_array_equal(drawn.X[:, 0], drawn.source)


def test_a_draw_that_loses_a_class_is_not_applicable():
    outcomes = set()
    for seed in range(20):
        try:
            outcomes.add(len(set(run(TemperatureSampler(1), [200, 1], seed).y)))
        except NotApplicableError as reason:
            outcomes.add(reason.code)
    assert outcomes == {2, "class-removed"}


@pytest.mark.parametrize(
    ("ratio", "sizes"), [(1.0, [90, 90, 90]), (0.5, [90, 45, 45]), (0.2, [90, 30, 18]), (0.0, [90, 30, 9])]
)
def test_over_sampling_raises_classes_to_the_ratio(ratio, sizes):
    drawn = run(RandomOver(ratio), [90, 30, 9])
    np.testing.assert_array_equal(np.bincount(drawn.y), sizes)
    np.testing.assert_array_equal(drawn.source[:129], np.arange(129))


@pytest.mark.parametrize(
    ("ratio", "sizes"), [(1.0, [9, 9, 9]), (0.5, [18, 18, 9]), (0.2, [45, 30, 9]), (0.0, [90, 30, 9])]
)
def test_under_sampling_cuts_classes_to_the_ratio(ratio, sizes):
    drawn = run(RandomUnder(ratio), [90, 30, 9])
    np.testing.assert_array_equal(np.bincount(drawn.y), sizes)
    assert len(set(drawn.source)) == len(drawn.source)


def test_under_sampling_above_one_turns_the_sizes_round():
    """At 200 % of Chawla et al. the rare class is twice the other."""
    assert np.bincount(run(RandomUnder(2.0), [200, 50]).y).tolist() == [25, 50]
    assert np.bincount(run(RandomUnder(20.0), [200, 50]).y).tolist() == [2, 50]
    assert np.bincount(run(RandomUnder(4.0), [200, 100]).y).tolist() == [25, 100]
    assert np.bincount(run(RandomUnder(2.0), [200, 20, 50]).y).tolist() == [10, 20, 10]
    with pytest.raises(NotApplicableError, match=r"^random_under would remove every row of class 0 \(200 in"):
        run(RandomUnder(20.0), [200, 19])


def test_one_class_is_not_applicable():
    with pytest.raises(NotApplicableError, match="at least 2 classes; found 1"):
        run(RandomOver(), [5])


def test_shrinkage_is_imbalanced_learns_smoothed_bootstrap():
    part = table("numeric", (90, 20, 9), seed=3)
    ours = RandomOver(shrinkage=0.7, random_state=5)
    X, y = ours.fit_resample(part.X, part.y)
    theirs_X, theirs_y = RandomOverSampler(shrinkage=0.7, random_state=5).fit_resample(part.X, part.y)
    np.testing.assert_allclose(X, theirs_X)
    np.testing.assert_array_equal(y, theirs_y)
    assert not hasattr(ours, "sample_indices_")


def test_smoothing_moves_numbers_only():
    part = table("mixed", (90, 20), n_numeric=2, levels=(3,), missing=0.1, seed=3)
    rows = RandomOver(shrinkage=1.0).resample(part.X, part.y, layout=part.layout, random_state=0)
    plain = RandomOver().resample(part.X, part.y, layout=part.layout, random_state=0)
    made = rows.source < 0
    np.testing.assert_array_equal(rows.X[made, 2], plain.X[made, 2])
    np.testing.assert_array_equal(np.isnan(rows.X), np.isnan(plain.X))
    moved = rows.X[made][:, :2] - plain.X[made][:, :2]
    assert np.nanstd(moved) > 0.1
