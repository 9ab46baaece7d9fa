"""Losses: values, derivatives, the score to start from, and what each is at its plain setting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, log_softmax, softmax

from imbtool import registry
from imbtool.core.cross_entropy import CrossEntropy
from imbtool.core.errors import NotApplicableError
from imbtool.methods.loss.asymmetric import AsymmetricLoss
from imbtool.methods.loss.focal import FocalLoss
from imbtool.methods.loss.focusing import discounted_derivatives, focused_derivatives
from imbtool.methods.loss.ldam import LDAMLoss
from imbtool.methods.loss.logit_adjusted import LogitAdjustedLoss
from imbtool.methods.loss.sampling_free import SamplingFreeLoss
from imbtool.methods.loss.shares import inverse_powers, log_shares, margins, stretches
from imbtool.methods.loss.vector_scaling import VectorScalingLoss
from imbtool.methods.loss.weighted import WeightedCrossEntropy

TAIL = np.array([5000.0, 500.0, 50.0])
TWO = np.array([990.0, 10.0])
LOSSES = [
    FocalLoss(),
    FocalLoss(0.5),
    FocalLoss(5.0),
    AsymmetricLoss(),
    AsymmetricLoss(1.0, 2.0, 0.0),
    LDAMLoss(0.5, 3.0),
    VectorScalingLoss(),
    LogitAdjustedLoss(),
    WeightedCrossEntropy(0.5),
    SamplingFreeLoss(guided=False),
]


def on(loss: Any, mass: np.ndarray) -> Any:
    return loss.objective(mass.astype(np.int64), mass)


def scores(mass: np.ndarray, n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    k = len(mass)
    return rng.integers(0, k, n), 3.0 * rng.normal(size=n if k == 2 else (n, k))


def by_hand(y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    logits = np.column_stack([np.zeros(len(y)), raw]) if raw.ndim == 1 else raw
    return np.asarray(-log_softmax(logits, axis=1)[np.arange(len(y)), y])


def slopes(objective: Any, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and second derivative of the value by central differences, score by score."""
    first, second, step = np.empty_like(raw), np.empty_like(raw), 1e-4
    for k in range(1 if raw.ndim == 1 else raw.shape[1]):
        move = np.zeros(raw.shape)
        move[... if raw.ndim == 1 else (slice(None), k)] = step
        up, here, down = (objective.value(y, raw + s * move) for s in (1, 0, -1))
        where: Any = slice(None) if raw.ndim == 1 else (slice(None), k)
        first[where], second[where] = (up - down) / (2 * step), (up - 2 * here + down) / step**2
    return first, second


