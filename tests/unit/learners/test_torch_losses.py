"""Losses of the catalogue in PyTorch agree with their NumPy form on value, gradient and second derivative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.recipe.parser import parse_recipe

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from imbtool.learners.torch.losses import ClassTerms, FromLoss, LossStack  # noqa: E402
from imbtool.learners.torch.plan import Batch  # noqa: E402

if TYPE_CHECKING:
    from typing import Any

TERMS = (
    "weighted_cross_entropy",
    "weighted_cross_entropy(power=0.5)",
    "logit_adjusted",
    "logit_adjusted(tau=0.4)",
    "vector_scaling",
    "vector_scaling(gamma=0.7, tau=0)",
    "ldam",
    "ldam(margin=1.5, scale=3)",
    "sampling_free(guided=false)",
)
BRIDGED = ("focal", "focal(gamma=0.5)", "asymmetric", "sampling_free", "cvar_auc")


def rows(n_classes: int, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n_classes)
    y = rng.permutation(np.arange(n) % n_classes)
    raw = rng.normal(scale=2.0, size=n if n_classes == 2 else (n, n_classes))
    return y, raw, np.array([5000, 500, 50, 7])[:n_classes]


def batch(y: np.ndarray, real: int | None = None, link: Any = "softmax") -> Batch:
    places = torch.arange(len(y))
    return Batch(
        y=torch.as_tensor(y),
        position=places,
        features=torch.zeros((len(y), 0)),
        epoch=0,
        step=0,
        real=len(y) if real is None else real,
        link=link,
    )


def objective_of(recipe: str, counts: np.ndarray) -> Any:
    step = parse_recipe(recipe).one("loss")
    assert step is not None
    return step.build().objective(counts, counts.astype(np.float64))


def made(recipe: str, counts: np.ndarray) -> Any:
    step = parse_recipe(recipe).one("loss")
    return FromLoss(step.build() if step else None)(counts, counts.astype(np.float64))


@pytest.mark.parametrize("n_classes", [2, 3, 4])
@pytest.mark.parametrize("recipe", TERMS)
def test_class_terms_have_the_value_gradient_and_second_derivative_of_their_numpy_form(recipe, n_classes):
    y, raw, counts = rows(n_classes)
    objective, loss = objective_of(recipe, counts), made(recipe, counts)
    assert isinstance(loss, ClassTerms)
    scores = torch.tensor(raw, requires_grad=True)
    value = loss.rows(scores, batch(y))
    (gradient,) = torch.autograd.grad(value.sum(), scores, create_graph=True)
    second = torch.zeros_like(scores)
    for k in range(1 if n_classes == 2 else n_classes):
        where: Any = slice(None) if n_classes == 2 else (slice(None), k)
        second[where] = torch.autograd.grad(gradient[where].sum(), scores, retain_graph=True)[0][where]
    first, diagonal = objective.derivatives(y, raw)
    np.testing.assert_allclose(value.detach().numpy(), objective.value(y, raw), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(gradient.detach().numpy(), first, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(second.numpy(), diagonal, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("recipe", BRIDGED)
def test_other_losses_pass_on_value_and_gradient_and_leave_out_the_rows_that_fill_a_batch(recipe):
    y, raw, counts = rows(2)
    objective = objective_of(recipe, counts)
    scores = torch.tensor(np.append(raw, [9.0, 9.0]), requires_grad=True)
    value = made(recipe, counts).rows(scores, batch(np.append(y, [0, 0]), real=60, link=objective.link))
    (gradient,) = torch.autograd.grad(value.sum(), scores)
    np.testing.assert_allclose(value.detach().numpy()[:60], objective.value(y, raw), rtol=1e-12)
    np.testing.assert_allclose(gradient.numpy()[:60], objective.derivatives(y, raw)[0], rtol=1e-12)
    assert (value[60:] == 0).all()
    assert (gradient[60:] == 0).all()


@pytest.mark.parametrize("gamma", [0.5, 2.0, 5.0])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_derivatives_of_focal_loss_are_those_that_autograd_finds_where_it_is_convex(gamma, n_classes):
    y, raw, counts = rows(n_classes)
    scores = torch.tensor(raw, requires_grad=True)
    if n_classes == 2:
        log_p = torch.nn.functional.logsigmoid((2 * torch.as_tensor(y) - 1) * scores)
    else:
        log_p = torch.log_softmax(scores, dim=1).gather(1, torch.as_tensor(y)[:, None])[:, 0]
    value = -((1 - log_p.exp()) ** gamma) * log_p
    (gradient,) = torch.autograd.grad(value.sum(), scores, create_graph=True)
    second = torch.zeros_like(scores)
    for k in range(1 if n_classes == 2 else n_classes):
        where: Any = slice(None) if n_classes == 2 else (slice(None), k)
        second[where] = torch.autograd.grad(gradient[where].sum(), scores, retain_graph=True)[0][where]
    objective = objective_of(f"focal(gamma={gamma})", counts)
    first, diagonal = objective.derivatives(y, raw)
    np.testing.assert_allclose(objective.value(y, raw), value.detach().numpy(), rtol=1e-9)
    np.testing.assert_allclose(first, gradient.detach().numpy(), rtol=1e-8, atol=1e-12)
    exact = second.numpy()
    assert (diagonal >= exact - 1e-12).all()  # floored, never below
    # The floor is the curvature of log loss with the factor held still.
    p = 1 / (1 + np.exp(-raw)) if n_classes == 2 else np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    fade = (1 - np.exp(log_p.detach().numpy())) ** gamma
    floor = (fade if n_classes == 2 else fade[:, None]) * p * (1 - p)
    np.testing.assert_allclose(diagonal, np.maximum(exact, floor), rtol=1e-7, atol=1e-12)


def test_golden_terms_of_ldam_and_vector_scaling():
    counts = np.array([5000, 500, 50])
    mass = counts.astype(float)
    ldam = parse_recipe("ldam").one("loss").build().objective(counts, mass)
    np.testing.assert_allclose(ldam.margin, [0.15811, 0.28117, 0.5], atol=1e-5)
    scaled = parse_recipe("vector_scaling").one("loss").build().objective(counts, mass)
    np.testing.assert_allclose(1 / scaled.slope, [1, 1.99526, 3.98107], atol=1e-5)
    np.testing.assert_allclose(scaled.shift, [-0.10436, -2.40695, -4.70953], atol=1e-5)


def test_losses_without_their_terms_are_log_loss():
    y, raw, counts = rows(3)
    plain = CrossEntropy(mass=counts.astype(float)).value(y, raw)
    for recipe in (
        "vector_scaling(gamma=0, tau=0)",
        "ldam(margin=0)",
        "logit_adjusted(tau=0)",
        "focal(gamma=0)",
    ):
        found = made(recipe, counts).rows(torch.tensor(raw), batch(y)).numpy()
        np.testing.assert_allclose(found, plain, rtol=1e-12)


def test_losses_of_several_networks_at_once_are_those_of_each():
    y, raw, counts = rows(3)
    losses = [made(recipe, counts) for recipe in ("ldam", "vector_scaling", "weighted_cross_entropy")]
    scores = torch.tensor(np.stack([raw, raw[::-1].copy(), 2 * raw]))
    classes = torch.as_tensor(np.stack([y, y, y[::-1].copy()]))
    batches = [batch(one.numpy()) for one in classes]
    together = LossStack(losses)(scores, batches, classes)
    for k, loss in enumerate(losses):
        np.testing.assert_array_equal(together[k].numpy(), loss.rows(scores[k], batches[k]).numpy())
