"""The loss of the worst rows and of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError
from imbtool.methods.loss.cvar_auc import PARTNERS, CvarAucLoss, tail_weights


def cvar(loss, alpha):
    return float(tail_weights(loss, alpha) @ loss) / len(loss)


class TestCvarAuc:
    @settings(max_examples=60, deadline=None)
    @given(losses=st.lists(st.floats(0, 30), min_size=1, max_size=30), k=st.integers(1, 30))
    def test_it_is_the_mean_of_the_worst_share(self, losses, k):
        loss, k = np.array(losses), min(k, len(losses))
        assert cvar(loss, k / len(loss)) == pytest.approx(np.sort(loss)[::-1][:k].mean(), abs=1e-9)

    @settings(max_examples=60, deadline=None)
    @given(losses=st.lists(st.floats(0, 30), min_size=1, max_size=30))
    def test_it_falls_from_the_largest_loss_to_the_mean(self, losses):
        loss = np.array(losses)
        found = [cvar(loss, a) for a in (1e-6, 0.1, 0.35, 0.6, 0.95, 1.0)]
        assert found[0] == pytest.approx(loss.max(), abs=1e-9)
        assert found[-1] == pytest.approx(loss.mean(), abs=1e-9)
        assert (np.diff(found) <= 1e-9).all()
        assert tail_weights(loss, 0.35).mean() == pytest.approx(1.0)

    def test_rows_below_the_cut_have_no_gradient_and_those_above_all_the_same_factor(self):
        y, raw = np.array([1, 0, 0, 0]), np.array([-2.0, -3.0, 0.5, -1.0])
        objective = CvarAucLoss(alpha=0.5, gamma=0.0).objective(np.array([3, 1]), np.array([3.0, 1.0]))
        gradient, _ = objective.derivatives(y, raw)
        np.testing.assert_allclose(gradient, [-2 / (1 + np.exp(-2.0)), 0.0, 2 / (1 + np.exp(-0.5)), 0.0])
        worst = np.sort(np.logaddexp(0, -(2 * y - 1) * raw))[::-1][:2].mean()
        assert objective.value(y, raw).mean() == pytest.approx(worst)

    def test_the_ranking_loss_knows_differences_only(self):
        rng = np.random.default_rng(0)
        y, raw = (rng.random(50) < 0.2).astype(int), rng.normal(size=50)
        plain = CvarAucLoss(alpha=1.0, gamma=0.0).objective(np.array([40, 10]), np.array([40.0, 10.0]))
        both = CvarAucLoss(alpha=1.0, gamma=1.0).objective(np.array([40, 10]), np.array([40.0, 10.0]))

        def ranking(scores):
            return float((both.value(y, scores) - plain.value(y, scores)).mean())

        pairs = np.logaddexp(0, -(raw[y == 1][:, None] - raw[y == 0][None, :]))
        assert ranking(raw) == pytest.approx(pairs.mean())
        assert ranking(raw + 3.7) == pytest.approx(ranking(raw))
        assert ranking(np.full(50, 0.3)) == pytest.approx(np.log(2))
        away = both.derivatives(y, raw)[0] - plain.derivatives(y, raw)[0]
        assert away.sum() == pytest.approx(0.0, abs=1e-9)

    def test_one_class_leaves_the_first_part(self):
        objective = CvarAucLoss().objective(np.array([3, 1]), np.array([3.0, 1.0]))
        plain = CvarAucLoss(gamma=0.0).objective(np.array([3, 1]), np.array([3.0, 1.0]))
        raw = np.array([0.1, -1.0, 2.0])
        np.testing.assert_array_equal(
            objective.value(np.zeros(3, int), raw), plain.value(np.zeros(3, int), raw)
        )

    def test_many_rows_are_compared_with_some_of_the_others(self):
        rng = np.random.default_rng(1)
        n = 20 * PARTNERS
        y = (rng.random(n) < 0.3).astype(int)
        raw = rng.normal(size=n) + y
        objective = CvarAucLoss(alpha=1.0, gamma=1.0).objective(np.bincount(y), np.bincount(y) * 1.0)
        plain = CvarAucLoss(alpha=1.0, gamma=0.0).objective(np.bincount(y), np.bincount(y) * 1.0)
        found = (objective.value(y, raw) - plain.value(y, raw)).mean()
        pairs = np.logaddexp(0, -(raw[y == 1][:, None] - raw[y == 0][None, :]))
        assert found == pytest.approx(pairs.mean(), rel=3e-3)

    def test_more_classes_are_not_applicable(self):
        with pytest.raises(NotApplicableError, match="it is for two classes; there are 3"):
            CvarAucLoss().objective(np.array([3, 1, 1]), np.ones(3))