class TestDerivatives:
    @pytest.mark.parametrize("mass", [TWO, TAIL], ids=["two", "three"])
    @pytest.mark.parametrize("loss", LOSSES, ids=repr)
    def test_they_are_those_of_the_value_and_the_second_is_never_below_it(self, loss, mass):
        objective = on(loss, mass)
        y, raw = scores(mass)
        gradient, hessian = objective.derivatives(y, raw)
        first, second = slopes(objective, y, raw)
        np.testing.assert_allclose(gradient, first, atol=1e-6)
        assert (hessian > second - 1e-5).all()
        assert (hessian >= 0).all()

    @pytest.mark.parametrize("mass", [TWO, TAIL], ids=["two", "three"])
    @pytest.mark.parametrize("loss", [LDAMLoss(0.5, 3.0), VectorScalingLoss(), WeightedCrossEntropy(1.0)])
    def test_convex_losses_have_their_own_second_derivative_everywhere(self, loss, mass):
        objective = on(loss, mass)
        y, raw = scores(mass)
        np.testing.assert_allclose(
            objective.derivatives(y, raw)[1], slopes(objective, y, raw)[1], rtol=1e-4, atol=2e-5
        )

    @pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
    def test_the_floor_of_focal_loss_is_its_curvature_with_the_factor_held_still(self, gamma):
        u = np.linspace(-8, 8, 401)
        p, q = expit(u), expit(-u)
        _, second = focused_derivatives(u, gamma)
        exact = q**gamma * p * q * (1 + 2 * gamma + gamma * np.log(p) - gamma**2 * p * np.log(p) / q)
        np.testing.assert_allclose(second, np.maximum(exact, q**gamma * p * q), rtol=1e-9)
        assert (exact < 0).any()

    def test_the_cut_of_asymmetric_loss_silences_what_is_below_it(self):
        p = np.array([0.001, 0.049, 0.051, 0.5])
        first, second = discounted_derivatives(np.log(p / (1 - p)), 4.0, 0.05)
        assert (first[:2] == 0).all()
        assert (second[:2] == 0).all()
        assert (first[2:] > 0).all()

    def test_torch_agrees(self):
        torch = pytest.importorskip("torch", reason="torch is not installed")
        y, raw = scores(TAIL, 50)
        z = torch.tensor(raw, dtype=torch.float64, requires_grad=True)
        log_p = torch.log_softmax(z, 1)[torch.arange(50), torch.tensor(y)]
        (-((1 - log_p.exp()) ** 2) * log_p).sum().backward()
        np.testing.assert_allclose(on(FocalLoss(), TAIL).derivatives(y, raw)[0], z.grad.numpy(), atol=1e-12)


class TestPlainSettings:
    @pytest.mark.parametrize("mass", [TWO, TAIL], ids=["two", "three"])
    @pytest.mark.parametrize(
        "loss",
        [
            FocalLoss(0.0),
            LogitAdjustedLoss(0.0),
            VectorScalingLoss(0.0, 0.0),
            LDAMLoss(0.0),
            WeightedCrossEntropy(0.0),
            SamplingFreeLoss(guided=False),
        ],
        ids=repr,
    )
    def test_every_loss_is_log_loss_at_its_plain_setting(self, loss, mass):
        objective, plain = on(loss, mass), CrossEntropy(mass=mass)
        y, raw = scores(mass)
        np.testing.assert_allclose(objective.value(y, raw), by_hand(y, raw), rtol=1e-9)
        for ours, theirs in zip(objective.derivatives(y, raw), plain.derivatives(y, raw), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-14)
        np.testing.assert_allclose(
            softmax(np.append(0, objective.initial()) if len(mass) == 2 else objective.initial()),
            mass / mass.sum(),
            rtol=1e-9,
        )

    def test_asymmetric_loss_without_focus_is_log_loss_of_each_class_against_the_rest(self):
        y, raw = scores(TWO)
        np.testing.assert_allclose(on(AsymmetricLoss(0, 0, 0), TWO).value(y, raw), by_hand(y, raw), rtol=1e-9)
        y, raw = scores(TAIL)
        objective = on(AsymmetricLoss(0.0, 0.0, 0.0), TAIL)
        own = y[:, None] == np.arange(3)
        np.testing.assert_allclose(
            objective.value(y, raw), np.logaddexp(0, np.where(own, -raw, raw)).sum(axis=1), rtol=1e-12
        )
        assert objective.link == "one-vs-rest"

    def test_asymmetric_loss_with_one_focus_and_no_cut_is_focal_loss(self):
        y, raw = scores(TWO)
        ours, theirs = on(AsymmetricLoss(2.0, 2.0, 0.0), TWO), on(FocalLoss(2.0), TWO)
        np.testing.assert_allclose(ours.value(y, raw), theirs.value(y, raw), rtol=1e-9)
        for a, b in zip(ours.derivatives(y, raw), theirs.derivatives(y, raw), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-15)

    @pytest.mark.parametrize("mass", [TWO, TAIL], ids=["two", "three"])
    def test_vector_scaling_without_stretch_is_logit_adjustment(self, mass):
        y, raw = scores(mass)
        ours, theirs = on(VectorScalingLoss(0.0, 1.0), mass), on(LogitAdjustedLoss(1.0), mass)
        np.testing.assert_allclose(ours.value(y, raw), theirs.value(y, raw), rtol=1e-14)

    def test_balanced_softmax_is_logit_adjustment_at_tau_one(self):
        assert registry.method("balanced_softmax").name == "logit_adjusted"
        y, raw = scores(TAIL)
        p = TAIL * np.exp(raw)
        by_definition = -np.log((p / p.sum(axis=1, keepdims=True))[np.arange(len(y)), y])
        np.testing.assert_allclose(on(LogitAdjustedLoss(), TAIL).value(y, raw), by_definition, rtol=1e-10)

    def test_two_scores_of_focal_loss_cost_what_their_difference_costs(self):
        y, raw = scores(TWO)
        wide = np.column_stack([np.zeros(len(y)), raw])
        three = on(FocalLoss(), TAIL)
        np.testing.assert_allclose(three.value(y, wide), on(FocalLoss(), TWO).value(y, raw), rtol=1e-9)


