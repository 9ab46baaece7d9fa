"""LightGBM on gradients of our own: any loss, weights that follow it, rows drawn anew."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from scipy.special import expit, logit

from imbtool.core.cross_entropy import PlainLoss
from imbtool.core.protocols import Phase
from imbtool.core.schedules import Draw
from imbtool.core.types import Layout
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.methods.loss.asymmetric import AsymmetricLoss
from imbtool.methods.loss.focal import FocalLoss
from imbtool.methods.loss.logit_adjusted import LogitAdjustedLoss
from imbtool.methods.loss.sampling_free import SamplingFreeLoss
from imbtool.methods.loss.weighted import WeightedCrossEntropy
from imbtool.methods.schedule.loss_based import LossBasedWeights
from imbtool.methods.schedule.rs2 import RepeatedRandomSampling

LAYOUT = Layout(names=tuple("abcdef"), levels=(0,) * 6)
ROUNDS = 25
# All features in every tree: LightGBM draws them one tree later where the gradients are not its own.
LEARNER = LightGBMLearner(n_estimators=ROUNDS, colsample_bytree=1.0)


def table(n: int = 1200, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=n) > 2.2).astype(np.int64)
    return X, y


X, Y = table()
THREE = Y + ((Y == 1) & (X[:, 4] > 0.5))
HEAVY = np.where(Y == 1, 10.0, 1.0)
HEAVY /= HEAVY.mean()
ODD = np.where(X[:, 5] > 0, 1.6, 0.4)
ODD /= ODD.mean()


class Steps:
    """Fixed weights, each from a stage on."""

    def __init__(self, *steps: tuple[int, np.ndarray]) -> None:
        self.steps = steps

    def phases(self, y: np.ndarray, n_stages: int) -> tuple[Phase, ...]:
        stops = [*(start for start, _ in self.steps[1:]), n_stages]
        return tuple(Phase(start=a, stop=b, weight=w) for (a, w), b in zip(self.steps, stops, strict=True))


class Following:
    """The same weights as `Steps`, asked for while training goes on; remembers what it was told."""

    every = 5

    def __init__(self, steps: Steps) -> None:
        self.given, self.told = dict(steps.steps), []

    def weights(self, loss: np.ndarray, y: np.ndarray, stage: int, n_stages: int) -> np.ndarray:
        self.told.append((stage, loss))
        return self.given[max(start for start in self.given if start <= stage)]


class Parts:
    """Given rows, each from a stage on."""

    def __init__(self, *parts: tuple[int, np.ndarray]) -> None:
        self.parts = parts

    def draws(self, y: np.ndarray, n_stages: int, *, random_state: int) -> tuple[Draw, ...]:
        stops = [*(start for start, _ in self.parts[1:]), n_stages]
        return tuple(Draw(start=a, stop=b, rows=r) for (a, r), b in zip(self.parts, stops, strict=True))


def model(y: np.ndarray = Y, learner: LightGBMLearner = LEARNER, **more: Any) -> Any:
    view = learner.view(X, LAYOUT)
    return learner.fit(X, y, view=view, n_classes=int(y.max()) + 1, random_state=3, **more)


def fit(y: np.ndarray = Y, learner: LightGBMLearner = LEARNER, **more: Any) -> np.ndarray:
    return np.asarray(model(y, learner, **more).predict_proba(X))


class TestLosses:
    @pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
    @pytest.mark.parametrize(
        "loss", [FocalLoss(0.0), LogitAdjustedLoss(0.0), PlainLoss()], ids=lambda x: type(x).__name__
    )
    @pytest.mark.parametrize("weight", [None, HEAVY], ids=["natural", "weighted"])
    def test_at_its_plain_setting_a_loss_trains_the_trees_of_lightgbm_itself(self, y, loss, weight):
        np.testing.assert_allclose(
            fit(y, loss=loss, sample_weight=weight), fit(y, sample_weight=weight), atol=1e-6
        )

    @pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
    def test_weighted_cross_entropy_is_training_with_those_weights(self, y):
        counts = np.bincount(y)
        balanced = (len(y) / (len(counts) * counts))[y]
        np.testing.assert_allclose(
            fit(y, loss=WeightedCrossEntropy()), fit(y, sample_weight=balanced), atol=1e-5
        )

    def test_the_model_is_an_ordinary_one_that_holds_the_initial_score(self):
        booster = model(loss=FocalLoss()).booster
        again = lgb.Booster(model_str=booster.model_to_string())
        np.testing.assert_array_equal(again.predict(X), fit(loss=FocalLoss())[:, 1])
        first = np.asarray(again.predict(X, num_iteration=1, raw_score=True))
        counts = np.bincount(Y)
        (start,) = FocalLoss().objective(counts, counts.astype(float)).initial()
        assert abs(np.median(first) - start) < 0.3
        assert abs(start - logit(Y.mean())) > 0.3

    def test_without_a_split_the_model_is_the_initial_score(self):
        y = np.where(np.arange(len(X)) < 30, 1, 0)
        stump = LightGBMLearner(n_estimators=3, min_child_samples=5000)
        counts = np.bincount(y).astype(float)
        (start,) = FocalLoss().objective(counts, counts).initial()
        np.testing.assert_allclose(fit(y, stump, loss=FocalLoss())[:, 1], expit(start), rtol=1e-9)
        three = fit(THREE, stump, loss=PlainLoss())
        np.testing.assert_allclose(three, np.tile(np.bincount(THREE) / len(THREE), (len(X), 1)), rtol=1e-9)

    def test_focal_loss_draws_probabilities_towards_one_half_and_keeps_the_order(self):
        focal, plain = fit(loss=FocalLoss())[:, 1], fit()[:, 1]
        assert focal.mean() > plain.mean() + 0.05
        assert np.corrcoef(np.argsort(np.argsort(focal)), np.argsort(np.argsort(plain)))[0, 1] > 0.8

    def test_logit_adjustment_gives_the_scores_of_equal_classes(self):
        """Log-odds differ from those of plain training by the log-odds of the share."""
        adjusted, plain = (logit(fit(loss=loss)[:, 1]) for loss in (LogitAdjustedLoss(), None))
        assert np.median(adjusted - plain) == pytest.approx(-logit(Y.mean()), abs=0.4)

    def test_each_class_against_the_rest_gives_probabilities(self):
        trained = model(THREE, loss=AsymmetricLoss())
        proba = trained.predict_proba(X)
        np.testing.assert_allclose(proba.sum(axis=1), 1.0, atol=1e-12)
        single = np.asarray(trained.booster.predict(X))
        np.testing.assert_allclose(proba, single / single.sum(axis=1, keepdims=True))
        assert trained.link == "one-vs-rest"

    def test_a_class_without_rows_gets_probability_zero(self):
        y = np.where(THREE == 1, 0, THREE)
        proba = fit(y, loss=FocalLoss())
        assert (proba[:, 1] == 0).all()
        np.testing.assert_array_equal(proba[:, 2], fit((y == 2).astype(np.int64), loss=FocalLoss())[:, 1])

    def test_shared_bins_are_left_as_they_are(self):
        view = LEARNER.view(X, LAYOUT)
        data = LEARNER.bin(X, Y, view=view)
        data.set_field("weight", HEAVY.astype(np.float32))
        from imbtool.learners.lightgbm.custom import boost

        booster, _ = boost(
            data, Y, params=LEARNER.training_params(3), n_rounds=ROUNDS, loss=FocalLoss(), random_state=3
        )
        np.testing.assert_array_equal(booster.predict(X), fit(loss=FocalLoss())[:, 1])
        np.testing.assert_array_equal(data.get_field("weight"), HEAVY.astype(np.float32))
        assert data.get_field("init_score") is None

    def test_guided_scaling_weakens_the_penalty_and_nothing_else(self):
        free = LightGBMLearner(n_estimators=ROUNDS, colsample_bytree=1.0, reg_lambda=0.0)
        np.testing.assert_allclose(fit(Y, free, loss=SamplingFreeLoss()), fit(Y, free), atol=1e-4)
        assert np.abs(fit(loss=SamplingFreeLoss()) - fit()).max() > 0.01


class TestWeights:
    STEPS = Steps((0, HEAVY), (10, ODD))

    @pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
    def test_fixed_phases_do_the_same_on_our_gradients_as_on_those_of_lightgbm(self, y):
        np.testing.assert_allclose(
            fit(y, schedule=self.STEPS, loss=PlainLoss()), fit(y, schedule=self.STEPS), atol=1e-6
        )

    def test_weights_asked_for_while_training_are_those_of_fixed_phases(self):
        """From the score that the rows' own weights give: losses to weight by are known only then."""
        later = Steps((0, np.ones(len(Y))), (5, HEAVY), (15, ODD))
        np.testing.assert_array_equal(fit(schedule=Following(later)), fit(schedule=later, loss=PlainLoss()))

    def test_row_weights_multiply_those_of_a_schedule(self):
        ones = np.ones(len(Y))
        product = HEAVY * ODD / (HEAVY * ODD).mean()
        np.testing.assert_allclose(
            fit(schedule=Following(Steps((0, ones), (10, HEAVY))), sample_weight=ODD),
            fit(schedule=Steps((0, ODD), (10, product))),
            atol=1e-6,
        )

    def test_a_schedule_is_told_the_loss_of_the_model_so_far(self):
        following = Following(Steps((0, np.ones(len(Y)))))
        fit(schedule=following, loss=FocalLoss())
        assert [stage for stage, _ in following.told] == [0, 5, 10, 15, 20]
        counts = np.bincount(Y).astype(float)
        objective = FocalLoss().objective(counts, counts)
        raw = model(loss=FocalLoss()).booster.predict(X, num_iteration=15, raw_score=True)
        np.testing.assert_allclose(following.told[3][1], objective.value(Y, np.asarray(raw)), rtol=1e-9)

    def test_logit_adjustment_follows_the_weights_of_each_phase(self):
        """Balanced weights leave nothing to adjust, whenever they come."""
        balanced = (len(Y) / (2 * np.bincount(Y)))[Y]
        np.testing.assert_allclose(
            fit(schedule=Steps((0, balanced)), loss=LogitAdjustedLoss()),
            fit(sample_weight=balanced),
            atol=1e-5,
        )

    def test_a_high_price_of_unequal_weights_is_plain_training(self):
        np.testing.assert_allclose(fit(schedule=LossBasedWeights(r=1e6)), fit(), atol=1e-4)
        assert np.abs(fit(schedule=LossBasedWeights()) - fit()).max() > 0.02


