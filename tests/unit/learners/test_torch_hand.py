"""Passes by hand train the networks that automatic derivatives train."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.test_torch_trainer import largest_difference, mixed_plans  # noqa: E402
from tests.unit.learners.torch_tables import plan as plan_on  # noqa: E402
from tests.unit.learners.torch_tables import table  # noqa: E402

from imbtool.core.cross_entropy import CrossEntropy  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch import TorchLearner, crew, epoch, hand, step  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch import table as tables  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.losses import ClassTerms, RowSlopes  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.rules import SharpnessRule  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.trainer import train  # noqa: E402 - PyTorch may be absent
from imbtool.recipe.parser import parse_recipe  # noqa: E402 - PyTorch may be absent


def by_autograd(monkeypatch, plans):
    def step_of(now, s):
        return step.Step(now, s, sum(steps > s for steps in now.steps))

    with monkeypatch.context() as patch:
        patch.setattr(crew, "step_of", step_of)
        return train(plans)


@pytest.mark.parametrize(("part", "many", "block"), [(20, 1, 7), (512, 1 << 17, 1024)])
def test_networks_by_hand_are_those_of_autograd_in_double_precision(monkeypatch, part, many, block) -> None:
    monkeypatch.setattr(step, "PART", part)
    monkeypatch.setattr(epoch, "BLOCK", block)
    monkeypatch.setattr(hand, "MANY", many)
    plans = mixed_plans(12, double=True)
    ours, theirs = train(plans), by_autograd(monkeypatch, plans)
    assert max(largest_difference(a, b) for a, b in zip(ours, theirs, strict=True)) < 1e-9


def several_plans(**params):
    found = []
    for n_classes in (2, 3):
        X, y = table(150, n_classes)
        learner = TorchLearner(epochs=2, width=8, batch_size=64, **{"double": True} | params)
        weight = np.where(y == 1, 3.0, 0.5)
        found.append(plan_on(learner, X, y, sample_weight=weight / weight.mean()))
    return found


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("depth", [1, 3])
def test_so_are_other_depths_several_classes_and_steps_of_two_passes(monkeypatch, depth, dropout) -> None:
    plans = several_plans(depth=depth, dropout=dropout)
    plans += [replace(plan, rule=SharpnessRule(rho=0.1)) for plan in plans]
    monkeypatch.setattr(step, "PART", 20)
    monkeypatch.setattr(hand, "MANY", 1)
    ours, theirs = train(plans), by_autograd(monkeypatch, plans)
    assert max(largest_difference(a, b) for a, b in zip(ours, theirs, strict=True)) < 1e-9


def test_rows_encoded_before_training_or_pass_by_pass_give_the_same_bytes(monkeypatch) -> None:
    plans = several_plans(double=False)
    before = train(plans)
    monkeypatch.setattr(tables, "ENCODED", 0)
    for a, b in zip(before, train(plans), strict=True):
        assert largest_difference(a, b) == 0.0


def test_the_company_of_tables_with_missing_cells_changes_no_byte_of_a_network(monkeypatch) -> None:
    monkeypatch.setattr(hand, "MANY", 1)
    plans = several_plans(double=False)
    X, y = table(150)
    whole = plan_on(TorchLearner(epochs=2, width=8, batch_size=64), np.nan_to_num(X), y)
    together = train([*plans[:1], whole])
    assert largest_difference(train([whole])[0], together[1]) == 0.0


@pytest.mark.parametrize("n_classes", [2, 4])
def test_slopes_in_closed_form_are_the_derivatives_of_the_loss(n_classes) -> None:
    rng = np.random.default_rng(0)
    terms = {name: rng.uniform(0.5, 2.0, n_classes) for name in ("weight", "slope", "shift", "margin")}
    loss = ClassTerms(CrossEntropy(mass=np.ones(n_classes), **terms))
    y = torch.as_tensor(rng.integers(0, n_classes, 30))
    raw = torch.tensor(rng.normal(size=(30, 1 if n_classes == 2 else n_classes)), requires_grad=True)
    weight = torch.as_tensor(rng.uniform(0.0, 2.0, 30))
    rows = loss.stacked([loss])(raw.squeeze(1)[None], y[None])[0]
    (expected,) = torch.autograd.grad((rows * weight).sum(), raw)
    slopes = loss.slopes(y, weight)
    assert isinstance(slopes, RowSlopes)
    whole = slopes(raw.detach(), slice(0, 30))
    torch.testing.assert_close(whole, expected)
    torch.testing.assert_close(slopes(raw.detach()[10:15], slice(10, 15)), expected[10:15])


RECIPES = (
    "group_dro",
    "seta",
    "loss_based+focal",
    "rent+ldam",
    "cvar_auc",
    "infobatch+sam",
    "asymmetric+sam",
    "focal+self_distillation",
)


@pytest.mark.parametrize("recipe", RECIPES)
def test_so_are_weights_that_follow_losses_and_losses_without_terms(monkeypatch, recipe) -> None:
    X, y = table(150)
    spec = parse_recipe(recipe)
    schedule, loss = spec.one("schedule"), spec.one("loss")
    made = [
        plan_on(
            TorchLearner(epochs=3, width=8, batch_size=64, double=True),
            X,
            y,
            schedule=schedule and schedule.build(),
            loss=loss and loss.build(),
            training=tuple(step.build() for step in spec.of("training")),
            sample_weight=np.where(y == 1, 3.0, 0.5) / np.where(y == 1, 3.0, 0.5).mean(),
        )
    ]
    (ours,), (theirs,) = train(made), by_autograd(monkeypatch, made)
    assert largest_difference(ours, theirs) < 1e-9
