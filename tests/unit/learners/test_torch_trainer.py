"""Networks that train together become what each becomes alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from imbtool.methods.loss.focal import FocalLoss
from imbtool.methods.loss.ldam import LDAMLoss
from imbtool.methods.schedule.cooldown import Cooldown
from imbtool.methods.schedule.loss_based import LossBasedWeights
from imbtool.methods.schedule.rs2 import RepeatedRandomSampling

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.torch_tables import plan, table  # noqa: E402 - PyTorch may be absent

from imbtool.learners.torch import TorchLearner, trainer  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.rules import SharpnessRule  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.trainer import bytes_of, train  # noqa: E402 - PyTorch may be absent

if TYPE_CHECKING:
    from imbtool.learners.torch.plan import Plan, Trained


def mixed_plans(n: int, *, double: bool) -> list[Plan]:
    """Return plans that differ in rows, weights, loss, schedule, rate, patience and seed."""
    losses = (None, LDAMLoss(), FocalLoss())
    schedules = (None, Cooldown(), LossBasedWeights(), RepeatedRandomSampling(every=1))
    found = []
    for k in range(n):
        X, y = table(150 + 17 * (k % 5), seed=k % 3)
        learner = TorchLearner(
            epochs=4 + k % 3,
            width=16,
            batch_size=32,
            learning_rate=0.002 * (1 + k % 2),
            held=0.2 if k % 4 == 1 else 0.0,
            patience=1 + k % 2,
            double=double,
        )
        weight = np.where(y == 1, 1.0 + k % 4, 1.0)
        more = {"loss": losses[k % 3], "schedule": schedules[k % 4], "sample_weight": weight / weight.mean()}
        found.append(plan(learner, X, y, seed=k, **more))
    return found


def largest_difference(a: Trained, b: Trained) -> float:
    return max(float(np.abs(a.params[name] - b.params[name]).max()) for name in a.params)


def test_a_network_alone_and_in_a_batch_of_64_is_the_same_in_double_precision() -> None:
    plans = mixed_plans(64, double=True)
    together = train(plans)
    for k in (0, 1, 5, 22, 63):
        (alone,) = train([plans[k]])
        assert largest_difference(alone, together[k]) < 1e-8
        assert (alone.epochs, alone.chosen) == (together[k].epochs, together[k].chosen)


def test_in_single_precision_too_the_company_of_a_network_changes_no_byte() -> None:
    plans = mixed_plans(12, double=False)
    together, halves = train(plans), train(plans[:5]) + train(plans[5:])
    alone = [train([one])[0] for one in plans]
    for k in range(12):
        assert largest_difference(together[k], halves[k]) == 0.0
        assert largest_difference(together[k], alone[k]) == 0.0


def test_a_bound_on_memory_splits_the_batch_and_changes_nothing() -> None:
    plans = mixed_plans(6, double=False)
    whole, split = train(plans), train(plans, memory=2 * bytes_of(plans[0]))
    assert all(largest_difference(a, b) == 0.0 for a, b in zip(whole, split, strict=True))


def test_tables_too_large_to_be_encoded_side_by_side_split_the_batch_and_change_nothing(monkeypatch) -> None:
    plans, crews = mixed_plans(6, double=False), []
    real = trainer._run

    def counted(members):
        crews.append([member.number for member in members])
        return real(members)

    monkeypatch.setattr(trainer, "_run", counted)
    whole = train(plans)
    largest = max(one.table.n_rows for one in plans)
    network = plans[0].network
    for module in ("trainer", "table"):
        monkeypatch.setattr(
            f"imbtool.learners.torch.{module}.ENCODED", 4 * largest * network.n_numeric * (network.bins + 2)
        )
    split = train(plans)
    assert crews[0] == list(range(6))
    assert crews[1:] == [[k] for k in range(6)]
    assert all(largest_difference(a, b) == 0.0 for a, b in zip(whole, split, strict=True))


def test_a_network_whose_loss_is_not_a_number_fails_alone_and_says_so() -> None:
    X, y = table()
    good = plan(TorchLearner(epochs=3, width=8), X, y)
    wild = replace(good, training=replace(good.training, learning_rate=1e38))
    first, second = train([good, wild])
    assert first.fault == ""
    assert second.params == {}
    assert "the loss is not a number in epoch" in second.fault


def test_the_best_epoch_on_the_held_out_rows_is_kept_and_patience_ends_training() -> None:
    X, y = table(400)
    learner = TorchLearner(epochs=60, learning_rate=0.05, held=0.3, patience=3, width=32)
    (found,) = train([plan(learner, X, y)])
    assert found.epochs < 60
    assert found.chosen == found.epochs - 3


def test_before_any_step_the_network_answers_the_class_shares() -> None:
    X, y = table(600, 3)
    made = plan(TorchLearner(epochs=1, learning_rate=1e-30), X, y)
    (found,) = train([made])
    shares = np.bincount(y) / len(y)
    np.testing.assert_allclose(found.params["head_bias"], np.log(shares), atol=1e-6)


def test_out_of_memory_trains_fewer_at_once_then_smaller_batches_and_says_so(monkeypatch) -> None:
    X, y = table()
    made = [plan(TorchLearner(epochs=2, width=8, batch_size=64), X, y, seed=k) for k in range(3)]
    real, tried = trainer._run, []

    def scarce(members):
        tried.append((len(members), members[0].plan.training.batch_size))
        if len(members) > 1 or members[0].plan.training.batch_size > 32:
            raise torch.cuda.OutOfMemoryError("no memory")
        return real(members)

    monkeypatch.setattr(trainer, "_run", scarce)
    found = train(made)
    assert tried[:4] == [(3, 64), (1, 64), (1, 32), (2, 64)]
    assert all(
        one.notes == ("Out of memory on the device: trained with batches of 32 rows.",) for one in found
    )
    monkeypatch.setattr(trainer, "_run", real)
    small = [replace(one, training=replace(one.training, batch_size=32)) for one in made]
    assert [largest_difference(a, b) for a, b in zip(found, train(small), strict=True)] == [0.0] * 3


def test_a_device_without_memory_for_one_small_network_is_a_fault(monkeypatch) -> None:
    def never(members):
        raise torch.cuda.OutOfMemoryError("no memory")

    X, y = table()
    monkeypatch.setattr(trainer, "_run", never)
    (found,) = train([plan(TorchLearner(batch_size=32, width=8), X, y)])
    assert found.fault == "the device has no memory for one network of 16 rows a batch"


def test_the_time_of_a_batch_of_networks_is_shared_out_by_the_rows_of_their_steps(monkeypatch) -> None:
    X, y = table(64)
    short, long = (plan(TorchLearner(epochs=n, width=8, batch_size=32), X, y) for n in (2, 6))
    other = replace(short, rule=SharpnessRule(rho=0.1))
    now = [0.0]
    real = trainer._run

    def slow(members):
        now[0] += 8.0 if len(members) > 1 else 5.0
        return real(members)

    monkeypatch.setattr(trainer.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(trainer, "_run", slow)
    assert [found.effort for found in train([short, long, other])] == [2.0, 6.0, 5.0]
