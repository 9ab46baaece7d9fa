"""Bootstrap of ranking metrics: scikit-learn's numbers from one sort."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from imbtool.core.errors import DataError
from imbtool.metrics.bootstrap import (
    BLOCK_CELLS,
    Ladder,
    Resampler,
    area_under_roc,
    average_precision,
    bootstrap_areas,
    bootstrap_difference,
)


def scored(n: int, seed: int = 0, *, share: float = 0.2, decimals: int | None = None):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(np.int64)
    y[:2] = 0, 1
    score = rng.normal(size=n) + y
    return y, score if decimals is None else np.round(score, decimals)


def pair(score):
    return np.column_stack([-score, score])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_counts_give_the_values_of_scikit_learn_with_these_weights(data):
    n = data.draw(st.integers(2, 60))
    y = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    score = np.array(data.draw(st.lists(st.sampled_from([-1.5, 0.0, 0.1, 0.2, 3.0]), min_size=n, max_size=n)))
    counts = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    weight = np.array(data.draw(st.lists(st.floats(0.01, 9), min_size=n, max_size=n)))
    for one in (counts, counts * weight):
        climb = Ladder(score, y == 1).climb(one[None, :])
        found = average_precision(climb)[0], area_under_roc(climb)[0]
        if one[y == 1].sum() > 0 and one[y == 0].sum() > 0:
            expected = (
                average_precision_score(y, score, sample_weight=one),
                roc_auc_score(y, score, sample_weight=one),
            )
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
        else:
            assert np.isnan(found).all()


@pytest.mark.parametrize("decimals", [None, 1])
def test_all_resamples_of_a_large_table_agree_with_scikit_learn(decimals):
    y, score = scored(20_000, share=0.03, decimals=decimals)
    counts = np.concatenate(list(Resampler(y, resamples=4, seed=1)))
    climb = Ladder(score, y == 1).climb(counts)
    for i, one in enumerate(counts):
        rows = np.repeat(np.arange(len(y)), one)
        assert average_precision(climb)[i] == pytest.approx(
            average_precision_score(y[rows], score[rows]), rel=0, abs=1e-12
        )
        assert area_under_roc(climb)[i] == pytest.approx(
            roc_auc_score(y[rows], score[rows]), rel=0, abs=1e-12
        )


def test_the_order_of_the_rows_does_not_matter():
    y, score = scored(300, decimals=1)
    weight = np.random.default_rng(1).integers(0, 3, (5, 300))
    mixed = np.random.default_rng(2).permutation(300)
    here = average_precision(Ladder(score, y == 1).climb(weight))
    there = average_precision(Ladder(score[mixed], y[mixed] == 1).climb(weight[:, mixed]))
    np.testing.assert_array_equal(here, there)


def test_several_classes_are_the_mean_of_each_against_the_rest():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 400)
    proba = rng.dirichlet(np.ones(3), 400)
    weight = rng.random(400) + 0.1
    found = bootstrap_areas(y, proba, sample_weight=weight, resamples=3, seed=5)
    for i, counts in enumerate(np.concatenate(list(Resampler(y, resamples=3, seed=5)))):
        w = counts * weight
        expected = np.mean([roc_auc_score(y == k, proba[:, k], sample_weight=w) for k in range(3)])
        assert found["roc_auc"][i] == pytest.approx(expected, rel=0, abs=1e-12)


def test_the_same_seed_gives_the_same_values_and_another_one_others():
    y, score = scored(500)
    one, two = (bootstrap_areas(y, pair(score), resamples=50, seed=7) for _ in range(2))
    other = bootstrap_areas(y, pair(score), resamples=50, seed=8)
    assert one["pr_auc"].tobytes() == two["pr_auc"].tobytes()
    assert (one["pr_auc"] != other["pr_auc"]).any()


def test_the_spread_is_that_of_drawing_rows_and_measuring_each_time():
    y, score = scored(200, share=0.3)
    rng = np.random.default_rng(0)
    naive = []
    for _ in range(800):
        rows = rng.integers(0, 200, 200)
        naive.append(average_precision_score(y[rows], score[rows]))
    quick = bootstrap_areas(y, pair(score), resamples=4000)["pr_auc"]
    assert quick.mean() == pytest.approx(np.mean(naive), abs=4 * np.std(naive) / np.sqrt(800))
    assert quick.std() == pytest.approx(np.std(naive), rel=0.12)


def test_resamples_have_as_many_rows_and_never_lack_a_class():
    y = np.array([0] * 30 + [1])
    counts = np.concatenate(list(Resampler(y, resamples=500)))
    assert counts.shape == (500, 31)
    assert (counts.sum(axis=1) == 31).all()
    assert (counts[:, 30] > 0).all()
    assert len(np.unique(counts[:, 30])) > 1  # class counts vary


def test_memory_does_not_grow_with_the_number_of_resamples():
    y, score = scored(20_000)
    peaks = []
    for resamples in (50, 400):
        tracemalloc.start()
        bootstrap_areas(y, pair(score), resamples=resamples)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 12 * 8 * BLOCK_CELLS


def test_equal_scores_differ_by_nothing_and_a_better_one_by_more_than_nothing():
    y, score = scored(2000)
    same = bootstrap_difference(y, pair(score), pair(3 * score + 1), resamples=100)
    assert (same["pr_auc"] == 0).all()
    noisy = score + np.random.default_rng(1).normal(size=2000)
    better = bootstrap_difference(y, pair(score), pair(noisy), resamples=200)
    assert np.quantile(better["roc_auc"], 0.01) > 0


def test_a_paired_difference_is_much_sharper_than_two_intervals():
    y, score = scored(2000)
    close = pair(score + 0.1 * np.random.default_rng(1).normal(size=2000))
    difference = bootstrap_difference(y, pair(score), close, resamples=300)["pr_auc"]
    alone = bootstrap_areas(y, pair(score), resamples=300)["pr_auc"]
    assert difference.std() < 0.5 * alone.std()


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(DataError, match="finite"):
        bootstrap_areas(np.array([0, 1]), np.array([[0.0, np.nan], [0.0, 1.0]]))
