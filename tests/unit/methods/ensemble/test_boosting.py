"""AdaBoost.M2 and its three ways to draw rows, against their definitions."""

import math

import numpy as np
import pytest
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.unit.methods.ensemble.conftest import Trainer, trainer

from imbtool.core.errors import NotApplicableError
from imbtool.methods.ensemble.boosting import DrawnBoosting, reweighted, wrong_classes
from imbtool.methods.ensemble.over_boost import OverBoost
from imbtool.methods.ensemble.rus_boost import RusBoost
from imbtool.methods.ensemble.smote_boost import SmoteBoost


class Plain(DrawnBoosting):
    """Boosting on all rows."""

    def __init__(self, n_members):
        self.n_members, self.share = n_members, 1.0

    def _drawn(self, part, rows, rng):
        return np.arange(len(part.y)), None


def toy(n=150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, (X[:, 0] + X[:, 1] ** 2 + 0.5 * rng.normal(size=n) > 1.2).astype(np.int64)


def mean_of(found, X):
    weights = np.array(found.weights) / np.sum(found.weights)
    return sum(w * model.predict_proba(X) for w, model in zip(weights, found.models, strict=True))


def test_hard_votes_without_drawing_are_scikit_learns_adaboost():
    X, y = toy()
    ours = Plain(8).train(Trainer(X=X, y=y, hard=True), random_state=0)
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=8, random_state=0).fit(X, y)
    np.testing.assert_allclose(ours.weights, theirs.estimator_weights_)
    # Theirs is the difference of two columns that mirror each other.
    np.testing.assert_allclose(2 * (2 * mean_of(ours, X)[:, 1] - 1), theirs.decision_function(X))


def test_one_step_by_hand():
    """Four rows, flat D, soft answers: loss 0.5 * (0.2 + 0.8 + 1.2 + 0.6) / 4 = 0.35."""
    y = np.array([0, 0, 1, 1])
    proba = np.array([[0.9, 0.1], [0.6, 0.4], [0.6, 0.4], [0.3, 0.7]])
    D = wrong_classes(y, [0, 1], 2) / 4
    loss, after = reweighted(D, proba, y)
    assert loss == pytest.approx(0.35)
    beta = 0.35 / 0.65
    own = after.sum(axis=1)
    np.testing.assert_allclose(own, 0.25 * beta ** (0.5 * (1 + np.array([0.8, 0.2, -0.2, 0.4]))))


def test_three_classes_spread_each_row_over_its_wrong_classes():
    y = np.array([0, 1, 2])
    D = wrong_classes(y, [0, 1, 2], 4)
    np.testing.assert_array_equal(D, [[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0]])
    proba = np.array([[0.6, 0.3, 0.1, 0], [0.2, 0.5, 0.3, 0], [0.1, 0.1, 0.8, 0]])
    loss, after = reweighted(D / 6, proba, y)
    lead = [0.3, 0.5, 0.3, 0.2, 0.7, 0.7]
    assert loss == pytest.approx(0.5 * np.mean(1 - np.array(lead)))
    beta = loss / (1 - loss)
    np.testing.assert_allclose(after[D > 0], beta ** (0.5 * (1 + np.array(lead))) / 6)


@pytest.mark.parametrize("method", [RusBoost, OverBoost, SmoteBoost])
@pytest.mark.parametrize("sizes", [(200, 25), (200, 60, 25)])
def test_members_are_trained_on_balanced_parts(method, sizes):
    part = trainer(sizes)
    found = method(n_members=4).train(part, random_state=0)
    assert len(found.models) == len(found.weights)
    goal = min(sizes) if method is RusBoost else max(sizes)
    for asked in part.asked:
        made = [] if asked.made is None else asked.made[1]
        seen = np.bincount(np.concatenate([part.y[asked.rows], made]).astype(int))
        np.testing.assert_array_equal(seen, [goal] * len(sizes))
        assert len(asked.weight) == seen.sum()


def test_hard_rows_gain_weight():
    part = trainer((200, 25))
    RusBoost(n_members=3).train(part, random_state=0)
    first, second = part.asked[0], part.asked[1]
    assert np.ptp(first.weight) == 0
    assert np.ptp(second.weight) > 0
    wrong = part.member(first.rows, weight=first.weight).predict_proba(part.X)
    error = 1 - wrong[np.arange(len(part.y)), part.y][second.rows]
    np.testing.assert_array_equal(
        np.argsort(error.round(9), kind="stable"), np.argsort(second.weight.round(9) * 1e6, kind="stable")
    )


def test_repeats_are_repeats_and_synthetic_rows_are_new_for_each_member():
    part = trainer((60, 10))
    OverBoost(n_members=2).train(part, random_state=0)
    for asked in part.asked:
        assert set(range(70)) <= set(asked.rows.tolist())
    part = trainer((60, 10))
    SmoteBoost(n_members=2).train(part, random_state=0)
    np.testing.assert_array_equal(part.asked[0].rows, np.arange(70))
    assert (part.asked[0].made[0] != part.asked[1].made[0]).any()
    rare = part.asked[1].weight[:70][part.y == 1].mean()
    np.testing.assert_allclose(part.asked[1].weight[70:], rare)


def test_ratio_asks_for_less_than_balance():
    part = trainer((200, 25))
    RusBoost(n_members=2, ratio=0.5).train(part, random_state=0)
    np.testing.assert_array_equal(np.bincount(part.y[part.asked[0].rows]), [50, 25])


def test_the_users_weights_are_where_boosting_starts():
    weight = np.where(np.arange(225) % 2 == 0, 0.5, 1.5)
    part = trainer((200, 25), weight=weight)
    RusBoost(n_members=2).train(part, random_state=0)
    asked = part.asked[0]
    np.testing.assert_allclose(
        asked.weight / asked.weight.mean(), weight[asked.rows] / weight[asked.rows].mean()
    )


def test_a_member_no_better_than_chance_ends_the_training():
    part = trainer((200, 25))
    good, bad = np.full((225, 2), 0.3), np.full((225, 2), 0.6)
    good[np.arange(225), part.y], bad[np.arange(225), part.y] = 0.7, 0.4
    part.answers = [good, bad]
    found = RusBoost(n_members=9).train(part, random_state=0)
    assert len(found.models) == 1
    assert found.weights == (pytest.approx(math.log(0.7 / 0.3)),)
    assert "1 of 9 members: the next is no better than chance" in found.note


def test_a_first_member_no_better_than_chance_is_kept():
    part = trainer((200, 25))
    part.answers = [np.full((225, 2), 0.5)]
    found = RusBoost(n_members=9).train(part, random_state=0)
    assert len(found.models) == 1
    assert found.weights == ()
    assert found.note


def test_a_member_without_fault_is_the_last():
    X = np.r_[np.zeros((40, 1)), np.ones((12, 1))]
    part = Trainer(X=X, y=np.repeat([0, 1], [40, 12]))
    found = RusBoost(n_members=9).train(part, random_state=0)
    assert len(found.models) == 1
    assert "without fault" in found.note


def test_one_rare_row_cannot_be_interpolated():
    with pytest.raises(NotApplicableError, match="at least 2 rows"):
        SmoteBoost(n_members=2).train(trainer((60, 1)), random_state=0)
