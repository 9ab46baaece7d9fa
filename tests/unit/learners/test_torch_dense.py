"""Layers with gradients by hand have the gradients that autograd finds."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.test_torch_trainer import largest_difference, mixed_plans  # noqa: E402
from tests.unit.learners.torch_tables import plan as plan_on  # noqa: E402
from tests.unit.learners.torch_tables import table  # noqa: E402

from imbtool.learners.torch import TorchLearner, dense  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch import table as tables  # noqa: E402 - PyTorch may be absent
from imbtool.learners.torch.trainer import train  # noqa: E402 - PyTorch may be absent


@pytest.fixture(params=[False, True], ids=["each its own products", "batched products"])
def products(request, monkeypatch) -> None:
    monkeypatch.setattr(dense, "BATCHED", request.param)


def drawn(*shapes: tuple[int, ...]) -> list[torch.Tensor]:
    rng = np.random.default_rng(0)
    return [torch.tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize("dropping", [False, True])
def test_a_rectified_layer_of_two_parts_is_that_of_autograd(dropping) -> None:
    one, two, w, b = drawn((3, 7, 4), (3, 7, 2), (3, 6, 5), (3, 5))
    noise = 1.25 * (torch.arange(3 * 7 * 5).view(3, 7, 5) % 4 > 0).double() if dropping else None
    ours = dense.rectified((one, two), w, b, noise)
    plain = torch.relu(torch.cat([one, two], dim=2) @ w + b[:, None])
    plain = plain if noise is None else plain * noise
    torch.testing.assert_close(ours, plain)
    slope = torch.arange(3 * 7 * 5).view(3, 7, 5).double()
    found = torch.autograd.grad(ours, (one, two, w, b), slope)
    expected = torch.autograd.grad(plain, (one, two, w, b), slope)
    torch.testing.assert_close(found, expected)


@pytest.mark.usefixtures("products")
def test_a_linear_layer_is_that_of_autograd() -> None:
    x, w, b = drawn((2, 6, 4), (2, 4, 3), (2, 3))
    ours, plain = dense.linear(x, w, b), x @ w + b[:, None]
    torch.testing.assert_close(ours, plain)
    found, expected = (torch.autograd.grad(out.square().sum(), (x, w, b)) for out in (ours, plain))
    torch.testing.assert_close(found, expected)


def test_batched_products_as_on_a_gpu_train_the_same_networks(monkeypatch) -> None:
    plans = mixed_plans(6, double=True)
    own = train(plans)
    monkeypatch.setattr(dense, "BATCHED", True)
    assert max(largest_difference(a, b) for a, b in zip(own, train(plans), strict=True)) < 1e-8


def test_numbers_encoded_before_training_or_batch_by_batch_give_the_same_bytes(monkeypatch) -> None:
    monkeypatch.setattr(dense, "BATCHED", True)
    X, y = table()
    made = plan_on(TorchLearner(epochs=2, width=8, batch_size=32), X, y)
    (before,) = train([made])
    monkeypatch.setattr(tables, "ENCODED", 0)
    assert largest_difference(before, train([made])[0]) == 0.0


def test_mixed_precision_on_a_gpu_is_another_network_by_a_little(monkeypatch) -> None:
    monkeypatch.setattr("imbtool.learners.torch.learner.has_half", lambda _: True)
    monkeypatch.setattr(dense, "BATCHED", True)
    X, y = table()
    single, mixed = (
        [plan_on(TorchLearner(epochs=3, width=8, batch_size=32, mixed=half), X, y, seed=k) for k in range(3)]
        for half in (False, True)
    )
    for one, other in zip(train(single), train(mixed), strict=True):
        assert 0.0 < largest_difference(one, other) < 0.02


def test_on_the_cpu_mixed_precision_changes_nothing() -> None:
    X, y = table()
    assert not plan_on(TorchLearner(mixed=True, device="cpu"), X, y).network.half


def test_double_precision_is_never_mixed_nor_is_a_device_without_units_for_it(monkeypatch) -> None:
    X, y = table()
    for half, double in ((True, True), (False, False)):
        monkeypatch.setattr("imbtool.learners.torch.learner.has_half", lambda _, half=half: half)
        assert not plan_on(TorchLearner(mixed=True, double=double), X, y).network.half