class TestGoldenValues:
    def test_margins_of_ldam(self):
        np.testing.assert_allclose(margins(TAIL, 0.5), [0.15811, 0.28117, 0.5], atol=5e-6)

    def test_stretches_and_shifts_of_vector_scaling(self):
        np.testing.assert_allclose(stretches(TAIL, 0.3), [1, 1.99526, 3.98107], atol=5e-6)
        np.testing.assert_allclose(log_shares(TAIL), [-0.10436, -2.40695, -4.70953], atol=5e-6)

    def test_weights_have_mean_one_over_the_rows(self):
        assert inverse_powers(TAIL, 0.7) @ TAIL / TAIL.sum() == pytest.approx(1.0)
        np.testing.assert_allclose(inverse_powers(TAIL, 1.0), TAIL.sum() / (3 * TAIL))

    def test_focal_loss_of_an_easy_and_a_hard_row(self):
        u = np.log(np.array([9.0, 1 / 9.0]))  # p = 0.9 and 0.1
        value = on(FocalLoss(), TWO).value(np.array([1, 1]), u)
        np.testing.assert_allclose(value, [0.01 * 0.1053605, 0.81 * 2.3025851], rtol=1e-6)


class TestInitialScore:
    @pytest.mark.parametrize("mass", [TWO, TAIL, np.array([1e6, 3.0]), np.array([1e3, 10.0, 2.0, 40.0])])
    @pytest.mark.parametrize("loss", [*LOSSES, SamplingFreeLoss()], ids=repr)
    def test_the_gradients_of_the_classes_cancel(self, loss, mass):
        objective = on(loss, mass)
        start = objective.initial()
        k = len(mass)
        raw = np.repeat(start, 2) if k == 2 else np.tile(start, (k, 1))
        gradient, _ = objective.derivatives(np.arange(k), raw)
        np.testing.assert_allclose(
            mass @ gradient, 0.0, atol=1e-8 * float(np.abs(mass @ np.abs(gradient)).max())
        )

    def test_a_class_without_a_best_score_starts_at_the_log_odds_of_its_share(self):
        start = on(AsymmetricLoss(), np.array([1e5, 10.0, 40.0])).initial()
        assert start[0] == pytest.approx(np.log(1e5 / 50))
        assert (start[1:] < 0).all()

    @pytest.mark.parametrize("mass", [np.array([1e5, 10.0, 2.0, 40.0]), np.array([3.0, 3.0, 3.0])])
    @pytest.mark.parametrize("gamma", [0.5, 2.0, 20.0])
    def test_focal_loss_starts_where_no_other_constant_costs_less(self, mass, gamma):
        objective = on(FocalLoss(gamma), mass)
        start, k = objective.initial(), np.arange(len(mass))
        rng = np.random.default_rng(0)

        def cost(scores):
            return mass @ objective.value(k, np.tile(scores, (len(mass), 1)))

        others = [
            cost(start + size * rng.normal(size=len(mass))) for size in (1e-3, 0.1, 3.0) for _ in range(40)
        ]
        assert cost(start) <= min(others)

    def test_the_mean_loss_there_is_the_entropy_of_the_shares(self):
        objective = on(SamplingFreeLoss(), TWO)
        (start,) = objective.initial()
        assert start == pytest.approx(np.log(10 / 990))
        assert TWO @ objective.value(np.arange(2), np.full(2, start)) / 1000 == pytest.approx(
            0.0560, abs=5e-5
        )
        assert TWO @ objective.value(np.arange(2), np.zeros(2)) / 1000 == pytest.approx(0.6931, abs=5e-5)
        three = on(SamplingFreeLoss(), TAIL)
        share = TAIL / TAIL.sum()
        value = three.value(np.arange(3), np.tile(three.initial(), (3, 1)))
        assert share @ value == pytest.approx(-(share * np.log(share)).sum())

    def test_classes_of_one_size_start_at_zero(self):
        assert on(SamplingFreeLoss(), np.array([50.0, 50.0])).initial()[0] == 0.0

    def test_weights_of_the_rows_count_for_the_prior(self):
        counts, mass = np.array([990, 10]), np.array([500.0, 500.0])
        assert LogitAdjustedLoss().objective(counts, mass).initial()[0] == 0.0
        y, raw = scores(TWO)
        balanced = LogitAdjustedLoss().objective(counts, mass).value(y, raw)
        np.testing.assert_allclose(balanced, by_hand(y, raw), rtol=1e-9)

    def test_focal_loss_starts_nearer_to_one_half_than_the_share(self):
        starts = [on(FocalLoss(gamma), TWO).initial()[0] for gamma in (0.0, 0.5, 2.0, 5.0)]
        assert starts == sorted(starts)
        assert starts[0] == pytest.approx(np.log(10 / 990))
        assert starts[-1] < 0


