"""Schedules in their exact form: rows and weights batch by batch, divided by the number of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.schedule.group_dro import GroupDro
from imbtool.methods.schedule.loss_based import LossBasedWeights
from imbtool.recipe.parser import parse_recipe

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.test_torch_losses import batch  # noqa: E402
from tests.unit.learners.torch_tables import plan, table  # noqa: E402

from imbtool.learners.torch import TorchLearner  # noqa: E402
from imbtool.learners.torch.hooks import GradientRule  # noqa: E402
from imbtool.learners.torch.losses import FromLoss  # noqa: E402
from imbtool.learners.torch.schedules import DynamicWeighting, FeedSampler, ScoreWeighting, adapted  # noqa: E402
from imbtool.learners.torch.trainer import train  # noqa: E402

if TYPE_CHECKING:
    from typing import Any

SCHEDULES = (
    "cooldown",
    "temperature_batches",
    "balanced_batches",
    "rs2",
    "rs2(replacement=true, stratified=false)",
    "infobatch",
    "seta",
    "loss_based",
    "loss_based(strategy=quadratic, within_class=true)",
    "group_dro",
    "rent",
    "deferred_reweighting",
)
LEARNER = TorchLearner(epochs=6, width=8, batch_size=32, dropout=0.0, double=True)


def schedule(recipe: str) -> Any:
    step = parse_recipe(recipe).one("schedule")
    assert step is not None
    return step.build()


def training(recipe: str) -> Any:
    return tuple(step.build() for step in parse_recipe(recipe).of("training"))


@dataclass(frozen=True, eq=False)
class Recorded(GradientRule):
    """Keeps the rows and the gradient of every step; steps nowhere."""

    steps: list[Any]

    def gradient(self, step: Any) -> Any:
        self.steps.append((step.y[0].clone(), step.weight[0].clone(), step.gradient(step.theta)[0].clone()))
        return torch.zeros_like(step.theta)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def steps_of(made: Any) -> list[Any]:
    steps: list[Any] = []
    train([replace(made, rule=Recorded(steps))])
    return steps


@pytest.mark.parametrize("recipe", SCHEDULES)
def test_a_network_alone_twice_and_in_company_is_the_same(recipe):
    X, y = table(200, 3)
    plans = [
        plan(LEARNER, X, y, seed=k, schedule=schedule(s)) for k, s in enumerate((recipe, "cooldown", recipe))
    ]
    together = train(plans)
    for one, other in zip(plans, together, strict=True):
        for _ in range(2):
            (alone,) = train([one])
            for name in alone.params:
                np.testing.assert_array_equal(alone.params[name], other.params[name])


def even_start(made: Any) -> Any:
    """Return the plan with a loss that starts at the shares of the rows, whatever these weigh."""
    return replace(made, loss=lambda counts, _: FromLoss()(counts, counts.astype(np.float64)))


def rare(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of which a tenth is positive."""
    X, y = table(n, 3)
    return X, (y == 2).astype(np.int64)


def learner(batch_size: int, epochs: int = 1) -> TorchLearner:
    return TorchLearner(
        epochs=epochs, width=8, batch_size=batch_size, dropout=0.0, weight_decay=0.0, double=True
    )


def test_a_step_divides_by_the_number_of_rows_not_by_their_weights():
    """Scalarization: the mean over the batches is the full weighted gradient, whatever each of them holds."""
    X, y = rare(256)
    weight = Scalarization(tau=5.0).fit_weight(None, y)
    small, whole = (steps_of(plan(learner(size), X, y, sample_weight=weight)) for size in (32, 256))
    assert (len(small), len(whole)) == (8, 1)
    mean = torch.stack([gradient for _, _, gradient in small]).mean(dim=0)
    np.testing.assert_allclose(mean.numpy(), whole[0][2].numpy(), atol=1e-12)
    sums = [float(weights.sum()) for _, weights, _ in small]
    assert np.ptp(sums) > 0.05  # batches weigh differently: that is the variance of scalarization


def test_draws_at_a_temperature_have_the_gradient_of_the_weights_on_average():
    X, y = rare(256)
    sampled = plan(learner(32, epochs=60), X, y, schedule=schedule("temperature_batches(tau=3)"))
    gradients = torch.stack([gradient for _, _, gradient in steps_of(even_start(sampled))]).numpy()
    weight = Scalarization(tau=3.0).fit_weight(None, y)
    whole = steps_of(even_start(plan(learner(256), X, y, sample_weight=weight)))[0][2].numpy()
    error = gradients.std(axis=0) / np.sqrt(len(gradients))
    assert len(gradients) == 480
    assert (np.abs(gradients.mean(axis=0) - whole) <= 5 * error + 1e-12).all()
    plain = steps_of(even_start(plan(learner(256), X, y)))[0][2].numpy()
    assert (np.abs(gradients.mean(axis=0) - plain) > 5 * error).any()


