"""Schedules: deferred class weights, weights that follow the losses, rows drawn anew."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from imbtool.methods.reweight.balanced import BalancedWeights
from imbtool.methods.schedule.deferred import DeferredReweighting
from imbtool.methods.schedule.loss_based import LossBasedWeights, loss_weights
from imbtool.methods.schedule.rs2 import RepeatedRandomSampling, deck

TAIL = np.repeat([0, 1, 2], [5000, 500, 50])
GOLDEN = np.array([0.0, 0.2, 0.5, 1.0, 2.0, 4.0])
STRATEGIES = ("lin_upper", "quadratic", "extremes")


def whole(loss: np.ndarray, strategy: str, r: float = 0.4) -> np.ndarray:
    return loss_weights(loss, strategy, r, low=loss.min(), high=loss.max())


class TestDeferredReweighting:
    def test_four_fifths_of_the_stages_are_natural_the_rest_class_balanced(self):
        natural, balanced = DeferredReweighting().phases(TAIL, 100)
        assert [(p.start, p.stop) for p in (natural, balanced)] == [(0, 80), (80, 100)]
        assert (natural.weight == 1).all()
        by_class = balanced.weight[[0, 5000, 5500]]  # one row of each class
        np.testing.assert_allclose(by_class / by_class.sum() * 3, [0.03411, 0.27517, 2.69073], atol=1e-5)
        assert balanced.weight.mean() == pytest.approx(1.0)

    def test_the_ends_of_its_range(self):
        assert [len(DeferredReweighting(s).phases(TAIL, 10)) for s in (0.0, 0.5, 1.0)] == [1, 2, 1]
        (_, flat) = DeferredReweighting(beta=0.0).phases(TAIL, 10)
        np.testing.assert_allclose(flat.weight, 1.0)
        (_, balanced) = DeferredReweighting(beta=0.999999).phases(TAIL, 10)
        np.testing.assert_allclose(balanced.weight, BalancedWeights().fit_weight(None, TAIL), rtol=0.01)


class TestLossBasedWeights:
    @pytest.mark.parametrize(
        ("strategy", "expected"),
        [
            ("lin_upper", [0.0312, 0.0401, 0.0584, 0.1090, 0.3806, 0.3806]),
            ("quadratic", [0.0395, 0.0636, 0.1180, 0.2578, 0.4816, 0.0395]),
            ("extremes", [0.2715, 0.2115, 0.1453, 0.0778, 0.0223, 0.2715]),
        ],
    )
    def test_golden_values(self, strategy, expected):
        np.testing.assert_allclose(whole(GOLDEN, strategy) / 6, expected, atol=6e-5)

    @settings(max_examples=60, deadline=None)
    @given(
        losses=st.lists(st.floats(0, 50), min_size=2, max_size=40),
        strategy=st.sampled_from(STRATEGIES),
        r=st.floats(0.05, 100),
        scale=st.floats(0.1, 30),
        shift=st.floats(-5, 5),
    )
    def test_laws(self, losses, strategy, r, scale, shift):
        loss = np.array(losses)
        weight = whole(loss, strategy, r)
        assert weight.mean() == pytest.approx(1.0)
        assert weight.max() / weight.min() <= np.exp(1 / r) * (1 + 1e-9)
        if np.ptp(loss) > 1e-3:
            np.testing.assert_allclose(whole(scale * loss + shift, strategy, r), weight, rtol=1e-6)
        order = np.argsort(loss)
        upper = loss >= (loss.min() + loss.max()) / 2
        if strategy == "lin_upper":
            assert (np.diff(weight[order]) >= -1e-9).all()
            np.testing.assert_allclose(weight[upper], weight.max())
        np.testing.assert_allclose(whole(loss, strategy, 1e9), 1.0, atol=1e-6)
        np.testing.assert_allclose(whole(np.full(7, 0.3), strategy, r), 1.0)

    def test_both_ends_and_the_middle(self):
        loss = np.linspace(0, 1, 21)
        quadratic, extremes = whole(loss, "quadratic"), whole(loss, "extremes")
        np.testing.assert_allclose(quadratic, quadratic[::-1])
        assert np.argmax(quadratic) == 10
        assert np.argmin(extremes) == 10
        assert extremes.max() / extremes.min() == pytest.approx(12.18, abs=0.01)

    def test_the_warm_up_has_equal_weights(self):
        rng = np.random.default_rng(0)
        loss, y = rng.gamma(1.0, size=50), rng.integers(0, 2, 50)
        schedule = LossBasedWeights(warm_up=0.1)
        assert (schedule.weights(loss, y, 9, 100) == 1).all()
        assert (schedule.weights(loss, y, 10, 100) != 1).any()

    def test_within_classes_every_class_keeps_its_weight(self):
        rng = np.random.default_rng(0)
        y = (rng.random(400) < 0.1).astype(np.int64)
        loss = rng.gamma(1.0 + 3 * y)
        inside = LossBasedWeights(within_class=True).weights(loss, y, 50, 100)
        assert [inside[y == k].mean() for k in (0, 1)] == pytest.approx([1.0, 1.0])
        across = LossBasedWeights().weights(loss, y, 50, 100)
        assert across[y == 1].mean() > 1.3

    def test_one_outlier_does_not_press_the_others_together_when_robust(self):
        loss = np.append(np.linspace(0, 1, 300), 1000.0)
        y = np.zeros(301, dtype=np.int64)
        spread = {
            robust: np.ptp(LossBasedWeights(robust=robust).weights(loss, y, 50, 100)[:300])
            for robust in (False, True)
        }
        assert spread[False] < 0.01 < 0.5 < spread[True]


class TestRepeatedRandomSampling:
    def draws(self, n_stages=20, y=TAIL, seed=0, every=1, **more):
        return RepeatedRandomSampling(every=every, **more).draws(y, n_stages, random_state=seed)

    def test_a_part_holds_the_share_of_the_rows_none_twice(self):
        for stratified in (True, False):
            for replacement in (True, False):
                for draw in self.draws(ratio=0.3, stratified=stratified, replacement=replacement):
                    assert len(draw.rows) == round(0.3 * len(TAIL))
                    assert len(set(draw.rows.tolist())) == len(draw.rows)

    @pytest.mark.parametrize("stratified", [True, False])
    def test_without_replacement_a_block_of_parts_holds_every_row_once(self, stratified):
        parts = self.draws(n_stages=20, ratio=0.1, stratified=stratified)
        for block in (parts[:10], parts[10:]):
            np.testing.assert_array_equal(
                np.sort(np.concatenate([draw.rows for draw in block])), np.arange(len(TAIL))
            )

    def test_with_replacement_rows_come_as_often_as_chance_has_it(self):
        seen = np.zeros(len(TAIL))
        for draw in self.draws(n_stages=200, ratio=0.1, replacement=True, stratified=False):
            seen[draw.rows] += 1
        assert seen.mean() == pytest.approx(20.0, rel=1e-3)
        assert np.var(seen) == pytest.approx(binom(200, 0.1).var(), rel=0.1)

    def test_stratified_parts_keep_the_class_shares_and_every_class(self):
        y = np.repeat([0, 1, 2], [1000, 30, 1])
        for draw in self.draws(y=y, ratio=0.1):
            assert np.bincount(y[draw.rows]).tolist() == [100, 3, 1]

    def test_the_whole_table_is_one_part(self):
        for draw in self.draws(ratio=1.0):
            np.testing.assert_array_equal(draw.rows, np.arange(len(TAIL)))

    def test_a_part_serves_several_stages(self):
        assert [(d.start, d.stop) for d in self.draws(n_stages=7, every=3)] == [(0, 3), (3, 6), (6, 7)]

    def test_the_seed_decides(self):
        one, same, other = (self.draws(seed=s)[0].rows for s in (1, 1, 2))
        np.testing.assert_array_equal(one, same)
        assert (one != other).any()

    @settings(max_examples=60, deadline=None)
    @given(n=st.integers(1, 40), share=st.floats(0.01, 1), seed=st.integers(0, 99))
    def test_no_row_is_a_whole_turn_ahead_of_another(self, n, share, seed):
        """Where the rows run out the part is filled, none twice: N = 10, 30 % gives 3, 3, 3, 3, ..."""
        size = max(1, round(share * n))
        seen = np.zeros(n, dtype=np.int64)
        for part in islice(deck(np.arange(n), size, np.random.default_rng(seed)), 30):
            assert len(set(part.tolist())) == size
            seen[part] += 1
            assert seen.max() - seen.min() <= 2
        assert abs(seen.sum() - 30 * size) == 0
