"""Laws of temperature weights for every class distribution."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.methods.reweight.balanced import BalancedWeights
from imbtool.methods.reweight.effective_number import EffectiveNumberWeights
from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.reweight.square_root import SquareRootWeights
from imbtool.methods.schedule.cooldown import Cooldown
from imbtool.methods.temperature import (
    class_shares,
    class_weights,
    effective_sample_size,
    inflation,
    variance_gap,
)

# A busy machine is no reason to fail.
CALM = settings(deadline=None)
COUNTS = st.lists(st.integers(1, 10**6), min_size=1, max_size=12)
SPARSE_COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)
TAU = st.floats(1.0, 1e6) | st.just(np.inf)


@CALM
@given(SPARSE_COUNTS, TAU)
def test_shares_are_a_distribution_over_the_classes_with_rows(counts, tau):
    shares = class_shares(counts, tau)
    assert np.isclose(shares.sum(), 1)
    np.testing.assert_array_equal(shares > 0, np.array(counts) > 0)


@CALM
@given(SPARSE_COUNTS, TAU)
def test_the_mean_row_weight_is_1(counts, tau):
    n = np.array(counts)
    assert np.isclose(class_weights(counts, tau) @ n / n.sum(), 1)


@CALM
@given(COUNTS, st.floats(1.0, 1e3), st.floats(0.0, 1e3))
def test_inflation_is_at_least_1_and_never_falls_with_tau(counts, tau, more):
    low, high = inflation(counts, tau), inflation(counts, tau + more)
    assert low >= 1 - 1e-12
    assert high >= low * (1 - 1e-12)


@CALM
@given(st.integers(1, 10**6), st.integers(1, 12), TAU)
def test_classes_of_one_size_have_inflation_1(n, k, tau):
    assert np.isclose(inflation([n] * k, tau), 1)


@CALM
@given(COUNTS)
def test_inflation_exceeds_1_when_sizes_differ(counts):
    if max(counts) > 1.01 * min(counts):
        assert inflation(counts, 5) > 1 + 1e-9


@CALM
@given(COUNTS, TAU)
def test_shares_and_weights_keep_the_order_of_sizes(counts, tau):
    order = np.argsort(counts)
    assert (np.diff(class_shares(counts, tau)[order]) >= -1e-12).all()
    weights = class_weights(counts, tau)[order]
    assert (np.diff(weights) <= 1e-9 * weights[:-1]).all()


@CALM
@given(COUNTS, TAU)
def test_the_effective_sample_size_lies_between_0_and_n(counts, tau):
    assert 0 < effective_sample_size(counts, tau) <= sum(counts) * (1 + 1e-12)


@CALM
@given(COUNTS, TAU, st.floats(0.0, 1e6))
def test_with_equal_gradients_sampling_never_varies_more(counts, tau, norm):
    gap = variance_gap(counts, tau, [norm] * len(counts))
    assert np.isclose(gap, (inflation(counts, tau) - 1) * norm, rtol=1e-6, atol=1e-6 * (1 + norm))


REWEIGHTERS = st.one_of(
    st.just(BalancedWeights()),
    st.just(SquareRootWeights()),
    st.builds(Scalarization, tau=st.floats(1, 100)),
    st.builds(EffectiveNumberWeights, beta=st.floats(0, 0.999999)),
)
TARGET = st.lists(st.integers(0, 5), min_size=1, max_size=200).map(np.array)


@CALM
@given(REWEIGHTERS, TARGET)
def test_row_weights_are_positive_with_mean_1_and_equal_within_a_class(method, y):
    weight = method.fit_weight(None, y)
    assert np.isclose(weight.mean(), 1, atol=1e-12)
    assert (weight > 0).all()
    assert all(np.ptp(weight[y == k]) == 0 for k in set(y.tolist()))


@CALM
@given(REWEIGHTERS, TARGET)
def test_a_rarer_class_never_weighs_less(method, y):
    weight, counts = method.fit_weight(None, y), np.bincount(y)[y]
    order = np.argsort(-counts, kind="stable")
    assert (np.diff(weight[order]) >= -1e-9).all()


@CALM
@given(st.floats(1, 50), st.floats(0, 1), st.integers(1, 500), TARGET)
def test_cooldown_covers_all_stages_with_two_levels(tau, switch, n_stages, y):
    cooldown = Cooldown(tau, switch)
    phases = cooldown.phases(y, n_stages)
    covered = [stage for phase in phases for stage in range(phase.start, phase.stop)]
    assert covered == list(range(n_stages))
    taus = [cooldown.tau_at(stage, n_stages) for stage in range(n_stages)]
    assert set(taus) <= {tau, 1.0}
    assert taus == sorted(taus, reverse=True)
