"""AdaCost, AdaUBoost and AsymBoost against their definitions."""

import math

import numpy as np
import pytest
from sklearn.ensemble import AdaBoostClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.unit.methods.ensemble.conftest import Trainer, trainer

from imbtool.core.errors import NotApplicableError
from imbtool.methods.ensemble.ada_cost import AdaCost
from imbtool.methods.ensemble.ada_uboost import AdaUBoost
from imbtool.methods.ensemble.asym_boost import AsymBoost

ALL = [AdaCost, AdaUBoost, AsymBoost]
# Four rows: two frequent, two rare; what member 1 says p(rare) is.
Y = np.array([0, 0, 1, 1])
SAID = np.array([0.1, 0.6, 0.7, 0.4])
MARGIN = np.array([0.8, -0.2, 0.4, -0.2])


def after_one(method, y=Y, said=SAID):
    """Return weights of members 1 and 2 and the vote of member 1."""
    part = Trainer(X=np.arange(float(len(y)))[:, None], y=y)
    part.answers = [np.column_stack([1 - said, said])] * 2
    found = method.train(part, random_state=0)
    first, second = (asked.weight / asked.weight.sum() for asked in part.asked)
    return first, second, found.weights[0]


def scaled(D):
    return D / D.sum()


@pytest.mark.parametrize("method", [AsymBoost, AdaUBoost])
def test_without_costs_hard_votes_are_scikit_learns_adaboost(method):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 3))
    y = (X[:, 0] + X[:, 1] ** 2 + 0.5 * rng.normal(size=150) > 1.2).astype(np.int64)
    ours = method(n_members=8, cost_ratio=1.0).train(Trainer(X=X, y=y, hard=True), random_state=0)
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=8, random_state=0).fit(X, y)
    # Their votes are twice ours in two classes.
    np.testing.assert_allclose(ours.weights, theirs.estimator_weights_ / 2, rtol=1e-6)
    votes = np.array(ours.weights) / sum(ours.weights)
    mean = sum(w * m.predict_proba(X) for w, m in zip(votes, ours.models, strict=True))
    np.testing.assert_allclose(2 * (2 * mean[:, 1] - 1), theirs.decision_function(X), atol=1e-6)


def test_ada_cost_by_hand():
    """Costs 1 and 1/4: b = 0, 1 on rare rows right, wrong; 3/8, 5/8 on the others."""
    y, said = np.array([0, 0, 0, 0, 1, 1]), np.array([0.1, 0.1, 0.1, 0.6, 0.7, 0.45])
    margin = np.array([0.8, 0.8, 0.8, -0.2, 0.4, -0.1])
    first, second, vote = after_one(AdaCost(n_members=2, cost_ratio=4.0), y, said)
    D = scaled(np.array([0.25, 0.25, 0.25, 0.25, 1, 1]))
    np.testing.assert_allclose(first, D)
    b = np.array([0.375, 0.375, 0.375, 0.625, 0.0, 1.0])
    r = (D * margin * b).sum()
    assert vote == pytest.approx(0.5 * math.log((1 + r) / (1 - r)))
    np.testing.assert_allclose(second, scaled(D * np.exp(-vote * margin * b)))


def test_ada_uboost_by_hand():
    """Rare rows start twice as heavy and move half as far; the vote minimises Z."""
    first, second, vote = after_one(AdaUBoost(n_members=2, cost_ratio=2.0))
    D = scaled(np.array([1.0, 1, 2, 2]))
    np.testing.assert_allclose(first, D)
    pull = MARGIN * np.array([1, 1, 0.5, 0.5])
    grid = np.linspace(0, 6, 60_001)
    Z = (D[:, None] * np.exp(-grid * pull[:, None])).sum(axis=0)
    assert vote == pytest.approx(grid[Z.argmin()], abs=1e-3)
    np.testing.assert_allclose(second, scaled(D * np.exp(-vote * pull)), atol=1e-6)


def test_asym_boost_by_hand():
    """The cost of 9 is dealt out over 2 members: a factor 9^(1/4) up and down before each."""
    first, second, vote = after_one(AsymBoost(n_members=2, cost_ratio=9.0))
    push = np.array([9**-0.25, 9**-0.25, 9**0.25, 9**0.25])
    D = scaled(push)
    np.testing.assert_allclose(first, D)
    r = (D * MARGIN).sum()
    assert vote == pytest.approx(0.5 * math.log((1 + r) / (1 - r)))
    np.testing.assert_allclose(second, scaled(D * np.exp(-vote * MARGIN) * push))


@pytest.mark.parametrize("method", ALL)
def test_by_default_the_classes_weigh_as_much_in_all(method):
    part = trainer((240, 20))
    method(n_members=3).train(part, random_state=0)
    D = part.asked[0].weight
    ratio = D[part.y == 1].sum() / D[part.y == 0].sum()
    # AsymBoost has dealt out a third of the cost: 12^(1/3) of 12 for 1.
    assert ratio == pytest.approx(12 ** (1 / 3) / 12 if method is AsymBoost else 1.0)


@pytest.mark.parametrize("method", ALL)
def test_the_users_weights_multiply_the_costs(method):
    weight = np.where(np.arange(260) % 2 == 0, 0.5, 1.5)
    plain, part = trainer((240, 20)), trainer((240, 20), weight=weight)
    for each in (plain, part):
        method(n_members=2, cost_ratio=5.0).train(each, random_state=0)
    np.testing.assert_allclose(scaled(part.asked[0].weight), scaled(plain.asked[0].weight * weight))


@pytest.mark.parametrize("method", ALL)
def test_the_rarer_class_is_the_costly_one_whatever_its_code(method):
    part = trainer((20, 240))
    method(n_members=2, cost_ratio=50.0).train(part, random_state=0)
    D = part.asked[0].weight
    assert D[part.y == 0].mean() > D[part.y == 1].mean()


@pytest.mark.parametrize("method", ALL)
def test_three_classes_are_not_applicable(method):
    with pytest.raises(NotApplicableError, match="defined for two classes"):
        method().train(trainer((60, 20, 10)), random_state=0)


@pytest.mark.parametrize("method", ALL)
def test_a_member_no_better_than_chance_ends_the_training(method):
    part = trainer((200, 25))
    answer = np.full((225, 2), 0.3)
    answer[np.arange(225), part.y] = 0.7
    part.answers = [answer, answer[:, ::-1]]
    found = method(n_members=9, cost_ratio=1.0 if method is not AdaCost else 8.0).train(part, random_state=0)
    assert len(found.models) == len(found.weights) == 1
    assert "1 of 9 members" in found.note


@pytest.mark.parametrize("method", ALL)
def test_a_first_member_no_better_than_chance_is_kept(method):
    part = trainer((200, 25))
    part.answers = [np.full((225, 2), 0.5)]
    found = method(n_members=9).train(part, random_state=0)
    assert len(found.models) == 1
    assert found.weights == ()


@pytest.mark.parametrize("method", [AdaUBoost, AsymBoost])
def test_a_member_without_fault_is_the_last(method):
    X = np.r_[np.zeros((40, 1)), np.ones((12, 1))]
    found = method(n_members=9).train(Trainer(X=X, y=np.repeat([0, 1], [40, 12])), random_state=0)
    assert len(found.models) == 1
    assert "without fault" in found.note
