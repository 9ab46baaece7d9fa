"""Balance cascade against its definition."""

import numpy as np
import pytest
from tests.unit.methods.ensemble.conftest import trainer

from imbtool.methods.ensemble.cascade import BalanceCascade, hardest, rows_left


def test_the_last_member_is_left_with_as_many_as_the_smallest_class_has():
    left = [rows_left(1000, 40, t, 5) for t in range(5)]
    assert left[0] == 1000
    assert left[-1] == 40
    np.testing.assert_allclose(np.divide(left[1:], left[:-1]), (40 / 1000) ** (1 / 4), rtol=0.02)


def test_rows_that_are_answered_best_are_dropped():
    right = np.array([0.9, 0.2, 0.6, 0.1, 0.8])
    kept = hardest(np.array([0, 1, 2, 4]), right, 2, np.random.default_rng(0))
    np.testing.assert_array_equal(kept, [1, 2])


def test_ties_are_broken_by_chance():
    picks = {tuple(hardest(np.arange(6), np.ones(6), 2, np.random.default_rng(s))) for s in range(20)}
    assert len(picks) > 5


@pytest.mark.parametrize("sizes", [(400, 25), (400, 100, 25), (500, 1)])
def test_members_draw_from_ever_fewer_rows(sizes):
    part = trainer(sizes)
    n = len(part.y)
    # Member t answers that a row is the better known, the smaller its number.
    known = np.linspace(0.99, 0.01, n)
    answer = np.full((n, len(sizes)), 0.0)
    answer[np.arange(n), part.y] = known
    part.answers = [answer] * 5
    BalanceCascade(n_members=5).train(part, random_state=0)
    size = max(10, min(sizes))
    for t, asked in enumerate(part.asked):
        np.testing.assert_array_equal(np.bincount(part.y[asked.rows]), np.minimum(sizes, size))
        for k, count in enumerate(sizes):
            if count > size:
                pool = np.flatnonzero(part.y == k)[-rows_left(count, size, t, 5) :]
                assert np.isin(asked.rows[part.y[asked.rows] == k], pool).all()
    last = part.asked[-1].rows
    np.testing.assert_array_equal(last[part.y[last] == 0], np.flatnonzero(part.y == 0)[-size:])
