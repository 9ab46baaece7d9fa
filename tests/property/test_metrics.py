"""Laws of the metrics."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imbtool.metrics import decision, probability, ranking
from imbtool.metrics.catalog import METRICS
from imbtool.metrics.chance import no_skill

BY_NAME = {row.name: row for row in METRICS}
OF_SCORES = [row.name for row in METRICS if row.family != "decision"]
OF_DECISIONS = [row.name for row in METRICS if row.family == "decision"]
UNBOUNDED = {"log_loss", "brier_skill", "calibration_slope", "calibration_intercept"}
SIZES = st.integers(4, 60)


@st.composite
def scored(draw, max_classes=4):
    """Class codes, probabilities on a coarse grid (so ties happen) and whole-number weights."""
    n, n_classes = draw(SIZES), draw(st.integers(2, max_classes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = rng.integers(0, n_classes, n)
    parts = rng.integers(0, draw(st.sampled_from([3, 1000])), (n, n_classes)) + 1e-3
    return y, parts / parts.sum(axis=1, keepdims=True), rng.integers(0, 4, n)


def value(name, y, proba, weight=None):
    function = BY_NAME[name].load()
    if BY_NAME[name].family == "decision":
        return function(y, proba.argmax(axis=1), proba.shape[1], weight)
    return function(y, proba, weight)


@pytest.mark.parametrize("name", OF_SCORES + OF_DECISIONS)
@given(case=scored())
def test_a_value_is_nan_or_within_its_bounds(name, case):
    y, proba, _ = case
    found = value(name, y, proba)
    lowest = -1.0 if name == "mcc" else 0.0
    if name == "brier_skill":
        assert np.isnan(found) or found <= 1.0
    elif name == "log_loss":
        assert found >= 0.0
    elif name not in UNBOUNDED:
        assert np.isnan(found) or lowest <= found <= 1.0 + 1e-12


@pytest.mark.parametrize("name", OF_SCORES + OF_DECISIONS)
@given(case=scored(), seed=st.integers(0, 1000))
def test_the_order_of_the_rows_does_not_matter(name, case, seed):
    y, proba, weight = case
    order = np.random.default_rng(seed).permutation(len(y))
    w = weight.astype(float)
    assume(w.sum() > 0)
    shuffled = value(name, y[order], proba[order], w[order])
    assert shuffled == pytest.approx(value(name, y, proba, w), abs=1e-6, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("name", OF_SCORES + OF_DECISIONS)
@given(case=scored())
def test_weight_k_is_k_copies(name, case):
    y, proba, weight = case
    assume(weight.sum() > 0)
    copied = value(name, np.repeat(y, weight), np.repeat(proba, weight, axis=0))
    assert value(name, y, proba, weight.astype(float)) == pytest.approx(
        copied, abs=1e-6, rel=1e-6, nan_ok=True
    )


@pytest.mark.parametrize("metric", [ranking.pr_auc, ranking.roc_auc])
@given(case=scored(max_classes=2))
def test_areas_do_not_change_under_monotone_transforms(metric, case):
    y, proba, _ = case
    bent = np.exp(3 * np.round(proba, 9)) + 7
    assert metric(y, bent) == pytest.approx(metric(y, np.round(proba, 9)), abs=1e-12, nan_ok=True)


@given(case=scored(max_classes=2))
def test_roc_auc_and_mcc_do_not_know_which_class_is_positive(case):
    y, proba, weight = case
    weight = weight + 1.0
    swapped = proba[:, ::-1]
    assert ranking.roc_auc(1 - y, swapped, weight) == pytest.approx(
        ranking.roc_auc(y, proba, weight), abs=1e-12, nan_ok=True
    )
    predicted = (proba[:, 1] > 0.5).astype(int)
    assert decision.mcc(1 - y, 1 - predicted, 2, weight) == pytest.approx(
        decision.mcc(y, predicted, 2, weight), abs=1e-9, nan_ok=True
    )


@given(case=scored(max_classes=2))
def test_reversed_scores_have_the_complementary_roc_auc(case):
    y, proba, _ = case
    assume(0 < y.sum() < len(y))
    assert ranking.roc_auc(y, proba[:, ::-1]) == pytest.approx(1 - ranking.roc_auc(y, proba), abs=1e-12)


@given(case=scored(max_classes=2))
def test_average_precision_is_at_least_that_of_the_worst_ranking(case):
    y, proba, _ = case
    assume(0 < y.sum() < len(y))
    rank = np.arange(1, y.sum() + 1)
    worst = np.mean(rank / (rank + len(y) - y.sum()))  # Boyd et al., ICML 2012: all negatives first
    assert ranking.pr_auc(y, proba) >= worst - 1e-12


@given(case=scored())
def test_perfect_scores_reach_the_best_value_of_every_metric(case):
    y, proba, _ = case
    assume(len(np.unique(y)) > 1)
    perfect = np.eye(proba.shape[1])[y]
    for name in ("pr_auc", "roc_auc", "brier_skill", *OF_DECISIONS):
        assert value(name, y, perfect) == pytest.approx(1.0)
    for name in ("brier", "log_loss", "calibration_error"):
        assert value(name, y, perfect) == pytest.approx(0.0, abs=1e-12)


@given(case=scored())
def test_no_constant_probability_has_a_better_brier_score_than_no_skill(case):
    y, proba, _ = case
    n_classes = proba.shape[1]
    assume(len(np.unique(y)) > 1)
    constant = np.tile(proba[0], (len(y), 1))
    assert probability.brier(y, constant) >= no_skill("brier", y, n_classes) - 1e-12
    assert probability.log_loss(y, constant) >= no_skill("log_loss", y, n_classes) - 1e-12


@given(case=scored(max_classes=3))
@settings(max_examples=50)
def test_classes_renamed_leave_macro_metrics_alone(case):
    y, proba, _ = case
    assume(proba.shape[1] == 3)
    names = np.array([2, 0, 1])
    renamed = np.empty_like(proba)
    renamed[:, names] = proba
    for name in OF_SCORES:
        assert value(name, names[y], renamed) == pytest.approx(
            value(name, y, proba), abs=1e-6, rel=1e-6, nan_ok=True
        )
