"""PR-AUC and ROC-AUC against scikit-learn."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from imbtool.core.errors import DataError
from imbtool.core.ranked import rank
from imbtool.metrics.ranking import halved_precision, pr_auc, pr_auc_flattery, roc_auc


def scores(seed, n=400, ties=False, rate=0.1):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < rate).astype(np.int64)
    y[:2] = 0, 1
    p = np.clip(0.3 * y + 0.7 * rng.random(n), 0, 1)
    p = np.round(p, 1) if ties else p
    return y, np.column_stack((1 - p, p)), rng.choice([0.0, 0.5, 1.0, 3.0], n)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_binary_areas_agree_with_scikit_learn(seed, ties, weighted):
    y, proba, weight = scores(seed, ties=ties)
    weight = weight if weighted else None
    expected = average_precision_score(y, proba[:, 1], sample_weight=weight)
    assert pr_auc(y, proba, weight) == pytest.approx(expected, abs=1e-12)
    assert roc_auc(y, proba, weight) == pytest.approx(
        roc_auc_score(y, proba[:, 1], sample_weight=weight), abs=1e-12
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_multiclass_areas_are_macro_one_against_rest(weighted):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 300)
    proba = rng.dirichlet(np.ones(4), 300)
    proba[np.arange(300), y] += 0.2
    proba /= proba.sum(axis=1, keepdims=True)
    weight = rng.uniform(0.5, 2, 300) if weighted else None
    one_hot = np.eye(4)[y]
    assert pr_auc(y, proba, weight) == pytest.approx(
        average_precision_score(one_hot, proba, average="macro", sample_weight=weight), abs=1e-12
    )
    assert roc_auc(y, proba, weight) == pytest.approx(
        roc_auc_score(one_hot, proba, average="macro", sample_weight=weight), abs=1e-12
    )


def test_multiclass_areas_leave_absent_classes_out():
    rng = np.random.default_rng(1)
    y = rng.choice([0, 2], 100)
    proba = rng.dirichlet(np.ones(3), 100)
    each = [roc_auc_score(y == k, proba[:, k]) for k in (0, 2)]
    assert roc_auc(y, proba) == pytest.approx(np.mean(each), abs=1e-12)


@pytest.mark.parametrize("metric", [pr_auc, roc_auc])
@pytest.mark.parametrize("code", [0, 1])
def test_one_class_has_no_area(metric, code):
    assert np.isnan(metric(np.full(5, code), np.full((5, 2), 0.5)))
    assert np.isnan(metric(np.full(5, code), np.full((5, 3), 1 / 3)))


def test_a_constant_score_gets_the_prevalence_and_one_half():
    y = np.array([0, 0, 0, 1])
    proba = np.full((4, 2), 0.5)
    assert pr_auc(y, proba) == 0.25
    assert roc_auc(y, proba) == 0.5


@pytest.mark.parametrize(
    ("y", "proba", "weight", "text"),
    [
        ([0, 1], [[0.5, np.nan], [0.5, 0.5]], None, "1 of 2 rows hold NaN"),
        ([0, 1, 1], [[0.5, 0.5], [0.5, 0.5]], None, "one row for each of 3 targets"),
        ([0, 2], [[0.5, 0.5], [0.5, 0.5]], None, "integer class codes from 0 to 1"),
        ([0.0, 1.0], [[0.5, 0.5], [0.5, 0.5]], None, "got float64"),
        ([0, 1], [[0.5, 0.5], [0.5, 0.5]], [1.0, -1.0], "finite weight >= 0"),
    ],
)
def test_scores_that_cannot_be_judged_are_named(y, proba, weight, text):
    weight = None if weight is None else np.array(weight)
    with pytest.raises(DataError, match=text):
        pr_auc(np.array(y), np.array(proba), weight)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=7))
def test_the_precision_of_a_half_is_the_mean_over_all_halves(rows):
    score, hit = (np.array(column) for column in zip(*rows, strict=True))
    found = halved_precision(rank(score.astype(float), hit))
    if not 0 < hit.sum() < len(hit):
        assert np.isnan(found)
        return
    total = 0.0
    for kept in product([False, True], repeat=len(hit)):
        for i in np.flatnonzero(kept & hit):
            above = kept & (score >= score[i])
            total += (hit & above).sum() / above.sum()
    assert found == pytest.approx(total / 2 ** len(hit) / (hit.sum() / 2), abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_few_rows_never_flatter_by_less_than_nothing(seed, n_classes):
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(n_classes), rng.integers(0, n_classes, 20))
    assert 0.0 <= pr_auc_flattery(y, rng.dirichlet(np.ones(n_classes), len(y))) < 1.0


def test_most_of_what_ten_positives_flatter_is_known():
    # Scores of both classes are normal, 1.3 apart; the truth is the value on a million rows.
    rng = np.random.default_rng(0)

    def drawn(n):
        y = (np.arange(n) < n // 10).astype(np.int64)
        score = rng.normal(size=n) + 1.3 * y
        return y, np.column_stack((-score, score))

    few = [(pr_auc(y, p), pr_auc_flattery(y, p)) for y, p in (drawn(100) for _ in range(400))]
    value, flattery = np.mean(few, axis=0)
    excess = value - pr_auc(*drawn(1_000_000))
    assert excess > 0.04
    assert 0.6 * excess < flattery < 1.1 * excess


def test_many_rows_of_every_class_are_not_looked_at():
    y = np.repeat([0, 1], 2001)
    assert pr_auc_flattery(y, np.random.default_rng(0).dirichlet([1, 1], len(y))) == 0.0


def test_flattery_of_rows_without_weight_is_nothing():
    y, proba, _ = scores(0)
    assert pr_auc_flattery(y, proba, np.zeros(len(y))) == 0.0
    assert pr_auc_flattery(y, proba, np.full(len(y), 3.0)) == pr_auc_flattery(y, proba)