def test_cooldown_may_choose_epochs_after_the_switch_only():
    _, y = table(200)
    made = plan(LEARNER, *table(200), schedule=schedule("cooldown"))
    assert made.select_from == 3
    assert isinstance(made.sampler, FeedSampler)
    assert plan(LEARNER, *table(200), schedule=schedule("cooldown(switch=1)")).select_from == 5
    sampler, _, select_from = adapted(None, y, made.training, n_classes=2, random_state=0)
    assert (type(sampler).__name__, select_from) == ("BatchSampler", 0)


def test_infobatch_is_told_the_losses_that_rows_had_in_their_batches():
    X, y = table(200)
    made = plan(TorchLearner(epochs=8, width=8, batch_size=32), X, y, schedule=schedule("infobatch"))
    assert made.sampler.uses_losses
    rows = [len(one) for one, _, _ in steps_of(made)]
    assert len(rows) < 8 * 7  # some epochs are shorter than 200 rows


class TestLossBased:
    LOSS = np.array([0.0, 0.2, 0.5, 1.0, 2.0, 4.0])

    @pytest.mark.parametrize(
        ("strategy", "expected"),
        [
            ("lin_upper", [0.0312, 0.0401, 0.0584, 0.1090, 0.3806, 0.3806]),
            ("quadratic", [0.0395, 0.0636, 0.1180, 0.2578, 0.4816, 0.0395]),
            ("extremes", [0.2715, 0.2115, 0.1453, 0.0778, 0.0223, 0.2715]),
        ],
    )
    def test_golden_weights_of_a_batch_leave_out_what_fills_it_up(self, strategy, expected):
        weighting = DynamicWeighting(LossBasedWeights(strategy, warm_up=0.0), 10)
        loss = torch.tensor(np.append(self.LOSS, [50.0, 50.0]))
        found = weighting.batch(loss, loss, batch(np.zeros(8, dtype=np.int64), real=6)).numpy()
        np.testing.assert_allclose(found[:6] / 6, expected, atol=6e-5)
        # A step takes sum(factor * loss) / 6: the sum of w_i l_i, w on the simplex.
        assert found[:6].sum() / 6 == pytest.approx(1.0)

    def test_the_second_pass_of_a_step_has_the_weights_of_the_first(self):
        weighting, loss = DynamicWeighting(LossBasedWeights(warm_up=0.0), 10), torch.tensor(self.LOSS)
        first = weighting.batch(loss, loss, batch(np.zeros(6, dtype=np.int64)))
        again = weighting.batch(
            torch.tensor(self.LOSS[::-1].copy()), None, batch(np.zeros(6, dtype=np.int64))
        )
        np.testing.assert_array_equal(first.numpy(), again.numpy())


def test_weights_by_scores_have_no_gradient_and_are_asked_once_a_step():
    X, y = table(200, 3)
    made = plan(LEARNER, X, y, schedule=schedule("group_dro"))
    assert isinstance(made.weighting, ScoreWeighting)
    (plain,) = train([made])
    (sharp,) = train([plan(LEARNER, X, y, schedule=schedule("group_dro"), training=training("sam(rho=0)"))])
    for name in plain.params:
        np.testing.assert_allclose(sharp.params[name], plain.params[name], atol=1e-12)


@pytest.mark.parametrize("held", [0.0, 0.3])
def test_groups_of_rows_reach_the_weighting_batch_by_batch(monkeypatch, held):
    X, y = table(200)
    groups = np.where(np.isnan(X[:, 2]), 9, X[:, 2]).astype(np.int64)
    learner = TorchLearner(epochs=2, width=8, batch_size=32, held=held)
    made = plan(learner, X, y, schedule=schedule("group_dro(group=c)"), groups=groups)
    seen = []
    follow = GroupDro.follow

    def watched(self, y, **given):
        found = follow(self, y, **given)
        weights = found.weights

        def looking(proba, own, groups):
            seen.append((own, groups))
            return weights(proba, own, groups)

        found.weights = looking
        return found

    monkeypatch.setattr(GroupDro, "follow", watched)
    (found,) = train([made])
    assert found.fault == ""
    rows = made.train.index
    told = np.concatenate([theirs for _, theirs in seen])
    levels = np.unique(groups[rows], return_inverse=True)[1]
    np.testing.assert_array_equal(np.bincount(told), 2 * np.bincount(levels))
    one = np.concatenate([own for own, _ in seen])
    for k in range(levels.max() + 1):
        assert one[told == k].sum() == 2 * y[rows][levels == k].sum()
