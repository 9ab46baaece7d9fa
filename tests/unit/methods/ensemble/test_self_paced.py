"""Self-paced ensemble against its definition."""

import math

import numpy as np
import pytest
from tests.unit.methods.ensemble.conftest import trainer

from imbtool.methods.ensemble.self_paced import SelfPaced, draw_by_hardness, hardness_bins


def draws(hardness, size, factor, k_bins=4):
    rows = draw_by_hardness(np.array(hardness), size, k_bins, factor, np.random.default_rng(0))
    return np.bincount(hardness_bins(np.array(hardness), k_bins)[rows], minlength=k_bins)


def test_bins_have_equal_width_between_the_extremes():
    np.testing.assert_array_equal(
        hardness_bins(np.array([0.2, 0.29, 0.31, 0.4, 0.55, 0.6]), 4), [0, 0, 1, 2, 3, 3]
    )


def test_hardness_that_does_not_vary_is_one_bin():
    assert (hardness_bins(np.full(5, 0.3), 20) == 0).all()
    assert len(draw_by_hardness(np.full(50, 0.3), 10, 20, 0.5, np.random.default_rng(0))) == 10


def test_bins_get_draws_in_proportion_to_one_over_hardness_plus_factor():
    """Mean hardness 0.1, 0.31 and 0.5 at tan(pi/8): shares by hand."""
    hardness = [0.1] * 500 + [0.31] * 500 + [0.5] * 500
    factor = math.tan(math.pi / 8)
    share = 1 / (np.array([0.1, 0.31, 0.5]) + factor)
    found = draws(hardness, 300, factor)
    np.testing.assert_allclose(found[[0, 2, 3]], 300 * share / share.sum(), atol=1)
    assert found[1] == 0


def test_at_the_end_every_bin_gets_as_many():
    hardness = [0.1] * 900 + [0.31] * 400 + [0.5] * 200
    np.testing.assert_array_equal(draws(hardness, 300, math.tan(math.pi / 2)), [100, 0, 100, 100])


def test_what_a_bin_does_not_have_comes_from_the_others():
    hardness = [0.1] * 5 + [0.9] * 400
    assert draws(hardness, 100, 0.01).tolist() == [5, 0, 0, 95]


def test_the_factor_rises_from_the_easy_to_all_bins(monkeypatch):
    factors = []
    monkeypatch.setattr(
        "imbtool.methods.ensemble.self_paced.draw_by_hardness",
        lambda h, size, k, factor, rng: factors.append(factor) or np.arange(size),
    )
    SelfPaced(n_members=5).train(trainer(), random_state=0)
    np.testing.assert_allclose(factors[:3], [math.tan(math.pi * i / 8) for i in (1, 2, 3)])
    assert factors[3] > 1e15


def test_hardness_is_the_error_of_the_mean_of_the_members_so_far(monkeypatch):
    part = trainer()
    answers = np.random.default_rng(0).dirichlet([1, 1], size=(4, len(part.y)))
    part.answers = list(answers)
    seen = []
    monkeypatch.setattr(
        "imbtool.methods.ensemble.self_paced.draw_by_hardness",
        lambda h, size, *_: seen.append(h) or np.arange(size),
    )
    SelfPaced(n_members=4).train(part, random_state=0)
    frequent = part.y == 0
    for i, hardness in enumerate(seen, start=1):
        np.testing.assert_allclose(hardness, np.abs(0 - answers[:i].mean(axis=0)[frequent, 1]))


@pytest.mark.parametrize("sizes", [(300, 30), (300, 90, 30), (300, 4)])
def test_every_member_sees_all_rare_rows_and_as_many_of_each_other_class(sizes):
    part = trainer(sizes)
    found = SelfPaced(n_members=6).train(part, random_state=0)
    assert len(found.models) == 6
    assert found.weights == ()
    goal = np.minimum(sizes, max(10, min(sizes)))
    for asked in part.asked:
        np.testing.assert_array_equal(np.bincount(part.y[asked.rows]), goal)
        assert len(np.unique(asked.rows)) == len(asked.rows)
        assert asked.share == 0.5
