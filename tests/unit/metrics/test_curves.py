"""Curves on fixed grids against scikit-learn's and against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from imbtool.core.price import Price
from imbtool.metrics.curves import EVEN, FPR, KINDS, POINTS, curves_of, macro_curves
from imbtool.metrics.money import stakes_of

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8), st.integers(1, 3)), min_size=2, max_size=60)
QUIET = np.zeros(0, dtype=int)


def of(y, score, weight=None):
    nothing = np.zeros(len(y), dtype=int)
    return {k: np.array(v) for k, v in curves_of(y, score, nothing, nothing, weight).items()}


def drawn(seed=0, n=500):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.1).astype(int)
    return y, np.round(rng.normal(size=n) + y, 1)


def test_roc_is_that_of_scikit_learn_at_every_place_of_the_grid():
    y, score = drawn()
    fpr, tpr, _ = roc_curve(y, score, drop_intermediate=False)
    last = np.append(np.diff(fpr) > 0, True)
    assert of(y, score)["roc"] == pytest.approx(np.interp(FPR, fpr[last], tpr[last]), abs=1e-5)


def test_precision_is_that_of_the_highest_cut_that_reaches_the_recall():
    y, score = drawn(1)
    precision, recall, _ = precision_recall_curve(y, score)
    wanted = [precision[:-1][recall[:-1] >= level - 1e-9][-1] for level in EVEN]
    assert of(y, score)["pr"] == pytest.approx(wanted, abs=1e-5)


def test_gains_are_harmonic_scales_of_precision_and_recall():
    y = np.array([1, 0, 1, 0, 0, 0, 0, 0])
    score = -np.arange(8.0)
    # Cut after the third row: precision 2/3, recall 1, prevalence 1/4.
    gain = (2 / 3 - 1 / 4) / (3 / 4 * 2 / 3)
    assert of(y, score)["prg"][-1] == pytest.approx(gain, abs=1e-5)
    # First cut: precision 1 (gain 1), recall 1/2 (gain 2/3); straight on from there.
    at = np.searchsorted(EVEN, 2 / 3)
    share = (EVEN[at] - 2 / 3) / (1 / 3)
    assert of(y, score)["prg"][at] == pytest.approx(1 + share * (gain - 1), abs=1e-5)


@given(ROWS)
@settings(deadline=None)
def test_cost_is_the_least_over_all_cuts(rows):
    y, score, weight = (np.array(side) for side in zip(*rows, strict=True))
    found = of(y, score.astype(float), weight.astype(float))
    if len(set(y.tolist())) < 2:
        assert found == {}
        return
    every = []
    for cut in [*np.unique(score), 99]:
        called = score >= cut
        missed = weight[(y == 1) & ~called].sum() / weight[y == 1].sum()
        alarms = weight[(y == 0) & called].sum() / weight[y == 0].sum()
        every.append(missed * EVEN + alarms * (1 - EVEN))
    assert found["cost"] == pytest.approx(np.min(every, axis=0), abs=2e-5)
    assert (found["cost"] <= np.minimum(EVEN, 1 - EVEN) + 1e-9).all()


@given(ROWS)
@settings(deadline=None)
def test_a_weight_is_a_number_of_copies_and_everything_has_its_range(rows):
    y, score, weight = (np.array(side) for side in zip(*rows, strict=True))
    if len(set(y.tolist())) < 2:
        return
    copies = np.repeat(np.arange(len(y)), weight)
    one, other = of(y, score.astype(float), weight.astype(float)), of(y[copies], score[copies].astype(float))
    for kind in KINDS:
        assert one[kind] == pytest.approx(other[kind], abs=2e-5)
        assert len(one[kind]) == POINTS
        assert ((one[kind] >= (-1 if kind == "prg" else 0)) & (one[kind] <= 1)).all()
    assert (np.diff(one["roc"]) >= 0).all()


def test_money_is_that_of_acting_on_growing_shares():
    y = np.array([1, 0, 1, 0])
    stakes = stakes_of(Price(cost_fn=10.0, cost_fp=1.0), y, ("no", "yes"))
    nothing = np.zeros(4, dtype=int)
    found = curves_of(y, np.array([4.0, 3.0, 2.0, 1.0]), nothing, nothing, None, stakes)["money"]
    assert [found[i] for i in (0, 10, 20, 30, 40)] == pytest.approx([20 / 4, 10 / 4, 11 / 4, 1 / 4, 2 / 4])
    assert found[5] == pytest.approx(15 / 4)  # half of the first row, by lot


def test_decisions_are_told_as_rates():
    y = np.array([1, 1, 0, 0, 0, 0])
    found = curves_of(y, y.astype(float), np.array([1, 0, 1, 0, 0, 0]), np.ones(6, dtype=int))
    assert found["points"] == (0.25, 0.5, 1.0, 1.0)


def test_curves_of_several_classes_are_the_mean_of_each_against_the_rest():
    rng = np.random.default_rng(3)
    y = rng.choice(4, 300, p=[0.6, 0.3, 0.1, 0.0])
    proba = rng.dirichlet(np.ones(4), 300) + 0.3 * np.eye(4)[y]
    decided, weight = proba.argmax(axis=1), rng.uniform(0.5, 2, 300)
    found = macro_curves(y, proba, decided, decided, weight)
    each = [
        curves_of((y == k) * 1, proba[:, k], (decided == k) * 1, (decided == k) * 1, weight) for k in range(3)
    ]
    assert list(found) == [*KINDS, "points"]
    for kind in found:
        assert found[kind] == pytest.approx(np.mean([one[kind] for one in each], axis=0), abs=2e-5)
    assert macro_curves(np.zeros(5, dtype=int), proba[:5], decided[:5], decided[:5]) == {}
