"""Scores sorted once, ties grouped."""

from __future__ import annotations

import numpy as np

from imbtool.core.ranked import rank


def test_ties_form_one_group_in_descending_order():
    ranked = rank(np.array([0.2, 0.9, 0.2, 0.5]), np.array([True, False, False, True]))
    assert ranked.score.tolist() == [0.9, 0.5, 0.2]
    assert ranked.hits.tolist() == [0.0, 1.0, 2.0]
    assert ranked.alarms.tolist() == [1.0, 1.0, 2.0]
    assert ranked.both_classes


def test_rows_of_weight_zero_are_absent():
    score, positive = np.array([0.1, 0.4, 0.7]), np.array([True, False, True])
    ranked = rank(score, positive, np.array([2.0, 3.0, 0.0]))
    assert ranked.score.tolist() == [0.4, 0.1]
    assert ranked.hits.tolist() == [0.0, 2.0]
    assert ranked.alarms.tolist() == [3.0, 3.0]


def test_no_rows_give_no_groups():
    ranked = rank(np.zeros(0), np.zeros(0, dtype=bool))
    assert ranked.score.size == 0
    assert (ranked.positives, ranked.negatives, ranked.both_classes) == (0.0, 0.0, False)


def test_group_weights_undo_the_running_sums():
    score, positive = np.array([0.3, 0.3, 0.8, 0.1]), np.array([True, True, False, True])
    positives, negatives = rank(score, positive, np.array([1.0, 2.0, 4.0, 8.0])).group_weights()
    assert positives.tolist() == [0.0, 3.0, 8.0]
    assert negatives.tolist() == [4.0, 0.0, 0.0]
