"""The permutation keeps what it must keep, and its test keeps its level."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from imbtool.evaluation.proof.chance import macro_roc_auc, p_better_than_chance, permuted


@given(st.integers(0, 2**31), st.integers(6, 60), st.integers(2, 4), st.integers(2, 5))
def test_a_permutation_keeps_the_class_counts_of_every_part_and_of_the_rest(seed, n, classes, parts):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    part = rng.integers(0, parts + 1, n)
    tested = [np.flatnonzero(part == k) for k in range(parts)]
    found = permuted(y, tested, rng)
    for rows in (*tested, np.flatnonzero(part == parts)):
        assert sorted(found[rows]) == sorted(y[rows])


def test_p_values_of_scores_without_knowledge_are_no_smaller_than_uniform():
    """Few positives and many ties, where a normal approximation would be far off."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(300):
        y = np.zeros(80, dtype=np.int64)
        y[rng.choice(80, 3, replace=False)] = 1
        score = np.where(rng.random(80) < 0.08, 0.9, 0.1)
        found.append(p_better_than_chance(y, np.column_stack([1 - score, score]), rng))
    assert np.mean(np.array(found) <= 0.05) <= 0.08
    # Without ties they are uniform.
    free = []
    for _ in range(300):
        y, score = rng.permutation(np.arange(60) < 15).astype(np.int64), rng.random(60)
        free.append(p_better_than_chance(y, np.column_stack([1 - score, score]), rng))
    assert kstest(free, "uniform").pvalue > 0.001


def test_known_answers_are_far_from_chance_in_two_and_in_several_classes():
    rng = np.random.default_rng(1)
    for classes in (2, 4):
        y = rng.integers(0, classes, 300)
        proba = np.eye(classes)[y] * 0.5 + rng.random((300, classes)) * 0.1
        assert p_better_than_chance(y, proba, rng) <= 2e-5
        assert macro_roc_auc(y, proba) == 1.0


def test_scores_worse_than_chance_raise_no_alarm():
    y = np.arange(200) % 2
    wrong = np.column_stack([y, 1 - y]).astype(float)
    assert p_better_than_chance(y, wrong, np.random.default_rng(2)) > 0.9
