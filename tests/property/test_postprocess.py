"""Laws of calibrators and thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.methods.postprocess.beta import BetaCalibrator
from imbtool.methods.postprocess.isotonic import IsotonicCalibrator
from imbtool.methods.postprocess.sigmoid import SigmoidCalibrator
from imbtool.methods.postprocess.temperature import TemperatureCalibrator
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.metrics import decision

CALIBRATORS = [SigmoidCalibrator, IsotonicCalibrator, TemperatureCalibrator, BetaCalibrator]
METRICS = ["f1", "mcc", "balanced_accuracy", "g_mean"]


@st.composite
def scored(draw, n_classes=2):
    """Class codes and probabilities on a grid, from useless to informative, exact 0 and 1 included."""
    n = draw(st.integers(2, 80))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = rng.integers(0, n_classes, n)
    parts = rng.integers(0, draw(st.sampled_from([2, 20, 1000])), (n, n_classes)).astype(float)
    parts[np.arange(n), y] += draw(st.sampled_from([0, 1, 10, 1000]))
    parts[parts.sum(axis=1) == 0] = 1.0
    proba = parts / parts.sum(axis=1, keepdims=True)
    return y, np.column_stack((1 - proba[:, 1], proba[:, 1])) if n_classes == 2 else proba


@pytest.mark.parametrize("kind", CALIBRATORS)
@given(seen=st.one_of(scored(), scored(3)), new=st.one_of(scored(), scored(3)))
def test_calibrated_scores_are_probabilities(kind, seen, new):
    y, proba = seen
    calibrator = kind().fit(proba, y)
    for scores in (proba, new[1]):
        if scores.shape[1] == proba.shape[1]:
            fitted = calibrator.transform(scores)
            assert fitted.shape == scores.shape
            assert ((fitted > 0) & (fitted < 1)).all()
            assert fitted.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", CALIBRATORS)
@given(seen=scored(), new=scored())
def test_a_larger_score_never_gets_a_smaller_probability(kind, seen, new):
    y, proba = seen
    order = np.argsort(new[1][:, 1])
    fitted = kind().fit(proba, y).transform(new[1])[order, 1]
    assert (np.diff(fitted) >= 0).all()


@given(seen=scored(), new=scored())
def test_temperature_and_sigmoid_make_no_ties(seen, new):
    y, proba = seen
    scores = np.round(new[1], 4)
    for kind in (TemperatureCalibrator, SigmoidCalibrator):
        fitted = kind().fit(proba, y).transform(scores)[:, 1]
        inside = (fitted > 1e-12) & (fitted < 1 - 1e-12)
        assert len(np.unique(fitted[inside])) == len(np.unique(scores[inside, 1]))


@given(seen=scored(4))
def test_temperature_keeps_the_classes_of_a_row_in_order(seen):
    y, proba = seen
    fitted = TemperatureCalibrator().fit(proba, y).transform(proba)
    for k in range(4):
        for j in range(4):
            above = proba[:, k] > proba[:, j]
            assert (fitted[above, k] >= fitted[above, j]).all()


@pytest.mark.parametrize("kind", CALIBRATORS)
@given(seen=scored(3), seed=st.integers(0, 100))
def test_calibrators_do_not_depend_on_the_order_of_the_rows(kind, seen, seed):
    y, proba = seen
    order = np.random.default_rng(seed).permutation(len(y))
    one, other = kind().fit(proba, y), kind().fit(proba[order], y[order])
    assert one.transform(proba) == pytest.approx(other.transform(proba), abs=1e-4)


@pytest.mark.parametrize("metric", METRICS)
@given(case=scored(), weighted=st.booleans())
def test_no_cut_point_beats_the_threshold(metric, case, weighted):
    y, proba = case
    weight = np.random.default_rng(len(y)).uniform(0.5, 2, len(y)) if weighted else None
    rule = Threshold(metric=metric).fit(proba, y, weight)
    if rule.reason_:
        assert rule.values_ == (0.5,)
        return
    score = getattr(decision, metric)
    cuts = [*np.unique(proba[:, 1]), 2.0]
    best = max(score(y, (proba[:, 1] >= t).astype(np.int64), 2, weight) for t in cuts)
    assert score(y, rule.predict(proba), 2, weight) == pytest.approx(best, abs=1e-9)
    assert 0.0 <= rule.values_[0] <= 1.0


@pytest.mark.parametrize("metric", METRICS)
@given(case=scored(4))
@settings(max_examples=40)
def test_offsets_never_lose_against_the_largest_probability(metric, case):
    y, proba = case
    rule = Threshold(metric=metric).fit(proba, y)
    if len(np.unique(y)) < 2:
        assert rule.values_ == (0.0,) * 4
        return
    score = getattr(decision, metric)
    tuned = score(y, rule.predict(proba), 4)
    assert tuned >= score(y, proba.argmax(axis=1), 4) - 1e-12


@pytest.mark.parametrize("metric", METRICS)
@given(case=scored(), seed=st.integers(0, 100))
def test_thresholds_do_not_depend_on_the_order_of_the_rows(metric, case, seed):
    y, proba = case
    order = np.random.default_rng(seed).permutation(len(y))
    rule = Threshold(metric=metric)
    assert rule.fit(proba, y).values_ == Threshold(metric=metric).fit(proba[order], y[order]).values_
