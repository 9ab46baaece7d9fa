"""How a network is trained: steps of sharpness-aware minimisation, a fixed last layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.learners.base import ClassCodes
from imbtool.methods.loss.ldam import LDAMLoss
from imbtool.methods.training.batch_former import BatchFormer
from imbtool.methods.training.cosine_head import CosineHead
from imbtool.methods.training.distillation import Distillation
from imbtool.methods.training.sam import SharpnessAware
from imbtool.methods.training.weight_balancing import WeightBalancing

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.torch_tables import LAYOUT, plan, table  # noqa: E402

from imbtool.learners.torch import TorchLearner  # noqa: E402
from imbtool.learners.torch.mixing import MixingNetwork  # noqa: E402
from imbtool.learners.torch.model import NetworkModel  # noqa: E402
from imbtool.learners.torch.promise import model_of  # noqa: E402
from imbtool.learners.torch.rules import SharpnessRule  # noqa: E402
from imbtool.learners.torch.simplex import SimplexNetwork, simplex  # noqa: E402
from imbtool.learners.torch.teacher import divergence, scores_of  # noqa: E402
from imbtool.learners.torch.trainer import train  # noqa: E402

LEARNER = TorchLearner(epochs=4, width=8, batch_size=32, double=True)


@dataclass
class Bowl:
    """A step whose loss is sum(a * theta^2) / 2, one network a row."""

    theta: Any
    steepness: Any

    def gradient(self, theta: Any, factor: Any = None) -> Any:
        return self.steepness * theta


class TestSharpness:
    BOWL = Bowl(
        torch.tensor([[3.0, -4.0], [0.1, 0.0]]).double(), torch.tensor([[1.0, 1.0], [2.0, 5.0]]).double()
    )

    def test_the_way_has_length_rho_for_every_network(self):
        rule = SharpnessRule(rho=0.3)
        away = rule.away(self.BOWL.theta, self.BOWL.gradient(self.BOWL.theta))
        np.testing.assert_allclose(away.norm(dim=1).numpy(), 0.3, rtol=1e-6)

    def test_the_gradient_is_that_at_the_far_point(self):
        found = SharpnessRule(rho=0.5).gradient(self.BOWL)
        np.testing.assert_allclose(found[0].numpy(), [3.3, -4.4], rtol=1e-9)

    def test_adaptive_the_way_has_length_rho_in_units_of_the_parameters(self):
        theta, gradient = self.BOWL.theta[:1], self.BOWL.gradient(self.BOWL.theta)[:1]
        away = SharpnessRule(rho=0.3, adaptive=True).away(theta, gradient)
        assert float((away / theta).norm()) == pytest.approx(0.3)

    def test_a_gradient_of_zero_goes_nowhere(self):
        away = SharpnessRule(rho=0.3).away(torch.ones((1, 2)), torch.zeros((1, 2)))
        assert (away == 0).all()

    def test_rho_0_is_ordinary_training_and_other_rho_is_not(self):
        X, y = table(200)
        (plain,), (zero,), (sharp,) = (
            train([plan(LEARNER, X, y, training=methods)])
            for methods in ((), (SharpnessAware(rho=0.0),), (SharpnessAware(rho=0.2),))
        )
        for name in plain.params:
            np.testing.assert_array_equal(zero.params[name], plain.params[name])
        assert any((sharp.params[name] != plain.params[name]).any() for name in plain.params)

    def test_networks_of_other_rho_train_apart_and_of_equal_rho_together(self):
        X, y = table(100)
        groups = [plan(LEARNER, X, y, training=(SharpnessAware(rho),)).group for rho in (0.1, 0.1, 0.2)]
        assert groups[0] == groups[1]
        assert groups[0] != groups[2]


class TestSimplexHead:
    @pytest.mark.parametrize(("n_classes", "width"), [(2, 2), (2, 16), (5, 5), (5, 64)])
    def test_class_vectors_have_length_one_equal_angles_and_sum_zero(self, n_classes, width):
        vectors = simplex(n_classes, width)
        expected = np.full((n_classes, n_classes), -1.0 / (n_classes - 1))
        np.fill_diagonal(expected, 1.0)
        np.testing.assert_allclose(vectors @ vectors.T, expected, atol=1e-12)
        np.testing.assert_allclose(vectors.sum(axis=0), 0.0, atol=1e-12)

    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_the_last_weights_are_fixed_and_the_model_is_a_plain_perceptron(self, n_classes):
        X, y = table(200, n_classes)
        made = plan(LEARNER, X, y, training=(WeightBalancing(),))
        assert isinstance(made.network, SimplexNetwork)
        (found,) = train([made])
        vectors = simplex(n_classes, 8)
        head = vectors.T if n_classes > 2 else (vectors[1] - vectors[0])[:, None]
        np.testing.assert_array_equal(found.params["head.weight"], head)
        theta = made.network.begin(np.zeros(1 if n_classes == 2 else n_classes), np.random.default_rng(0))
        view = LEARNER.view(X, LAYOUT)
        plain = NetworkModel(
            params={name: part[None] for name, part in made.network.to_plain(theta).items()},
            levels=(4,),
            bins=made.network.bins,
            codes=None,  # type: ignore[arg-type]
        )
        rows = made.table.take(torch.arange(len(y))[None])
        raw = made.network.forward(torch.tensor(theta[None]), rows).raw[0].numpy()
        np.testing.assert_allclose(plain.raw(view.transform(X)), raw, atol=1e-9)

    def test_doubling_the_features_quadruples_the_penalty(self):
        from tests.unit.learners.test_torch_losses import batch

        X, y = table(50)
        made = plan(LEARNER, X, y, training=(WeightBalancing(penalty=0.5),))
        loss = made.loss(np.array([40, 10]), np.array([40.0, 10.0]))
        bare = plan(LEARNER, X, y).loss(np.array([40, 10]), np.array([40.0, 10.0]))
        raw, features = torch.randn(6).double(), torch.randn((6, 8)).double()
        base = batch(np.zeros(6, dtype=np.int64))
        from dataclasses import replace

        once, twice = (
            loss.rows(raw, replace(base, features=factor * features)) - bare.rows(raw, base)
            for factor in (1.0, 2.0)
        )
        np.testing.assert_allclose(once.numpy(), 0.25 * (features**2).sum(dim=1).numpy())
        np.testing.assert_allclose(twice.numpy(), 4.0 * once.numpy())

    def test_more_classes_than_units_are_not_applicable(self):
        X, y = table(100, 3)
        with pytest.raises(NotApplicableError, match="at least 3 units, one a class; got 2"):
            plan(TorchLearner(width=2), X, y, training=(WeightBalancing(),))


def scored(made: Any, theta: np.ndarray) -> np.ndarray:
    """Return the raw scores of all rows of a plan's table, by one network."""
    rows = made.table.take(torch.arange(made.table.n_rows)[None])
    return made.network.forward(torch.tensor(theta[None]), rows).raw[0].numpy()


