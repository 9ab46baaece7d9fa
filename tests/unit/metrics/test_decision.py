"""Decision metrics against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as reference

from imbtool.core.errors import DataError
from imbtool.metrics import decision


def decisions(seed, n_classes, n=300):
    rng = np.random.default_rng(seed)
    y = rng.choice(n_classes, n, p=np.arange(1, n_classes + 1) / np.arange(1, n_classes + 1).sum())
    y[:n_classes] = np.arange(n_classes)
    predicted = np.where(rng.random(n) < 0.5, y, rng.integers(0, n_classes, n))
    return y, predicted, rng.uniform(0.2, 3, n)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_decisions_agree_with_scikit_learn_and_imbalanced_learn(seed, n_classes, weighted):
    y, predicted, weight = decisions(seed, n_classes)
    weight = weight if weighted else None
    average = "binary" if n_classes == 2 else "macro"
    args, known = (y, predicted, n_classes, weight), {"sample_weight": weight}
    expected = {
        "f1": reference.f1_score(y, predicted, average=average, **known),
        "precision": reference.precision_score(y, predicted, average=average, **known),
        "recall": reference.recall_score(y, predicted, average=average, **known),
        "mcc": reference.matthews_corrcoef(y, predicted, **known),
        "balanced_accuracy": reference.balanced_accuracy_score(y, predicted, **known),
        "g_mean": geometric_mean_score(y, predicted, average="multiclass", **known),
    }
    found = {name: getattr(decision, name)(*args) for name in expected}
    assert found == pytest.approx(expected, abs=1e-12)


def test_predicting_no_positive_scores_zero_not_undefined():
    y, predicted = np.array([0, 0, 1]), np.array([0, 0, 0])
    assert decision.precision(y, predicted, 2) == 0.0
    assert decision.f1(y, predicted, 2) == 0.0
    assert decision.mcc(y, predicted, 2) == 0.0
    assert decision.g_mean(y, predicted, 2) == 0.0


@pytest.mark.parametrize("name", ["f1", "mcc", "balanced_accuracy", "g_mean", "precision", "recall"])
def test_one_class_leaves_nothing_to_decide(name):
    assert np.isnan(getattr(decision, name)(np.ones(4, int), np.array([0, 1, 1, 1]), 2))


def test_macro_values_leave_absent_classes_out():
    y, predicted = np.array([0, 0, 2, 2]), np.array([0, 1, 2, 2])
    assert decision.recall(y, predicted, 3) == pytest.approx((0.5 + 1.0) / 2)
    assert decision.g_mean(y, predicted, 3) == pytest.approx(np.sqrt(0.5))
    assert decision.f1(y, predicted, 3) == pytest.approx((2 / 3 + 1.0) / 2)


def test_mcc_stays_exact_at_one_positive_in_a_million():
    table = np.array([[999_998.0, 1.0], [0.0, 1.0]])
    assert decision.from_confusion(table)["mcc"] == pytest.approx(np.sqrt(0.5), abs=1e-6)


def test_collapsing_a_table_keeps_the_class_of_interest():
    y, predicted, weight = decisions(4, 4)
    table = decision.confusion(y, predicted, 4, weight)
    for k in range(4):
        pair = decision.confusion((y == k).astype(int), (predicted == k).astype(int), 2, weight)
        assert decision.against_rest(table, k) == pytest.approx(pair, abs=1e-9)


def test_codes_outside_the_classes_are_refused():
    with pytest.raises(DataError, match="`predicted` must hold integer class codes from 0 to 1"):
        decision.f1(np.array([0, 1]), np.array([0, 2]), 2)
