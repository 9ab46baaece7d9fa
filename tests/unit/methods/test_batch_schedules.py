"""Rows of mini-batches: temperature draws, balanced batches, subsets, skipped rows, sliding windows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from imbtool.methods.schedule.balanced_batches import BalancedBatches
from imbtool.methods.schedule.cooldown import Cooldown
from imbtool.methods.schedule.feeds import Deck, kept_count
from imbtool.methods.schedule.infobatch import InfoBatch, well_learned
from imbtool.methods.schedule.rs2 import RepeatedRandomSampling
from imbtool.methods.schedule.seta import SlidingWindow, difficulty_groups
from imbtool.methods.schedule.temperature_batches import TemperatureBatches
from imbtool.methods.temperature import class_shares, class_weights, expected_repeats, variance_gap

TAIL = np.repeat([0, 1, 2, 3], [9000, 900, 90, 10])


def feed(schedule, y=TAIL, *, batch_size=100, n_epochs=10, seed=0):
    return schedule.feed(y, batch_size=batch_size, n_epochs=n_epochs, random_state=seed)


def epochs(schedule, y=TAIL, *, n_epochs=10, **more):
    source = feed(schedule, y, n_epochs=n_epochs, **more)
    return [source.epoch(number) for number in range(n_epochs)]


class TestTemperatureBatches:
    @pytest.mark.parametrize("tau", [1.0, 2.0, 5.0, np.inf])
    def test_draws_come_with_the_shares_of_the_temperature(self, tau):
        rows = np.concatenate([e.rows for e in epochs(TemperatureBatches(tau), n_epochs=5)])
        counts = np.bincount(TAIL)
        expected = class_shares(counts, tau) * len(rows)
        found = np.bincount(TAIL[rows], minlength=4)
        assert ((found - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, 3)

    def test_the_rows_of_a_class_come_alike(self):
        y = np.repeat([0, 1], [40, 10])
        rows = np.concatenate([e.rows for e in epochs(TemperatureBatches(5.0), y, n_epochs=400)])
        expected = expected_repeats(np.bincount(y), 5.0, len(rows))[y]
        found = np.bincount(rows, minlength=50)
        assert ((found - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, 49)

    def test_an_epoch_has_as_many_draws_as_there_are_rows_and_differs_from_the_next(self):
        first, second = epochs(TemperatureBatches(), n_epochs=2)
        assert len(first.rows) == len(second.rows) == len(TAIL)
        assert (first.rows != second.rows).any()
        assert first.weight is None

    def test_weights_and_draws_have_one_gradient_and_the_exact_gap_of_variances(self):
        """Enumerate all rows as single draws: methods.md 1, properties 2 and 4."""
        rng = np.random.default_rng(1)
        y = np.repeat([0, 1, 2], [30, 7, 3])
        gradient = rng.normal(size=(40, 5)) * (1.0 + y[:, None])
        counts = np.bincount(y)
        for tau in (1.0, 3.0, np.inf):
            w = class_weights(counts, tau)[y]
            p = (class_shares(counts, tau) / counts)[y]
            mean = p @ gradient
            np.testing.assert_allclose((w[:, None] * gradient).mean(axis=0), mean, atol=1e-12)
            sampled = p @ (gradient**2).sum(axis=1) - mean @ mean
            weighted = (w**2 * (gradient**2).sum(axis=1)).mean() - mean @ mean
            norms = [(gradient[y == k] ** 2).sum(axis=1).mean() for k in range(3)]
            assert weighted - sampled == pytest.approx(variance_gap(counts, tau, norms), abs=1e-10)


class TestCooldown:
    def test_the_switch_is_an_update_in_the_middle_of_training(self):
        source = feed(Cooldown(tau=np.inf, switch=0.5), n_epochs=5)  # 100 updates an epoch, 500 in all
        shares = [
            (TAIL[batch] == 0).mean()
            for number in range(5)
            for batch in source.epoch(number).rows.reshape(100, 100)
        ]
        assert max(shares[:250]) < 0.5
        assert min(shares[250:]) > 0.75
        assert source.settled == 3

    def test_after_the_switch_every_row_comes_once_an_epoch(self):
        last = epochs(Cooldown(), n_epochs=4)[-1]
        np.testing.assert_array_equal(np.sort(last.rows), np.arange(len(TAIL)))

    def test_hot_draws_have_the_shares_of_tau(self):
        rows = np.concatenate([e.rows for e in epochs(Cooldown(tau=5.0, switch=1.0), n_epochs=5)])
        expected = class_shares(np.bincount(TAIL), 5.0) * len(rows)
        found = np.bincount(TAIL[rows], minlength=4)
        assert ((found - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, 3)

    def test_the_ends_of_its_range(self):
        assert feed(Cooldown(switch=0.0)).settled == 0
        assert feed(Cooldown(switch=1.0)).settled == 10


class TestBalancedBatches:
    def test_every_batch_has_equal_numbers(self):
        (epoch,) = epochs(BalancedBatches(), n_epochs=1)
        for batch in epoch.rows.reshape(100, 100):
            np.testing.assert_array_equal(np.bincount(TAIL[batch]), [25, 25, 25, 25])

    def test_odd_places_are_passed_on(self):
        y = np.repeat([0, 1, 2], [50, 30, 20])
        (epoch,) = epochs(BalancedBatches(), y, batch_size=10, n_epochs=1)
        per_batch = np.array([np.bincount(y[batch], minlength=3) for batch in epoch.rows.reshape(10, 10)])
        assert (np.abs(per_batch - 10 / 3) < 1).all()
        assert np.ptp(per_batch.sum(axis=0)) <= 1

    def test_no_row_comes_again_before_all_of_its_class_had_their_turn(self):
        found = np.bincount(epochs(BalancedBatches(), n_epochs=1)[0].rows, minlength=len(TAIL))
        for k in range(4):
            assert np.ptp(found[k == TAIL]) <= 1

    def test_share_0_keeps_the_natural_shares_in_every_batch(self):
        (epoch,) = epochs(BalancedBatches(share=0.0), n_epochs=1)
        for batch in epoch.rows.reshape(100, 100):
            assert (np.abs(np.bincount(TAIL[batch], minlength=4) - [90, 9, 0.9, 0.1]) < 1).all()
        np.testing.assert_array_equal(np.sort(epoch.rows), np.arange(len(TAIL)))

    @settings(max_examples=40, deadline=None)
    @given(
        sizes=st.lists(st.integers(1, 60), min_size=2, max_size=5),
        batch=st.integers(1, 50),
        share=st.floats(0, 1),
    )
    def test_any_sizes_fill_an_epoch(self, sizes, batch, share):
        y = np.repeat(np.arange(len(sizes)), sizes)
        for epoch in epochs(BalancedBatches(share), y, batch_size=batch, n_epochs=2):
            assert len(epoch.rows) == len(y)

    def test_a_deck_begins_anew_when_it_runs_out(self):
        taken = Deck(np.arange(3), np.random.default_rng(0)).take(7)
        np.testing.assert_array_equal(np.sort(taken[:3]), np.arange(3))
        np.testing.assert_array_equal(np.sort(taken[3:6]), np.arange(3))


class TestRS2:
    Y = np.repeat([0, 1], [80, 20])

    def test_each_epoch_is_a_fresh_part_of_the_right_size_without_repeats(self):
        parts = [e.rows for e in epochs(RepeatedRandomSampling(0.3), self.Y)]
        for rows in parts:
            assert np.bincount(self.Y[rows]).tolist() == [24, 6]
            assert len(np.unique(rows)) == 30
        assert len({tuple(np.sort(rows)) for rows in parts}) == 10

    def test_over_aligned_epochs_every_row_comes_exactly_once(self):
        rows = np.concatenate([e.rows for e in epochs(RepeatedRandomSampling(0.25), self.Y, n_epochs=4)])
        np.testing.assert_array_equal(np.sort(rows), np.arange(100))

    def test_a_part_can_serve_several_epochs_in_a_new_order(self):
        a, b, c = (e.rows for e in epochs(RepeatedRandomSampling(0.5, every=2), self.Y, n_epochs=3))
        np.testing.assert_array_equal(np.sort(a), np.sort(b))
        assert (a != b).any()
        assert set(a) != set(c)

    def test_ratio_1_is_ordinary_epochs(self):
        for epoch in epochs(RepeatedRandomSampling(1.0), self.Y):
            np.testing.assert_array_equal(np.sort(epoch.rows), np.arange(100))


class TestInfoBatch:
    def test_the_expected_gradient_is_that_of_all_rows_by_enumeration(self):
        gradient = np.array([0.3, -1.2, 2.0, 0.7])
        learned, q = np.array([True, True, False, True]), 0.4
        total = 0.0
        for mask in product([0, 1], repeat=3):
            chance = np.prod([q if kept else 1 - q for kept in mask])
            weight = np.ones(4)
            weight[learned] = np.array(mask) / q
            total += chance * (weight * gradient).sum()
        assert total == pytest.approx(gradient.sum(), abs=1e-12)

    def test_rows_of_low_loss_are_skipped_at_the_stated_rate_and_weighed_up(self):
        y = np.repeat([0, 1], [4000, 1000])
        source = feed(InfoBatch(prune=0.4), y)
        epoch = source.epoch(0, np.tile([0.1, 0.1, 0.1, 5.0], 1250))
        kept, weight = epoch.rows, epoch.weight
        low = kept % 4 != 3
        assert (~low).sum() == 1250
        np.testing.assert_allclose(weight[low], 1 / 0.6)
        np.testing.assert_allclose(weight[~low], 1.0)
        assert abs(low.sum() - 0.6 * 3750) < 4 * np.sqrt(3750 * 0.24)

    def test_the_first_epoch_and_the_last_ones_take_all_rows(self):
        y = np.repeat([0, 1], [40, 10])
        source = feed(InfoBatch(prune=0.5, annealing=0.5), y, n_epochs=4)
        loss = np.random.default_rng(0).random(50)
        sizes = [len(source.epoch(0, np.full(50, np.nan)).rows)]
        sizes += [len(source.epoch(number, loss).rows) for number in range(1, 4)]
        assert sizes[0] == sizes[2] == sizes[3] == 50
        assert sizes[1] < 50

    def test_without_skipping_every_epoch_is_ordinary(self):
        source = feed(InfoBatch(prune=0.0))
        epoch = source.epoch(1, np.random.default_rng(0).random(len(TAIL)))
        np.testing.assert_array_equal(np.sort(epoch.rows), np.arange(len(TAIL)))
        assert epoch.weight is None

    def test_within_class_prunes_every_class(self):
        y = np.repeat([0, 1], [4000, 1000])
        rng = np.random.default_rng(0)
        loss = np.where(y == 1, 3.0, 0.1) + rng.random(5000) * 0.05
        kept = {}
        for within in (True, False):
            source = feed(InfoBatch(within_class=within), y)
            kept[within] = np.bincount(y[source.epoch(0, loss).rows]) / [4000, 1000]
        np.testing.assert_allclose(kept[True], [0.75, 0.75], atol=0.05)
        assert kept[False][1] == 1.0

    def test_equal_losses_are_all_kept(self):
        assert not well_learned(np.full(7, 0.1)).any()
        assert not well_learned(np.full(3, np.nan)).any()


class TestSlidingWindow:
    def test_a_window_over_everything_is_the_full_data(self):
        source = feed(SlidingWindow(prune=0.0, window=1.0))
        for number in range(10):
            epoch = source.epoch(number, np.random.default_rng(number).random(len(TAIL)))
            np.testing.assert_array_equal(np.sort(epoch.rows), np.arange(len(TAIL)))

    @pytest.mark.parametrize("within", [True, False])
    def test_windows_slide_from_easy_to_hard_and_visit_every_row(self, within):
        y = np.repeat([0, 1], [80, 20])
        loss = np.concatenate([np.linspace(0, 1, 80), np.linspace(2, 3, 20)])
        source = feed(SlidingWindow(prune=0.0, n_groups=5, window=0.4, within_class=within), y, n_epochs=100)
        seen = [source.epoch(number, loss).rows for number in range(1, 9)]
        assert set(np.concatenate(seen[:4])) == set(range(100))  # G - W + 1 = 4 positions
        first = [loss[rows].mean() for rows in (seen[3], seen[0], seen[1], seen[2])]
        assert first == sorted(first)  # position 0 is epoch 4, the easiest

    def test_no_epoch_takes_more_than_is_not_pruned_and_classes_keep_their_shares(self):
        y = np.repeat([0, 1], [800, 200])
        source = feed(SlidingWindow(prune=0.2), y)
        for number in range(8):
            rows = source.epoch(number, np.random.default_rng(number).gamma(0.5, size=1000)).rows
            assert len(rows) <= 800
            assert len(np.unique(rows)) == len(rows)
            assert (y[rows] == 1).mean() == pytest.approx(0.2, abs=0.01)

    def test_the_last_epochs_do_not_look_at_the_losses(self):
        y = np.repeat([0, 1], [80, 20])
        runs = []
        for seed in (1, 2):
            source = feed(SlidingWindow(), y, n_epochs=8)
            runs.append(source.epoch(7, np.random.default_rng(seed).random(100)).rows)
        np.testing.assert_array_equal(*runs)
        assert source.settled == 7

    def test_groups_on_a_line(self):
        loss = np.array([0.0, 0.1, 5.0, 5.1, 9.0, 0.05])
        np.testing.assert_array_equal(difficulty_groups(loss, 3), [0, 0, 1, 1, 2, 0])
        assert np.bincount(difficulty_groups(np.full(10, 3.0), 5)).tolist() == [2] * 5
        assert np.bincount(difficulty_groups(np.arange(10.0) ** 3, 5, equal=True)).tolist() == [2] * 5

    @settings(max_examples=60, deadline=None)
    @given(losses=st.lists(st.floats(0, 100), min_size=1, max_size=40), n=st.integers(1, 12))
    def test_groups_have_no_gap_and_rise_with_the_loss(self, losses, n):
        loss = np.array(losses)
        groups = difficulty_groups(loss, n)
        assert set(groups) == set(range(groups.max() + 1))
        assert groups.max() < n
        order = np.argsort(loss, kind="stable")
        assert (np.diff(groups[order]) >= 0).all()


def test_half_a_row_is_rounded_up_and_one_is_always_kept():
    assert [kept_count(s, 5) for s in (0.0, 0.1, 0.5, 1.0)] == [1, 1, 3, 5]