class TestCosineHead:
    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_scores_are_cosines_of_features_and_class_vectors_times_the_scale(self, n_classes):
        X, y = table(40, n_classes)
        made = plan(LEARNER, X, y, training=(CosineHead(scale=7.0),))
        network = made.network
        theta = network.begin(np.zeros(max(1, n_classes - 1)), np.random.default_rng(0))
        rows = made.table.take(torch.arange(40)[None])
        features = network.forward(torch.tensor(theta[None]), rows).features[0].numpy()
        start = sum(network.sizes[: list(network.shapes).index("head.weight")])
        vectors = theta[start : start + 8 * n_classes].reshape(8, n_classes)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), 1.0)
        lengths = np.linalg.norm(features, axis=1)[:, None] * np.linalg.norm(vectors, axis=0)
        cosines = features @ vectors / lengths
        expected = cosines[:, 1] - cosines[:, 0] if n_classes == 2 else cosines
        np.testing.assert_allclose(scored(made, theta), 7.0 * expected, rtol=1e-10)

        longer = theta.copy()
        longer[start : start + 8 * n_classes] *= np.tile(np.arange(2.0, 2.0 + n_classes), 8)
        np.testing.assert_allclose(scored(made, longer), scored(made, theta), rtol=1e-9)  # of any length

    def test_golden_scores_of_a_last_layer_by_hand(self):
        # Features (3, 4), class vectors (1, 0), (0, 2), (-3, 3): cosines 0.6, 0.8, 1 / (5 sqrt 2).
        vectors = np.array([[1.0, 0.0, -3.0], [0.0, 2.0, 3.0]])
        model = NetworkModel(
            params={
                "hidden0.weight": np.array([[[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]]),
                "hidden0_bias": np.zeros((1, 2)),
                "head.weight": (30.0 * vectors / np.linalg.norm(vectors, axis=0))[None],
                "head_bias": np.zeros((1, 3)),
            },
            levels=(),
            bins=1,
            codes=None,  # type: ignore[arg-type]
            cosine=True,
        )
        # One number of soft value 3 and rank 4: the one bin, open at both ends, is 4 wide.
        expected = [[18.0, 24.0, 30.0 / (5.0 * 2.0**0.5)]]
        np.testing.assert_allclose(model.raw(np.array([[3.0, 4.0]])), expected, rtol=1e-12)

    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_with_ldam_it_is_the_loss_of_its_source(self, n_classes):
        from tests.unit.learners.test_torch_losses import batch

        rng = np.random.default_rng(0)
        counts = np.array([5000, 500, 50])[:n_classes]
        X, y = table(60, n_classes)
        made = plan(LEARNER, X, y, loss=LDAMLoss(), training=(CosineHead(scale=30.0),))
        loss = made.loss(counts, counts.astype(float))
        cosines = rng.uniform(-1.0, 1.0, (60, n_classes))
        raw = 30.0 * (cosines[:, 1] - cosines[:, 0] if n_classes == 2 else cosines)
        margins = counts**-0.25 * 0.5 / (counts**-0.25).max()
        held = cosines - margins * (y[:, None] == np.arange(n_classes))
        expected = torch.nn.functional.cross_entropy(
            torch.tensor(30.0 * held), torch.as_tensor(y), reduction="none"
        )
        found = loss.rows(torch.tensor(raw), batch(y))
        np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-8, atol=1e-10)

    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_a_trained_model_predicts_with_numpy_what_the_network_does(self, n_classes):
        X, y = table(150, n_classes)
        view = LEARNER.view(X, LAYOUT)
        made = plan(LEARNER, X, y, loss=LDAMLoss(), training=(CosineHead(),))
        alone, (first, _) = train([made]), train([made, replace(made, seed=1)])
        for name, found in first.params.items():
            np.testing.assert_array_equal(found, alone[0].params[name])
        np.testing.assert_allclose(np.linalg.norm(first.params["head.weight"], axis=0), 30.0)
        model = model_of([first], made, ClassCodes.of(y, n_classes))
        flat = np.concatenate([first.params[name].ravel() for name in made.network.shapes])
        np.testing.assert_allclose(model.raw(view.transform(X)), scored(made, flat), atol=1e-9)
        np.testing.assert_allclose(scores_of(made, first.params).numpy(), scored(made, flat), atol=1e-12)

    def test_its_derivatives_are_those_of_small_differences(self):
        X, y = table(12, 3)
        made = plan(LEARNER, X, y, training=(CosineHead(scale=3.0),))
        start = made.network.begin(np.zeros(3), np.random.default_rng(1))
        rows = made.table.take(torch.arange(12)[None])

        def loss(theta: Any) -> Any:
            raw = made.network.forward(theta, rows).raw[0]
            return torch.nn.functional.cross_entropy(raw, torch.as_tensor(y))

        theta = torch.tensor(start[None], requires_grad=True)
        (gradient,) = torch.autograd.grad(loss(theta), theta)
        with torch.no_grad():
            for place in np.random.default_rng(0).integers(0, theta.shape[1], 20).tolist():
                step = torch.zeros_like(theta)
                step[0, place] = 1e-6
                slope = (loss(theta + step) - loss(theta - step)) / 2e-6
                assert float(slope) == pytest.approx(float(gradient[0, place]), rel=1e-5, abs=1e-8)

    def test_a_row_whose_features_are_all_zero_has_equal_scores(self):
        X, y = table(20, 3)
        made = plan(LEARNER, X, y, training=(CosineHead(),))
        theta = made.network.begin(np.zeros(3), np.random.default_rng(0))
        start = sum(made.network.sizes[: list(made.network.shapes).index("head.weight")])
        theta[:start] = 0.0
        np.testing.assert_array_equal(scored(made, theta), 0.0)

    def test_it_goes_with_a_teacher_in_any_order_and_not_with_another_network(self):
        X, y = table(100, 2)
        methods = (CosineHead(), Distillation())
        one, other = (train([plan(LEARNER, X, y, training=order)])[0] for order in (methods, methods[::-1]))
        for name in one.params:
            np.testing.assert_array_equal(one.params[name], other.params[name])
        with pytest.raises(NotApplicableError, match="all change the network"):
            plan(LEARNER, X, y, training=(CosineHead(), WeightBalancing()))


