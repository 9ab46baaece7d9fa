"""Weights of groups that a small model learns: DoReMi, DoGE, Velocitune, Aioli."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.reweight.groups.aioli import AioliWeights
from imbtool.methods.reweight.groups.doge import DoGEWeights
from imbtool.methods.reweight.groups.doremi import DoReMiWeights
from imbtool.methods.reweight.groups.proxy import Proxy, trained
from imbtool.methods.reweight.groups.updates import alignment, capped, mixing, raised, still_open
from imbtool.methods.reweight.groups.velocitune import VelocituneWeights

ALL = (DoReMiWeights, DoGEWeights, VelocituneWeights, AioliWeights)
LAYOUT = Layout(names=("a", "region"), levels=(0, 3))


def rows(n: int = 400, seed: int = 0):
    rng = np.random.default_rng(seed)
    region = rng.choice(3, size=n, p=[0.7, 0.2, 0.1])
    a = rng.normal(size=n)
    # In the last region the column means the opposite.
    y = (np.where(region == 2, -a, a) + rng.normal(scale=0.7, size=n) > 0.8).astype(int)
    return np.column_stack([a, region]), y


@pytest.mark.parametrize("method", ALL)
class TestAll:
    def test_rows_of_a_group_weigh_alike_and_the_mean_is_one(self, method):
        X, y = rows()
        weight = method(group="region").fit_weight(X, y, layout=LAYOUT)
        assert weight.mean() == pytest.approx(1.0)
        assert all(np.ptp(weight[X[:, 1] == k]) == 0 for k in range(3))

    def test_no_row_weighs_more_than_the_cap(self, method):
        y = np.repeat([0, 1], [395, 5])
        weight = method(cap=2.0).fit_weight(np.random.default_rng(0).normal(size=(400, 2)), y)
        assert weight.max() <= 2.0 + 1e-9
        assert weight.mean() == pytest.approx(1.0)

    def test_numbers_are_cut_and_frames_are_read(self, method):
        pd = pytest.importorskip("pandas")
        X, y = rows(120)
        frame = pd.DataFrame({"a": X[:, 0], "region": X[:, 1].astype(int).astype(str)})
        weight = method(group="a").fit_weight(frame, y)
        assert 2 <= len(np.unique(weight.round(12))) <= 4

    def test_a_column_that_is_not_there_is_named(self, method):
        X, y = rows(50)
        with pytest.raises(NotApplicableError, match="no feature 'regoin'") as raised_error:
            method(group="regoin").fit_weight(X, y, layout=LAYOUT)
        assert "region" in raised_error.value.hint

    def test_one_group_is_the_table_as_it_is(self, method):
        X, y = rows(60)
        X[:, 1] = 0.0
        np.testing.assert_allclose(method(group="region").fit_weight(X, y, layout=LAYOUT), 1.0)


class TestProxy:
    def test_the_gradient_is_that_of_the_losses(self):
        X, y = rows(60)
        group = X[:, 1].astype(int)
        proxy = Proxy(X, y, LAYOUT, group, ridge=0.01)
        rng = np.random.default_rng(1)
        weights, share = rng.normal(size=proxy.shape), np.array([0.2, 0.3, 0.5])

        def value(w):
            return share @ proxy.group_means(proxy.losses(w)) + 0.005 * (w**2).sum()

        gradient = proxy.gradient(weights, share)
        for place in [(0, 0), (3, 1), (proxy.shape[0] - 1, 0)]:
            step = np.zeros(proxy.shape)
            step[place] = 1e-5
            numeric = (value(weights + step) - value(weights - step)) / 2e-5
            assert gradient[place] == pytest.approx(numeric, abs=1e-7)
        parts = proxy.group_gradients(weights).reshape(3, *proxy.shape)
        np.testing.assert_allclose(np.tensordot(share, parts, axes=1) + 0.01 * weights, gradient, atol=1e-12)

    def test_it_starts_at_the_class_shares_and_learns(self):
        X, y = rows()
        proxy = Proxy(X, y, LAYOUT, y)
        share = np.bincount(y) / len(y)
        start = proxy.losses(np.zeros(proxy.shape)).mean()
        assert start == pytest.approx(-(share * np.log(share)).sum())
        assert proxy.losses(trained(proxy, share, 100)).mean() < 0.9 * start


class TestUpdates:
    @settings(max_examples=60, deadline=None)
    @given(
        weight=st.lists(st.floats(0.01, 100), min_size=1, max_size=6),
        cap=st.floats(1, 10),
        seed=st.integers(0, 99),
    )
    def test_capped_weights_have_mean_one_and_keep_their_order(self, weight, cap, seed):
        counts = np.random.default_rng(seed).integers(1, 50, len(weight))
        found = capped(np.array(weight), counts, cap)
        assert found @ counts == pytest.approx(counts.sum())
        assert found.max() <= cap * (1 + 1e-9)
        assert (np.diff(found[np.argsort(weight)]) >= -1e-9).all()

    def test_doge_groups_that_pull_at_right_angles_or_apart_score_nothing(self):
        np.testing.assert_allclose(alignment(np.eye(3)), 0.0)
        np.testing.assert_allclose(alignment(np.array([[1.0, 0.0], [-1.0, 0.0]])), 0.0)
        np.testing.assert_allclose(alignment(np.zeros((2, 3))), 0.0)

    def test_doge_groups_that_pull_together_score_and_long_gradients_count_as_length_one(self):
        scores = alignment(np.array([[30.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        np.testing.assert_allclose(scores, [1.0, 1.0, 0.0])

    @settings(max_examples=60, deadline=None)
    @given(
        loss=st.lists(st.floats(0, 3), min_size=2, max_size=5),
        seed=st.integers(0, 99),
    )
    def test_velocitune_changes_the_ratio_of_two_groups_by_e_at_most(self, loss, seed):
        rng = np.random.default_rng(seed)
        now = np.array(loss)
        target, start = rng.random(len(now)), 1.0 + rng.random(len(now))
        share = rng.dirichlet(np.ones(len(now)))
        open_ = still_open(now, start, target)
        assert ((open_ >= 0) & (open_ <= 1)).all()
        after = raised(share, open_, eta=1.0, smoothing=0.0)
        ratio = (after[0] / after[1]) / (share[0] / share[1])
        assert ratio == pytest.approx(np.exp(open_[0] - open_[1]))
        assert ratio <= np.e * (1 + 1e-9)

    def test_velocitune_without_a_way_to_go_has_nothing_open(self):
        np.testing.assert_array_equal(still_open(np.ones(2), np.ones(2), np.array([1.0, 1.5])), 0.0)
        np.testing.assert_allclose(still_open(np.ones(2), np.ones(2), np.array([0.5, 0.9])), 1.0)

    def test_aioli_recovers_a_law_of_mixing(self):
        law = np.array([[0.3, 0.1, 0.0], [0.05, 0.2, 0.0], [0.0, 0.15, 0.2]])
        focus = 0.625
        shares = np.full((3, 3), (1 - focus) / 2)
        np.fill_diagonal(shares, focus)
        np.testing.assert_allclose(mixing(law @ shares, focus), law / law.sum(), atol=1e-12)

    def test_aioli_leaves_shares_where_every_group_helps_as_much(self):
        for law in (np.eye(3) / 3, np.full((3, 3), 1 / 9)):
            share = np.array([0.5, 0.3, 0.2])
            np.testing.assert_allclose(raised(share, law.sum(axis=0), eta=0.7, smoothing=0.0), share)

    def test_aioli_needs_a_focus_above_the_equal_share(self):
        X, y = rows(50)
        with pytest.raises(NotApplicableError, match="above the equal share 1/2"):
            AioliWeights(focus=0.5).fit_weight(X, y, layout=LAYOUT)


def test_doremi_weighs_up_the_group_that_the_reference_learns_and_equal_ones_fall_behind():
    """Two groups of equal size and law: neither gains. No step: equal groups."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=300)
    y = (a + rng.normal(scale=0.5, size=300) > 0.7).astype(int)
    X = np.column_stack([np.tile(a, 2), np.repeat([0.0, 1.0], 300)])
    twin = DoReMiWeights(group="region").fit_weight(X, np.tile(y, 2), layout=LAYOUT)
    np.testing.assert_allclose(twin, 1.0, atol=0.02)
    X, y = rows()
    flat = DoReMiWeights(group="region", eta=0.0, cap=1000.0).fit_weight(X, y, layout=LAYOUT)
    sums = [flat[X[:, 1] == k].sum() for k in range(3)]
    np.testing.assert_allclose(sums, len(y) / 3)