class TestGuidedScaling:
    def test_the_value_held_to_is_that_of_the_rare_rows_and_the_direction_stays(self):
        y, raw = scores(TAIL)
        guided, plain = on(SamplingFreeLoss(), TAIL), CrossEntropy(mass=TAIL)
        r = guided.ratio(y, raw)
        value = plain.value(y, raw)
        assert r * value.mean() == pytest.approx(value[y != 0].mean())
        for ours, theirs in zip(guided.derivatives(y, raw), plain.derivatives(y, raw), strict=True):
            np.testing.assert_allclose(ours, r * theirs, rtol=1e-14)

    def test_it_is_capped_and_one_where_no_row_is_rare(self):
        y = np.array([0] * 99 + [1])
        raw = np.where(y == 1, -3.0, -30.0)
        assert on(SamplingFreeLoss(cap=5.0), TWO).ratio(y, raw) == 5.0
        assert on(SamplingFreeLoss(), TWO).ratio(np.zeros(9, dtype=np.int64), np.full(9, -1.0)) == 1.0


class TestNotApplicable:
    def test_weights_of_the_positive_class_need_two_classes(self):
        for loss in (FocalLoss(alpha=0.25), WeightedCrossEntropy(positive_weight=5.0)):
            assert np.isfinite(on(loss, TWO).initial()).all()
            with pytest.raises(NotApplicableError, match="is for two classes; there are 3") as caught:
                on(loss, TAIL)
            assert caught.value.code == "two-classes-only"
            assert caught.value.hint

    def test_alpha_weights_the_classes(self):
        y, raw = scores(TWO)
        weighted, plain = on(FocalLoss(alpha=0.9), TWO), on(FocalLoss(), TWO)
        np.testing.assert_allclose(weighted.value(y, raw), np.where(y == 1, 0.9, 0.1) * plain.value(y, raw))