class TestTeacher:
    def test_the_divergence_is_zero_at_the_teachers_scores_and_positive_elsewhere(self):
        rng = np.random.default_rng(0)
        for shape in ((20,), (20, 3)):
            teacher, student = (torch.tensor(rng.normal(size=shape)) for _ in range(2))
            assert (divergence(teacher, teacher, 2.0).abs() < 1e-12).all()
            assert (divergence(teacher, student, 2.0) > 0).all()
            near = teacher.clone().requires_grad_(True)
            (gradient,) = torch.autograd.grad(divergence(teacher, near, 3.0).sum(), near)
            assert (gradient.abs() < 1e-9).all()

    def test_two_classes_in_one_score_are_two_classes_in_two(self):
        teacher, student = torch.tensor([0.3, -2.0]).double(), torch.tensor([1.0, 0.5]).double()
        both = [torch.stack([torch.zeros_like(f), f], dim=1) for f in (teacher, student)]
        np.testing.assert_allclose(
            divergence(teacher, student, 2.0).numpy(), divergence(*both, 2.0).numpy(), rtol=1e-12
        )

    def test_weight_0_is_ordinary_training_and_a_teacher_alone_is_imitated(self):
        X, y = table(300)
        long = TorchLearner(epochs=40, width=16, batch_size=32, double=True, dropout=0.0, weight_decay=0.0)
        assert type(plan(long, X, y, training=(Distillation(weight=0.0),)).loss).__name__ == "FromLoss"
        made = plan(long, X, y, training=(Distillation(weight=1.0, temperature=1.0),))
        answers = made.loss.answers
        (student,) = train([made])
        apart = divergence(answers, scores_of(made, student.params), 1.0).mean()
        untaught = divergence(answers, torch.full_like(answers, float(answers.mean())), 1.0).mean()
        assert apart < 0.1 * untaught

    def test_it_goes_with_several_classes_a_fixed_last_layer_and_sharp_steps(self):
        X, y = table(150, 3)
        methods = (WeightBalancing(), Distillation(), SharpnessAware())
        (found,) = train([plan(LEARNER, X, y, training=methods)])
        assert found.fault == ""
        assert found.params["head.weight"].shape == (8, 3)


