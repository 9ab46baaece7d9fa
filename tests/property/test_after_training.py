"""Laws of floors, prior correction, logit adjustment and row weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.protocols import Priors
from imbtool.core.types import Layout
from imbtool.methods.postprocess.logit_adjustment import LogitAdjustment
from imbtool.methods.postprocess.prior import PriorCorrection
from imbtool.methods.postprocess.threshold import Threshold
from imbtool.methods.postprocess.weight_aligning import aligned
from imbtool.methods.reweight.commonness import CommonnessWeights
from imbtool.methods.reweight.moments import gap, pooled, rake


@st.composite
def scored(draw, n_classes=2):
    """Class codes and probabilities, ties and exact 0 and 1 among them; every class has two rows."""
    n = draw(st.integers(2 * n_classes, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = np.concatenate((np.repeat(np.arange(n_classes), 2), rng.integers(0, n_classes, n - 2 * n_classes)))
    parts = rng.integers(0, draw(st.sampled_from([2, 5, 1000])), (n, n_classes)).astype(float)
    parts[np.arange(n), y] += draw(st.sampled_from([0, 1, 10]))
    parts[parts.sum(axis=1) == 0] = 1.0
    return y, parts / parts.sum(axis=1, keepdims=True)


def shares(n_classes):
    return st.lists(st.floats(0.01, 1.0), min_size=n_classes, max_size=n_classes).map(
        lambda x: np.array(x) / sum(x)
    )


floors = st.one_of(st.none(), st.floats(0.0, 1.0))


@given(case=scored(), precision=floors, recall=floors, share=floors, weighted=st.booleans())
def test_floors_are_kept_or_the_reason_says_that_no_cut_keeps_them(case, precision, recall, share, weighted):
    y, proba = case
    weight = np.random.default_rng(len(y)).uniform(0.5, 2.0, len(y)) if weighted else np.ones(len(y))
    rule = Threshold(metric="f1", min_precision=precision, min_recall=recall, max_share=share)
    rule.fit(proba, y, weight if weighted else None)

    def kept(called):
        hits = weight[called & (y == 1)].sum()
        found = hits / weight[called].sum() if called.any() else 0.0
        return (
            (precision is None or found >= precision - 1e-9)
            and (recall is None or hits / weight[y == 1].sum() >= recall - 1e-9)
            and (share is None or weight[called].sum() / weight.sum() <= share + 1e-9)
        )

    # No probability exceeds 1, so that a row with a score of 1 is always called.
    cuts = [*np.unique(proba[:, 1]), *([2.0] if proba[:, 1].max() < 1.0 else [])]
    if rule.reason_:
        assert not any(kept(proba[:, 1] >= t) for t in cuts)
    else:
        assert kept(rule.predict(proba) == 1)
    assert 0.0 <= rule.values_[0] <= 1.0


@given(case=scored(), small=st.floats(0.0, 1.0), large=st.floats(0.0, 1.0))
def test_more_capacity_never_finds_less(case, small, large):
    y, proba = case
    small, large = sorted((small, large))
    few, many = (Threshold(metric="recall", max_share=s).fit(proba, y).predict(proba) for s in (small, large))
    assert (few <= many).all()


@given(case=scored(), fp=st.floats(0.01, 100.0), fn=st.floats(0.01, 100.0))
def test_dearer_misses_never_raise_the_analytic_threshold(case, fp, fn):
    y, proba = case
    cheap, dear = (
        Threshold(metric="cost", fp=fp, fn=cost, rule="analytic").fit(proba, y).values_[0]
        for cost in (fn, 2 * fn)
    )
    assert 0.0 < dear < cheap < 1.0


@given(case=scored(3), natural=shares(3), training=shares(3))
def test_prior_correction_can_be_taken_back(case, natural, training):
    y, proba = case
    inside = 0.98 * proba + 0.02 / 3
    there = PriorCorrection().fit(inside, y, priors=Priors(natural=natural, training=training))
    back = PriorCorrection().fit(inside, y, priors=Priors(natural=training, training=natural))
    corrected = there.transform(inside)
    assert corrected.sum(axis=1) == pytest.approx(1.0)
    assert back.transform(corrected) == pytest.approx(inside, abs=1e-9)


@given(case=scored(), natural=shares(2), training=shares(2))
def test_prior_correction_keeps_the_order_of_two_classes(case, natural, training):
    y, proba = case
    fitted = PriorCorrection().fit(proba, y, priors=Priors(natural=natural, training=training))
    rising = fitted.transform(proba)[np.argsort(proba[:, 1]), 1]
    assert (np.diff(rising) >= 0.0).all()


@given(case=scored(), natural=shares(2), tau=st.floats(0.0, 2.0))
def test_adjusting_natural_scores_decides_as_the_default_rule_on_corrected_ones(case, natural, tau):
    y, proba = case
    inside = 0.98 * proba + 0.01
    even = natural ** (1.0 - tau)
    corrected = PriorCorrection().fit(inside, y, priors=Priors(natural=even / even.sum(), training=natural))
    rule = LogitAdjustment(tau=tau).fit(inside, y, priors=Priors(natural=natural, training=natural))
    p = corrected.transform(inside)[:, 1]
    clear = np.abs(p - 0.5) > 1e-9
    assert ((p >= 0.5) == rule.predict(inside))[clear].all()


@given(case=scored(4), form=st.sampled_from(["additive", "multiplicative"]), tau=st.floats(0.0, 3.0))
def test_a_larger_tau_moves_decisions_towards_rarer_classes_only(case, form, tau):
    y, proba = case
    size = np.bincount(y, minlength=4)
    less, more = (LogitAdjustment(tau=t, form=form).fit(proba, y).predict(proba) for t in (tau, tau + 1.0))
    assert (size[more] <= size[less]).all()


@given(st.integers(2, 6), st.integers(1, 5), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_aligning_keeps_directions_and_the_mean_length(n_classes, n_columns, tau, seed):
    vectors = np.random.default_rng(seed).normal(size=(n_classes, n_columns))
    centred = vectors - vectors.mean(axis=0)
    scaled = aligned(vectors, tau)
    assert (scaled * centred).sum(axis=1) == pytest.approx(
        np.linalg.norm(scaled, axis=1) * np.linalg.norm(centred, axis=1)
    )
    assert np.ptp(np.linalg.norm(scaled, axis=1)) <= np.ptp(np.linalg.norm(centred, axis=1)) + 1e-9


@given(st.integers(1, 40), st.integers(1, 6), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_copies_share_their_weight_by_the_power(n, copies, power, seed):
    rows = np.random.default_rng(seed).permutation(n)[:, None].astype(float)
    X = np.concatenate((rows, np.repeat(rows[:1], copies - 1, axis=0)))
    layout = Layout(names=("a",), levels=(n,))
    method = CommonnessWeights(power=power, density="rows", cap=1e9)
    weight = method.fit_weight(X, np.zeros(len(X), int), layout=layout)
    assert weight.mean() == pytest.approx(1.0)
    if n > 1:
        together = weight[X[:, 0] == rows[0, 0]].sum()
        assert together / weight[1] == pytest.approx(copies ** (1.0 - power))


@given(st.integers(40, 200), st.integers(1, 6), st.booleans(), st.integers(0, 2**32 - 1))
def test_raked_columns_are_independent_of_the_class(n, n_levels, balanced, seed):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int64)
    y[:2] = (0, 1)
    column = (rng.integers(0, n_levels, n) + y * (rng.random(n) < 0.5)) % n_levels
    level = pooled(column, y)
    weight = rake([level], y, balanced=balanced)
    assert weight.min() > 0.0
    assert weight.mean() == pytest.approx(1.0)
    assert gap(level, y, weight) < 1e-8
    for k in (0, 1):
        wanted = 0.5 if balanced else (y == k).mean()
        assert weight[y == k].sum() / n == pytest.approx(wanted)
