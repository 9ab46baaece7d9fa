"""Money of decisions against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.price import Price
from imbtool.metrics.money import stakes_of, top_sums

LABELS = ("no", "yes")


def of(y, **asked):
    cells = {name: asked.pop(name) for name in ("cost", "value", "weight") if name in asked}
    cells = {name: np.asarray(v, dtype=float) for name, v in cells.items()}
    return stakes_of(Price(**asked), np.asarray(y), LABELS, **cells)


def test_costs_are_those_of_misses_and_false_alarms():
    stakes = of([1, 1, 0, 0, 0], cost_fn=10.0, cost_fp=1.0)
    found = stakes.metrics(np.zeros(5), np.array([1, 0, 1, 1, 0]), np.zeros(5, dtype=int))
    assert found["cost"] == pytest.approx((10 + 2) / 5)
    assert found["cost_default"] == pytest.approx(20 / 5)
    # Treat all costs 3, treat none 20; perfect 0: (3 - 12) / 3.
    assert found["savings"] == pytest.approx((3 - 12) / 3)
    assert stakes.constant() == pytest.approx((-4.0, -0.6))


def test_profit_is_value_less_the_cost_of_acting():
    stakes = of([1, 1, 0], value_column="v", cost_column="c", value=[100, 5, 70], cost=[10, 10, 10])
    assert stakes.told(stakes.of_decisions(np.array([1, 1, 1]))) == pytest.approx((90 - 5 - 10) / 3)
    assert stakes.perfect() == pytest.approx(90 / 3)  # the second positive is not worth the cost
    assert stakes.trivial() == pytest.approx(75 / 3)


def test_a_capacity_takes_the_highest_scores_and_ties_by_lot():
    stakes = of([1, 0, 1, 0], top_k=2)
    found = stakes.metrics(np.array([0.9, 0.5, 0.5, 0.1]), np.zeros(4, dtype=int), np.zeros(4, dtype=int))
    assert found == pytest.approx({"precision_at_top": 0.75, "recall_at_top": 0.75})


def test_money_within_a_capacity_counts_the_rows_left_alone():
    stakes = of([1, 0, 1, 0], top_k=1, cost_fn=10.0, cost_fp=1.0)
    found = stakes.metrics(np.array([0.9, 0.8, 0.5, 0.1]), np.zeros(4, dtype=int), np.zeros(4, dtype=int))
    assert found["cost_at_top"] == pytest.approx(10 / 4)
    assert found["savings_at_top"] == pytest.approx(1.0)


def test_of_a_part_of_the_rows_the_share_is_acted_on():
    stakes = of(np.tile([1, 0], 50), top_k=10)
    assert stakes.take(np.arange(20)).metrics(np.arange(20.0), np.zeros(20), np.zeros(20))[
        "precision_at_top"
    ] == pytest.approx(0.5)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=30),
    st.floats(0.1, 20),
    st.floats(0.1, 20),
)
@settings(max_examples=60, deadline=None)
def test_no_decision_beats_knowing_everything_and_weights_are_copies(rows, fn, fp):
    y, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    decided = (score > 2).astype(int)
    stakes = of(y, cost_fn=fn, cost_fp=fp, weight=weight)
    copies = of(np.repeat(y, weight), cost_fn=fn, cost_fp=fp)
    assert stakes.of_decisions(decided) <= stakes.perfect() + 1e-9
    assert stakes.trivial() <= stakes.perfect() + 1e-9
    assert stakes.of_decisions(decided) == pytest.approx(copies.of_decisions(np.repeat(decided, weight)))
    assert stakes.reach() == pytest.approx(copies.reach())


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), min_size=1, max_size=12), st.integers(0, 12)
)
@settings(max_examples=60, deadline=None)
def test_the_top_is_the_mean_over_all_ways_to_break_ties(rows, k):
    score, values = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    k = min(k, len(rows))
    rng, draws = np.random.default_rng(0), []
    for _ in range(400):
        order = np.lexsort((rng.random(len(rows)), -score))
        draws.append(values[order[:k]].sum())
    spread = np.std(draws) / 20 * 5 + 1e-9
    assert abs(top_sums(score, values, np.ones(len(rows)), np.array([k]))[0] - np.mean(draws)) <= spread