class TestRows:
    def test_all_rows_in_every_part_are_plain_training(self):
        np.testing.assert_allclose(fit(schedule=RepeatedRandomSampling(1.0)), fit(), atol=1e-6)

    @pytest.mark.parametrize("y", [Y, THREE], ids=["two", "three"])
    @pytest.mark.parametrize("weight", [None, HEAVY], ids=["natural", "weighted"])
    def test_one_part_all_along_is_training_on_it_from_the_score_of_all_rows(self, y, weight):
        rows = np.sort(np.random.default_rng(1).permutation(len(y))[:500])
        ours = fit(y, schedule=Parts((0, rows)), sample_weight=weight)
        mass = np.bincount(y, weights=weight)
        start = np.log(mass / mass.sum())
        task = {"objective": "binary"} if len(mass) == 2 else {"objective": "multiclass", "num_class": 3}
        start = np.full(500, start[1] - start[0]) if len(mass) == 2 else np.tile(start, (500, 1))
        params = {**task, **LEARNER.training_params(3)}
        view = LEARNER.view(X, LAYOUT)
        data = LEARNER.bin(X, y, view=view).subset(rows.tolist()).construct()
        data.set_field("init_score", start.ravel(order="F"))
        data.set_field("weight", None if weight is None else weight[rows].astype(np.float32))
        booster = lgb.Booster(params=params, train_set=data)
        for _ in range(ROUNDS):
            booster.update()
        raw = np.asarray(booster.predict(X, raw_score=True))
        log_odds = logit(ours[:, 1]) if len(mass) == 2 else np.log(ours)
        both = raw + start[0]
        if len(mass) == 3:
            both = both - np.log(np.exp(both).sum(axis=1, keepdims=True))
        np.testing.assert_allclose(log_odds, both, atol=1e-5)

    def test_a_change_of_parts_goes_on_from_the_trees_so_far(self):
        """The second part alone decides the later trees; rows that left the training leave no trace."""
        rng = np.random.default_rng(2)
        first, second = (np.sort(rng.permutation(len(Y))[:600]) for _ in range(2))
        schedule = Parts((0, first), (10, second))
        ours = model(schedule=schedule).booster
        until = np.asarray(ours.predict(X, num_iteration=10, raw_score=True))
        params = {"objective": "binary", **LEARNER.training_params(3)}
        data = LEARNER.bin(X, Y, view=LEARNER.view(X, LAYOUT)).subset(second.tolist()).construct()
        data.set_field("init_score", until[second])
        booster = lgb.Booster(params=params, train_set=data)
        for _ in range(ROUNDS - 10):
            booster.update()
        np.testing.assert_allclose(
            np.asarray(ours.predict(X, raw_score=True)),
            until + np.asarray(booster.predict(X, raw_score=True)),
            atol=1e-5,
        )

    def test_rows_that_are_never_drawn_do_not_count(self):
        rows = np.sort(np.random.default_rng(1).permutation(len(Y))[:600])
        schedule = Parts((0, rows[::2]), (5, rows[1::2]), (20, rows))
        left = np.setdiff1d(np.arange(len(Y)), rows)
        y = Y.copy()
        y[left] = Y[left][::-1]  # the class shares, which the initial score is read from, stay
        assert (y != Y).any()
        np.testing.assert_array_equal(fit(y, schedule=schedule), fit(schedule=schedule))

    def test_it_goes_with_losses_and_weights_and_the_seed_decides(self):
        schedule = RepeatedRandomSampling(0.3)
        first = fit(schedule=schedule, loss=FocalLoss(), sample_weight=ODD)
        np.testing.assert_array_equal(first, fit(schedule=schedule, loss=FocalLoss(), sample_weight=ODD))
        view = LEARNER.view(X, LAYOUT)
        other = LEARNER.fit(X, Y, view=view, n_classes=2, random_state=4, schedule=schedule, loss=FocalLoss())
        assert np.abs(other.predict_proba(X) - first).max() > 0.01
