"""Scores of rows: EL2N, GraNd, AUM, forgetting, gradient similarity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from imbtool.core.types import Layout
from imbtool.learners.torch.scores import cosines, el2n, gradient_lengths, margins, row_scores

torch = pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from tests.unit.learners.torch_tables import LAYOUT, plan, table  # noqa: E402

from imbtool.learners.torch import TorchLearner  # noqa: E402

PLAIN = Layout(names=("a", "b", "c"), levels=(0, 0, 0))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 999), n_classes=st.integers(2, 6))
def test_el2n_and_margins_keep_their_ranges_and_do_not_know_the_names_of_classes(seed, n_classes):
    rng = np.random.default_rng(seed)
    proba, y = rng.dirichlet(np.full(n_classes, 0.3), size=20), rng.integers(0, n_classes, 20)
    length, margin = el2n(proba, y), margins(proba, y)
    assert ((length >= 0) & (length <= np.sqrt(2) + 1e-12)).all()
    assert ((margin >= -1) & (margin <= 1)).all()
    names = rng.permutation(n_classes)
    renamed = np.empty_like(proba)
    renamed[:, names] = proba
    np.testing.assert_allclose(el2n(renamed, names[y]), length, atol=1e-12)
    np.testing.assert_allclose(margins(renamed, names[y]), margin, atol=1e-12)


def test_el2n_is_0_for_certainty_and_the_distance_times_root_2_for_two_classes():
    p = np.array([0.0, 0.2, 0.9, 1.0])
    y = np.array([0, 1, 1, 1])
    found = el2n(np.column_stack([1 - p, p]), y)
    np.testing.assert_allclose(found, np.sqrt(2) * np.abs(p - y))
    assert found[0] == found[3] == 0.0


@pytest.mark.parametrize("n_classes", [2, 3])
def test_grand_is_the_length_of_each_rows_own_gradient(n_classes):
    X, y = table(40, n_classes)
    made = plan(TorchLearner(width=6, double=True), X, y)
    start = made.network.begin(np.zeros(1 if n_classes == 2 else n_classes), np.random.default_rng(0))
    theta = torch.tensor(start)
    found = gradient_lengths(made, theta)
    for row in (0, 17, 39):
        own = theta.clone().requires_grad_(True)
        raw = made.network.forward(own[None], made.table.take(torch.tensor([[row]]))).raw[0]
        logits = torch.stack([torch.zeros_like(raw), raw], dim=1) if n_classes == 2 else raw
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([y[row]]))
        (gradient,) = torch.autograd.grad(loss, own)
        assert found[row] == pytest.approx(float(gradient.norm()), rel=1e-9)


def test_cosines_do_not_know_lengths_and_nothing_has_none():
    rng = np.random.default_rng(0)
    gradients, direction = rng.normal(size=(6, 4)), rng.normal(size=4)
    found = cosines(gradients, direction)
    assert (np.abs(found) <= 1).all()
    np.testing.assert_allclose(cosines(gradients * rng.random((6, 1)), 7 * direction), found)
    np.testing.assert_array_equal(cosines(np.zeros((2, 4)), direction), 0.0)
    # The gradient of the last layer is (p - y) times the features: another label turns it round.
    features, p = rng.normal(size=(5, 4)), rng.random((5, 1))
    right, wrong = cosines((p - 1) * features, direction), cosines(p * features, direction)
    np.testing.assert_allclose(right, -wrong)


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = (X[:, 0] + 0.2 * rng.normal(size=400) > 0.8).astype(np.int64)
    flipped = rng.random(400) < 0.2
    learner = TorchLearner(epochs=12, width=16, batch_size=32)
    labels = np.where(flipped, 1 - y, y)
    return learner, X, labels, flipped, row_scores(learner, X, labels, layout=PLAIN, n_runs=2)


def test_no_row_is_held_out_and_several_classes_are_scored():
    X, y = table(60, 3)
    learner = TorchLearner(epochs=2, width=4, held=0.3)
    found = row_scores(learner, X, y, layout=LAYOUT, n_runs=1)
    for name in ("el2n", "grand", "aum", "forgetting", "dvgs"):
        assert getattr(found, name).shape == (60,)
        assert np.isfinite(getattr(found, name)).all()
    assert learner.held == 0.3


class TestOnFlippedLabels:
    @pytest.mark.parametrize(("name", "sign"), [("el2n", 1), ("aum", -1), ("dvgs", -1)])
    def test_wrong_labels_stand_out_among_the_rows_of_their_class(self, scored, name, sign):
        _, _, labels, flipped, found = scored
        for k in (0, 1):
            own = labels == k
            assert roc_auc_score(flipped[own], sign * getattr(found, name)[own]) > 0.7

    def test_scores_keep_their_ranges(self, scored):
        *_, found = scored
        assert (np.abs(found.aum) <= 1).all()
        assert (np.abs(found.dvgs) <= 1).all()
        assert ((found.forgetting >= 0) & (found.forgetting <= 6)).all()
        assert np.ptp(found.forgetting) > 0

    def test_the_same_seed_gives_the_same_scores(self, scored):
        learner, X, labels, _, found = scored
        again = row_scores(learner, X, labels, layout=PLAIN, n_runs=2)
        for name in ("el2n", "grand", "aum", "forgetting", "dvgs"):
            np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
