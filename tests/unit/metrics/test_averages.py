"""Averages over classes: the laws of the family and scikit-learn's ends of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.metrics import accuracy_score, f1_score, recall_score

from imbtool.metrics.averages import SCHEMES, class_average, class_weighting
from imbtool.metrics.chance import no_skill
from imbtool.metrics.decision import confusion, f1_dodrans, f1_entropy, f1_weighted

ALL = (0.0, 0.3, 0.75, 1.0, "entropy")
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=60)
SIZES = st.lists(st.integers(1, 10_000), min_size=2, max_size=8)


def parts(rows):
    y, predicted = (np.array(side) for side in zip(*rows, strict=True))
    table = confusion(y, predicted, 4)
    truth, called, hits = table.sum(axis=1), table.sum(axis=0), np.diagonal(table)
    f1s = 2 * hits / np.where(truth + called > 0, truth + called, 1)
    return y, predicted, truth, f1s, hits / np.where(truth > 0, truth, 1)


@given(ROWS)
@settings(deadline=None)
def test_the_ends_of_the_family_are_macro_and_weighted(rows):
    y, predicted, truth, f1s, _ = parts(rows)
    here = sorted(set(y.tolist()))
    for power, name in ((0.0, "macro"), (1.0, "weighted")):
        theirs = f1_score(y, predicted, labels=here, average=name, zero_division=0)
        assert float(class_average(f1s, truth, power)) == pytest.approx(theirs, abs=1e-12)
    if len(here) > 1:
        assert f1_weighted(y, predicted, 4) == pytest.approx(
            f1_score(y, predicted, labels=here, average="weighted", zero_division=0), abs=1e-12
        )


@given(ROWS)
@settings(deadline=None)
def test_recall_weighted_by_rows_is_accuracy(rows):
    y, predicted, truth, _, recalls = parts(rows)
    assert float(class_average(recalls, truth, 1.0)) == pytest.approx(accuracy_score(y, predicted), abs=1e-12)
    here = sorted(set(y.tolist()))
    macro = recall_score(y, predicted, labels=here, average="macro", zero_division=0)
    assert float(class_average(recalls, truth, 0.0)) == pytest.approx(macro, abs=1e-12)


@given(SIZES, st.floats(1e-3, 1e3))
@settings(deadline=None)
def test_weights_sum_to_one_and_do_not_depend_on_the_scale(sizes, scale):
    mass = np.array(sizes, dtype=float)
    for scheme in ALL:
        weights = class_weighting(mass, scheme)
        assert weights.sum() == pytest.approx(1.0)
        assert (weights >= 0).all()
        assert weights == pytest.approx(class_weighting(mass * scale, scheme), rel=1e-9)


@given(st.integers(1, 50), st.integers(2, 6), st.data())
@settings(deadline=None)
def test_classes_of_one_size_count_alike(size, k, data):
    values = np.array(data.draw(st.lists(st.floats(0, 1), min_size=k, max_size=k)))
    for scheme in ALL:
        assert float(class_average(values, np.full(k, float(size)), scheme)) == pytest.approx(values.mean())


@given(SIZES, st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_the_rarest_class_counts_less_the_larger_the_power(sizes, a, b):
    mass = np.array(sizes, dtype=float)
    low, high = sorted((a, b))
    rarest = int(mass.argmin())
    assert class_weighting(mass, high)[rarest] <= class_weighting(mass, low)[rarest] + 1e-12


def test_absent_classes_do_not_count_and_one_class_alone_has_no_entropy():
    mass = np.array([[5.0, 0.0, 5.0], [7.0, 0.0, 0.0]])
    assert class_weighting(mass, 0.75).tolist() == [[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]
    entropy = class_weighting(mass, "entropy")
    assert entropy[0].tolist() == [0.5, 0.0, 0.5]
    assert np.isnan(entropy[1]).all()


def test_values_by_hand():
    y = np.array([0] * 16 + [1])
    predicted = np.array([0] * 15 + [1, 1])
    f1s = np.array([30 / 31, 2 / 3])
    assert f1_dodrans(y, predicted, 2) == pytest.approx((8 * f1s[0] + f1s[1]) / 9)
    pull = np.array([-16 * np.log(16 / 17), np.log(17)])
    assert f1_entropy(y, predicted, 2) == pytest.approx(pull @ f1s / pull.sum())


@pytest.mark.parametrize("sizes", [(90, 10), (500, 3), (50, 30, 20), (900, 90, 10)])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_chance_reaches_is_the_best_draw_of_classes(sizes, scheme):
    y, pi = np.repeat(np.arange(len(sizes)), sizes), np.array(sizes) / sum(sizes)

    def value(q):
        return -float(class_average(2 * q * pi / (q + pi), pi, SCHEMES[scheme]))

    ends = {"bounds": [(0, 1)] * len(pi), "constraints": {"type": "eq", "fun": lambda q: q.sum() - 1}}
    best = -minimize(value, pi, method="SLSQP", **ends).fun
    assert no_skill(f"f1_{scheme}", y, len(sizes)) == pytest.approx(best, abs=1e-5)
