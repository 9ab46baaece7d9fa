"""Costs beyond the samples they were measured on."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.evaluation.cost import FEWEST, Probe, _curve, _Learner, _line, _thinned
from imbtool.recipe import parse_recipe


def probes(seconds, growth=1.0, sizes=(600, 2400)):
    return [Probe(rows=n, after=int(growth * n), seconds=seconds(n), trials=()) for n in sizes]


def learner(a: float = 0.02, b: float = 1e-5) -> _Learner:
    return _Learner(probes(lambda n: a + b * n, sizes=(600, 2400, 7200)), (600, 2400), (10_000, 40_000))


def test_a_plain_learner_is_extended_along_its_line() -> None:
    assert learner().seconds(80_000) == pytest.approx(0.82)
    assert learner().bytes_a_row == pytest.approx(30_000 / 1800)


def test_a_search_over_all_pairs_grows_with_the_square() -> None:
    curve = _curve(parse_recipe("enn"), learner(), probes(lambda n: learner().seconds(n) + 2e-8 * n * n))
    assert curve(80_000) == pytest.approx(0.82 + 2e-8 * 80_000**2, rel=1e-3)


def test_a_sampler_has_the_learner_train_on_what_it_leaves() -> None:
    doubled = _curve(parse_recipe("random_over"), learner(), probes(lambda n: learner().seconds(2 * n), 2.0))
    assert doubled(80_000) == pytest.approx(1.62, rel=1e-3)


def test_weights_and_schedules_take_a_multiple_of_the_learner() -> None:
    curve = _curve(parse_recipe("cooldown"), learner(), probes(lambda n: 1.5 * learner().seconds(n)))
    assert curve(80_000) == pytest.approx(1.23, rel=1e-3)


def test_members_of_an_ensemble_need_not_grow_as_the_data_does() -> None:
    curve = _curve(parse_recipe("easy_ensemble"), learner(), probes(lambda n: 0.5))
    assert curve(80_000) == pytest.approx(0.5)


def test_noise_never_makes_a_prediction_fall_or_vanish() -> None:
    line = _line([600, 2400], [0.05, 0.04])
    assert line(10) > 0
    assert line(100_000) >= line(2400) == pytest.approx(0.04)


def test_a_sample_keeps_the_shares_and_a_few_rows_of_every_class() -> None:
    y = np.repeat([0, 1, 2], [9000, 980, 20])
    rows = _thinned(np.arange(10_000), y, 600, seed=3)
    counts = np.bincount(y[rows])
    assert counts.tolist() == [540, 59, FEWEST]
    assert np.array_equal(rows, np.unique(rows))
    assert np.array_equal(rows, _thinned(np.arange(10_000), y, 600, seed=3))
    assert _thinned(np.arange(10), y[:10], 600, seed=3).tolist() == list(range(10))
