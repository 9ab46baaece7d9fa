"""Weights of batches by scores: RENT and group DRO; the loss of the worst rows and of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError, UsageError
from imbtool.core.training import SharpStep, SimplexHead
from imbtool.core.types import Layout
from imbtool.methods.reweight.groups.updates import raised
from imbtool.methods.schedule.group_dro import GroupDro
from imbtool.methods.schedule.rent import Rent, estimated_noise, importance
from imbtool.methods.training.sam import SharpnessAware
from imbtool.methods.training.weight_balancing import WeightBalancing
from imbtool.recipe.parser import parse_recipe


def follow(schedule, y, *, n_classes=2, n_epochs=4, seed=0):
    return schedule.follow(y, n_classes=n_classes, n_epochs=n_epochs, random_state=seed)


class TestRent:
    PROBA = np.random.default_rng(0).dirichlet([2.0, 1.0, 1.0], size=60)
    Y = np.repeat([0, 1, 2], [40, 15, 5])

    def test_without_noise_all_rows_matter_alike(self):
        np.testing.assert_allclose(importance(self.PROBA, self.Y, np.eye(3)), 1.0, atol=1e-12)

    def test_scaling_the_probabilities_of_a_row_changes_nothing(self):
        noise = np.array([[0.8, 0.1, 0.3], [0.1, 0.8, 0.0], [0.1, 0.1, 0.7]])
        mu = importance(self.PROBA, self.Y, noise)
        np.testing.assert_allclose(importance(0.5 * self.PROBA, self.Y, noise), mu, rtol=1e-9)

    def test_a_label_that_the_noise_explains_better_than_the_scores_loses_importance(self):
        noise = np.array([[0.7, 0.0], [0.3, 1.0]])  # class 0 is often labelled 1
        doubtful, sure = importance(np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([1, 1]), noise)
        assert doubtful < sure

    def test_draws_have_the_mean_and_the_variance_of_their_importance(self):
        noise = "0.8,0.1,0.3;0.1,0.8,0;0.1,0.1,0.7"
        draws = follow(Rent(noise=noise, warm_up=0.0), self.Y, n_classes=3)
        draws.begin(0, lambda: self.PROBA)
        found = np.array([draws.weights(self.PROBA, self.Y) for _ in range(4000)])
        assert (found.sum(axis=1) == 60).all()
        mu = importance(self.PROBA, self.Y, np.array([[0.8, 0.1, 0.3], [0.1, 0.8, 0.0], [0.1, 0.1, 0.7]]))
        share = mu / mu.sum()
        deviation = np.sqrt(60 * share * (1 - share))
        assert (np.abs(found.mean(axis=0) - 60 * share) < 5 * deviation / np.sqrt(4000)).all()
        # Of the shares of a draw: mu (1 - mu) / B, a Dirichlet's with concentration B - 1.
        np.testing.assert_allclose((found / 60).var(axis=0), share * (1 - share) / 60, rtol=0.15)

    def test_the_warm_up_trains_on_batches_as_they_are_and_then_estimates_once(self):
        asked = []

        def proba():
            asked.append(1)
            return self.PROBA

        draws = follow(Rent(warm_up=0.5), self.Y, n_classes=3)
        for epoch in range(4):
            draws.begin(epoch, proba)
            even = (draws.weights(self.PROBA, self.Y) == 1).all()
            assert even == (epoch < 2)
        assert len(asked) == 1

    def test_estimated_columns_sum_to_one_even_for_a_class_of_two_rows(self):
        y = np.repeat([0, 1, 2], [50, 8, 2])
        noise = estimated_noise(self.PROBA, y)
        np.testing.assert_allclose(noise.sum(axis=0), 1.0)
        top = np.flatnonzero(y == 2)[np.argmax(self.PROBA[y == 2, 2])]
        np.testing.assert_allclose(noise[:, 2], self.PROBA[top])

    @pytest.mark.parametrize("noise", ["0.9,0.2;0.2,0.8", "1,0", "a,b;c,d", "1.5,0;-0.5,1", ""])
    def test_a_matrix_that_is_none_is_refused_before_training(self, noise):
        with pytest.raises(UsageError, match=r"columns sum to 1|text with one kind"):
            parse_recipe(f'rent(noise="{noise}")')

    def test_a_matrix_of_other_classes_is_not_applicable(self):
        with pytest.raises(NotApplicableError, match="is for 2 classes; the training part has 3"):
            follow(Rent(noise="1,0;0,1"), self.Y, n_classes=3)


class TestGroupDro:
    @settings(max_examples=60, deadline=None)
    @given(
        excess=st.lists(st.floats(0, 20), min_size=2, max_size=6),
        eta=st.floats(0, 5),
        smoothing=st.floats(0.001, 1),
    )
    def test_shares_stay_on_the_simplex_above_their_floor(self, excess, eta, smoothing):
        n = len(excess)
        share = raised(np.full(n, 1 / n), np.array(excess), eta=eta, smoothing=smoothing)
        assert share.sum() == pytest.approx(1.0)
        assert (share >= smoothing / n - 1e-12).all()

    def test_equal_losses_or_no_step_leave_the_shares(self):
        share = np.array([0.2, 0.5, 0.3])
        np.testing.assert_allclose(raised(share, np.full(3, 1.7), eta=2.0, smoothing=0.0), share)
        np.testing.assert_allclose(raised(share, np.array([0, 5, 1]), eta=0.0, smoothing=0.0), share)

    def test_a_batch_counts_every_class_by_its_share(self):
        y = np.repeat([0, 1], [90, 10])
        weights = follow(GroupDro(eta=0.0), y)
        found = weights.weights(np.full((100, 2), 0.5), y)
        np.testing.assert_allclose([found[y == k].sum() for k in (0, 1)], [50.0, 50.0])
        assert found.mean() == pytest.approx(1.0)

    def test_the_class_of_larger_loss_gains_and_one_that_is_absent_keeps_its_last_loss(self):
        y = np.repeat([0, 1], [90, 10])
        weights = follow(GroupDro(eta=0.5, smoothing=0.0), y)
        proba = np.where(y[:, None] == 1, [[0.9, 0.1]], [[0.95, 0.05]])
        weights.weights(proba, y)
        first = weights.shares.copy()
        assert first[1] > first[0]
        weights.weights(proba[:90], y[:90])
        ratio = weights.shares / first
        assert ratio[1] / ratio[0] == pytest.approx(np.exp(0.5 * (np.log(0.95) - np.log(0.1))))

    def test_groups_of_a_column_take_the_place_of_the_classes(self):
        y, groups = np.tile([0, 1], 50), np.repeat([0, 1, 2], [60, 30, 10])
        weights = GroupDro(group="g", eta=0.5, smoothing=0.0).follow(
            y, n_classes=2, n_epochs=4, random_state=0, groups=groups
        )
        proba = np.full((100, 2), 0.5)
        proba[groups == 2] = np.where(y[groups == 2, None] == 1, [[0.9, 0.1]], [[0.1, 0.9]])
        found = weights.weights(proba, y, groups)
        # Losses log 2, log 2 and log 10: shares 1, 1 and 5^0.5, here of 3.
        shares = np.array([1.0, 1.0, 5.0**0.5]) / (2.0 + 5.0**0.5)
        np.testing.assert_allclose(weights.shares, shares)
        np.testing.assert_allclose([found[groups == k].sum() for k in range(3)], 100 * shares)
        assert found.mean() == pytest.approx(1.0)

    def test_groups_that_are_the_classes_change_nothing(self):
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, 80)
        proba = rng.dirichlet(np.ones(3), 80)
        plain, same = follow(GroupDro(), y, n_classes=3), follow(GroupDro(), y, n_classes=3)
        np.testing.assert_array_equal(plain.weights(proba, y), same.weights(proba, y, y))

    def test_a_column_that_is_not_there_is_not_applicable(self):
        with pytest.raises(NotApplicableError, match=r"group_dro.*'sexx'"):
            GroupDro(group="sexx").levels(np.zeros((4, 1)), Layout(names=("sex",), levels=(2,)))


def test_training_methods_say_what_they_change():
    assert SharpnessAware(rho=0.2).change() == SharpStep(rho=0.2)
    assert WeightBalancing(penalty=0.1).change() == SimplexHead(penalty=0.1)
    assert str(parse_recipe("sam+ldam+drw+weight_balancing")) == (
        "deferred_reweighting+ldam+sam+weight_balancing"
    )
