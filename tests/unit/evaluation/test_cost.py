"""Costs beyond the samples they were measured on."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.evaluation.cost import FEWEST, _hurried, _stand_in, _thinned
from imbtool.evaluation.costlines import Plain, Probe, curve, line
from imbtool.evaluation.plan import Task
from imbtool.recipe.parser import parse_learner, parse_recipe


def probes(seconds, growth=1.0, sizes=(600, 2400)):
    return [Probe(rows=n, after=int(growth * n), seconds=seconds(n), trials=()) for n in sizes]


def learner(a: float = 0.02, b: float = 1e-5, longer: float = 1.0) -> Plain:
    short = probes(lambda n: a + b * n, sizes=(600, 2400, 7200))
    return Plain(short, [longer * p.seconds for p in short], (600, 2400), (10_000, 40_000))


def test_a_plain_learner_is_extended_along_itsline() -> None:
    assert learner().seconds(80_000) == pytest.approx(0.82)
    assert learner().bytes_a_row == pytest.approx(30_000 / 1800)


def test_a_search_over_all_pairs_grows_with_the_square() -> None:
    found = curve(parse_recipe("enn"), learner(), probes(lambda n: learner().seconds(n) + 2e-8 * n * n))
    assert found(80_000) == pytest.approx(0.82 + 2e-8 * 80_000**2, rel=1e-3)


def test_a_sampler_has_the_learner_train_on_what_it_leaves() -> None:
    doubled = curve(parse_recipe("random_over"), learner(), probes(lambda n: learner().seconds(2 * n), 2.0))
    assert doubled(80_000) == pytest.approx(1.62, rel=1e-3)


def test_weights_and_schedules_take_a_multiple_of_the_learner() -> None:
    found = curve(parse_recipe("cooldown"), learner(), probes(lambda n: 1.5 * learner().seconds(n)))
    assert found(80_000) == pytest.approx(1.23, rel=1e-3)


def test_members_of_an_ensemble_need_not_grow_as_the_data_does() -> None:
    found = curve(parse_recipe("easy_ensemble"), learner(), probes(lambda n: 0.5))
    assert found(80_000) == pytest.approx(0.5)


def test_a_learner_that_was_tried_in_few_rounds_is_drawn_out_to_all() -> None:
    slow = learner(longer=10.0)
    assert slow.seconds(80_000) == pytest.approx(8.2)
    found = curve(parse_recipe("cooldown"), slow, probes(lambda n: 1.5 * slow.short(n)))
    assert found(80_000) == pytest.approx(12.3, rel=1e-3)
    found = curve(parse_recipe("easy_ensemble"), slow, probes(lambda n: 5 * slow.short(n), sizes=(2400,)))
    assert found(80_000) == pytest.approx(41.0, rel=1e-3)
    quick = learner(a=0.001, b=1e-6)
    found = curve(parse_recipe("enn"), slow, probes(lambda n: quick.short(n) + 2e-8 * n * n), quick)
    assert found(80_000) == pytest.approx(8.2 + 2e-8 * 80_000**2, rel=1e-3)  # the search is done once


@pytest.mark.parametrize(
    ("given", "tried"),
    [("torch", "torch(epochs=2)"), ("torch(epochs=1)", "torch(epochs=1)"), ("lightgbm", "lightgbm")],
)
def test_only_slow_rounds_are_left_out(given, tried) -> None:
    recipe = parse_recipe("none")
    task = Task(learner=parse_learner(given), training=recipe, recipes=(recipe,), repeat=0, fold=0)
    assert str(_hurried(task, 2).learner) == tried


def test_samplers_are_not_tried_with_slow_rounds() -> None:
    def tried(learner, training):
        task = Task(
            learner=parse_learner(learner), training=parse_recipe(training), recipes=(), repeat=0, fold=0
        )
        return str(_stand_in(task).learner)

    assert tried("torch", "smote+tomek") == "logistic"
    assert tried("torch", "smote+class_weight") == tried("torch", "none") == "torch"
    assert tried("lightgbm", "smote") == "lightgbm"


def test_noise_never_makes_a_prediction_fall_or_vanish() -> None:
    found = line([600, 2400], [0.05, 0.04])
    assert found(10) > 0
    assert found(100_000) >= found(2400) == pytest.approx(0.04)


def test_a_sample_keeps_the_shares_and_a_few_rows_of_every_class() -> None:
    y = np.repeat([0, 1, 2], [9000, 980, 20])
    rows = _thinned(np.arange(10_000), y, 600, seed=3)
    counts = np.bincount(y[rows])
    assert counts.tolist() == [540, 59, FEWEST]
    assert np.array_equal(rows, np.unique(rows))
    assert np.array_equal(rows, _thinned(np.arange(10_000), y, 600, seed=3))
    assert _thinned(np.arange(10), y[:10], 600, seed=3).tolist() == list(range(10))