class TestBatchFormer:
    @staticmethod
    def parts(n_classes: int = 2) -> Any:
        X, y = table(40, n_classes)
        made = plan(LEARNER, X, y, training=(BatchFormer(heads=2),))
        assert isinstance(made.network, MixingNetwork)
        start = made.network.begin(np.zeros(made.network.n_outputs), np.random.default_rng(0))
        theta = torch.tensor(start[None])
        return made, theta, made.table.take(torch.arange(40)[None])

    @pytest.mark.parametrize("n_classes", [2, 3])
    def test_the_first_stream_and_predictions_are_those_of_the_network_without(self, n_classes):
        made, theta, rows = self.parts(n_classes)
        out = made.network.forward_training(theta, rows, (), torch.ones((1, 40), dtype=torch.bool))
        bare = plan(LEARNER, *table(40, n_classes)).network
        start = bare.begin(np.zeros(bare.n_outputs), np.random.default_rng(0))
        plain = bare.forward(torch.tensor(start[None]), rows).raw
        np.testing.assert_array_equal(out.raw.numpy(), plain.numpy())
        assert out.second.shape == out.raw.shape
        assert not np.allclose(out.second.numpy(), plain.numpy())
        np.testing.assert_array_equal(made.network.forward(theta, rows).raw.numpy(), plain.numpy())
        assert set(made.network.to_plain(theta[0].numpy())) == set(bare.shapes)

    def test_other_rows_matter_in_the_second_stream_their_order_does_not(self):
        made, theta, rows = self.parts()
        every = torch.ones((1, 40), dtype=torch.bool)
        second = made.network.forward_training(theta, rows, (), every).second[0]
        order = torch.as_tensor(np.random.default_rng(1).permutation(40))
        moved = made.network.forward_training(theta, made.table.take(order[None]), (), every).second[0]
        np.testing.assert_allclose(moved.numpy(), second[order].numpy(), atol=1e-12)
        few = made.network.forward_training(theta, made.table.take(order[None, :5]), (), every[:, :5]).second[
            0
        ]
        assert not np.allclose(few.numpy(), second[order[:5]].numpy())

    def test_rows_that_fill_a_batch_up_are_not_looked_at(self):
        made, theta, rows = self.parts()
        real = (torch.arange(40) < 25)[None]
        padded = made.network.forward_training(theta, rows, (), real).second[0, :25]
        short = made.table.take(torch.arange(25)[None])
        alone = made.network.forward_training(theta, short, (), real[:, :25]).second[0]
        np.testing.assert_allclose(padded.numpy(), alone.numpy(), atol=1e-12)

    def test_a_network_alone_and_in_company_is_the_same_and_the_loss_is_the_mean_of_both(self):
        X, y = table(120)
        plans = [plan(LEARNER, X, y, seed=k, training=(BatchFormer(heads=2),)) for k in range(3)]
        together = train(plans)
        (alone,) = train(plans[1:2])
        for name, values in alone.params.items():
            np.testing.assert_array_equal(values, together[1].params[name])
        (plain,) = train([plan(LEARNER, X, y, seed=1)])
        assert any((plain.params[name] != alone.params[name]).any() for name in plain.params)

    def test_heads_divide_the_width_and_one_network_is_changed_once(self):
        X, y = table(100)
        with pytest.raises(NotApplicableError, match="3 heads do not divide the width 8"):
            plan(LEARNER, X, y, training=(BatchFormer(heads=3),))
        with pytest.raises(NotApplicableError, match="all change the network"):
            plan(LEARNER, X, y, training=(BatchFormer(heads=2), WeightBalancing()))
