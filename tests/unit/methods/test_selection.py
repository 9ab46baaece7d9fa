"""Under-samplers that choose rows by scores or clusters, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imbtool.core.types import Layout
from imbtool.methods.ensemble.subclass_bags import SubclassBags
from imbtool.methods.resample.selection.ccs import CoverageSelection, allocate, stratum_of
from imbtool.methods.resample.selection.distil import Distillation
from imbtool.methods.resample.selection.el2n import El2nSelection, el2n
from imbtool.methods.resample.selection.sensitivity import SensitivitySelection, importance
from imbtool.methods.resample.selection.shares import pools
from imbtool.methods.resample.selection.subclass import SubclassUnder, equal_clusters, n_subclasses
from imbtool.methods.resample.selection.surrogate import SurrogateSelection, inclusion_of

RNG = np.random.default_rng(0)
N = 400
X = RNG.normal(size=(N, 3))
Y = (np.arange(N) >= 360).astype(np.int64)
P = np.clip(0.1 + 0.5 * Y + RNG.normal(scale=0.2, size=N), 0.01, 0.99)
PROBA = np.column_stack([1 - P, P])
LAYOUT = Layout(names=("a", "b", "c"), levels=(0, 0, 0))


def draw(sampler, seed=0, **more):
    return sampler.resample(X, Y, layout=LAYOUT, random_state=seed, **more)


def test_el2n_is_zero_only_where_the_model_is_certain_and_right_and_at_most_root_two():
    y = np.array([0, 1, 1])
    proba = np.array([[1.0, 0.0], [1.0, 0.0], [0.5, 0.5]])
    np.testing.assert_allclose(el2n(proba, y), [0.0, np.sqrt(2), np.sqrt(0.5)])


@given(arrays(np.float64, (7, 3), elements=st.floats(0.01, 1)), st.permutations([0, 1, 2]))
def test_el2n_does_not_know_the_classes_by_name(raw, order):
    proba = raw / raw.sum(axis=1, keepdims=True)
    y = np.array([0, 1, 2, 0, 1, 2, 0])
    renamed = np.argsort(order)[y]
    np.testing.assert_allclose(el2n(proba[:, order], renamed), el2n(proba, y))


def test_el2n_keeps_the_hardest_frequent_rows_and_every_rare_one():
    drawn = draw(El2nSelection(keep=0.25), scores=PROBA)
    frequent = drawn.source[drawn.y == 0]
    assert len(frequent) == 90
    assert (drawn.y == 1).sum() == 40
    left_out = np.setdiff1d(np.flatnonzero(Y == 0), frequent)
    assert P[frequent].min() >= P[left_out].max()


def test_an_offset_leaves_the_very_hardest_out():
    plain = set(draw(El2nSelection(keep=0.25), scores=PROBA).source.tolist())
    hardest = set(np.flatnonzero(Y == 0)[np.argsort(-P[Y == 0])[:36]].tolist())
    offset = set(draw(El2nSelection(keep=0.25, offset=0.1), scores=PROBA).source.tolist())
    assert hardest <= plain
    assert not hardest & offset


@pytest.mark.parametrize(("policy", "rare"), [("frequent", 40), ("each", 20)])
def test_the_policy_says_which_classes_give_up_rows(policy, rare):
    drawn = draw(El2nSelection(keep=0.5, policy=policy), scores=PROBA)
    assert np.bincount(drawn.y).tolist() == [180, rare]


def test_all_rows_competing_rebalances():
    drawn = draw(El2nSelection(keep=0.2, policy="together"), scores=PROBA)
    assert len(drawn.y) == 80
    assert (drawn.y == 1).mean() > 0.25


def test_the_budget_of_strata_is_that_of_the_paper():
    assert allocate([5, 200, 0, 40, 1000], 100) == [5, 32, 0, 31, 32]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(0, 300))
def test_no_stratum_gives_more_than_it_has_and_the_budget_is_met(sizes, budget):
    given_ = allocate(sizes, budget)
    assert all(0 <= g <= s for g, s in zip(given_, sizes, strict=True))
    assert sum(given_) == min(budget, sum(sizes))


def test_coverage_drops_the_hardest_and_keeps_exactly_its_share():
    drawn = draw(CoverageSelection(keep=0.5, cutoff=0.2), scores=PROBA)
    frequent = np.flatnonzero(Y == 0)
    hardest = set(frequent[np.argsort(-P[frequent], kind="stable")[:72]].tolist())
    assert (drawn.y == 0).sum() == 180
    assert not hardest & set(drawn.source.tolist())


def test_coverage_reaches_every_stratum_where_a_random_draw_follows_the_crowd():
    even = draw(CoverageSelection(keep=0.1, cutoff=0.0, n_strata=10), scores=PROBA)
    chance = draw(CoverageSelection(keep=0.1, cutoff=0.0, n_strata=10, random_share=1.0), scores=PROBA)
    margin = 1 - 2 * P
    strata = stratum_of(margin[Y == 0], 10)
    spread = [np.bincount(strata[d.source[d.y == 0]], minlength=10) for d in (even, chance)]
    there = np.bincount(strata, minlength=10) > 0
    assert (spread[0][there] > 0).all()
    assert spread[0].std() < spread[1].std()


def test_coverage_of_one_stratum_without_a_cut_is_a_uniform_draw():
    one = CoverageSelection(keep=0.25, cutoff=0.0, n_strata=1)
    seen = np.zeros(N)
    for seed in range(200):
        seen[draw(one, seed=seed, scores=PROBA).source] += 1
    frequent = seen[Y == 0]
    # Each row is in a quarter of the draws: 50 of 200, standard deviation 6.
    assert frequent.sum() == 200 * 90
    assert 20 < frequent.min() <= 50 <= frequent.max() < 85
    assert abs(np.corrcoef(frequent, P[Y == 0])[0, 1]) < 0.2


def test_the_surrogate_draws_errors_more_often_and_weights_add_up_to_all_rows():
    chance = inclusion_of(P[Y == 0], 100, 0.1)
    assert chance.sum() == pytest.approx(100)
    assert (np.diff(chance[np.argsort(P[Y == 0])]) >= 0).all()
    totals, hits = [], []
    for seed in range(300):
        drawn = draw(SurrogateSelection(keep=0.3), seed, scores=PROBA)
        raw = drawn.weight / drawn.weight[drawn.y == 1][0]  # rare rows are certain: weight 1
        totals.append(raw[drawn.y == 0].sum())
        hits.append((raw[drawn.y == 0] * X[drawn.source[drawn.y == 0], 0]).sum())
    assert np.mean(totals) == pytest.approx(360, abs=4 * np.std(totals) / np.sqrt(300))
    assert np.mean(hits) == pytest.approx(X[Y == 0, 0].sum(), abs=4 * np.std(hits) / np.sqrt(300))


@given(arrays(np.float64, 20, elements=st.floats(0, 1)), st.integers(1, 20), st.floats(0.01, 1))
def test_inclusion_probabilities_sum_to_the_budget_and_never_exceed_one(error, size, floor):
    chance = inclusion_of(error, size, floor)
    assert chance.max() <= 1.0
    assert chance.min() > 0.0
    assert chance.sum() == pytest.approx(size)


def test_the_coreset_stands_for_the_cost_of_any_clustering():
    cost = []
    centres = np.array([[1.0, 0, 0], [-1, 1, 0]])
    own = X[Y == 0]
    true = ((own[:, None] - centres) ** 2).sum(axis=2).min(axis=1).sum()
    for seed in range(200):
        drawn = draw(SensitivitySelection(keep=0.3, n_clusters=4), seed)
        at = drawn.y == 0
        raw = drawn.weight / drawn.weight[drawn.y == 1][0]
        near = ((drawn.X[at][:, None] - centres) ** 2).sum(axis=2).min(axis=1)
        cost.append((raw[at] * near).sum())
    assert np.mean(cost) == pytest.approx(true, abs=4 * np.std(cost) / np.sqrt(200))


def test_rows_far_from_the_crowd_are_likelier():
    matrix = np.vstack([RNG.normal(scale=0.1, size=(200, 2)), [[6.0, 6.0]]])
    share = importance(matrix, 1, 0)
    assert share.sum() == pytest.approx(1)
    assert share.argmax() == 200


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**31 - 1))
def test_clusters_are_of_equal_size_and_hold_each_row_once(n, m, seed):
    m = min(n, m)
    groups = equal_clusters(np.random.default_rng(seed).normal(size=(n, 2)), m, 0)
    sizes = [len(g) for g in groups]
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(groups).tolist()) == list(range(n))


@settings(max_examples=25, deadline=None)
@given(m=st.integers(2, 7), seed=st.integers(0, 999))
def test_clusters_do_not_depend_on_the_order_of_the_rows(m, seed):
    rng = np.random.default_rng(seed)
    matrix, order = rng.normal(size=(60, 3)), rng.permutation(60)
    here = [set(group.tolist()) for group in equal_clusters(matrix, m, seed)]
    there = [set(order[group].tolist()) for group in equal_clusters(matrix[order], m, seed)]
    assert here == there


def test_rows_kept_of_subclasses_do_not_depend_on_the_order_of_the_rows():
    order = np.random.default_rng(1).permutation(N)
    kept = draw(SubclassUnder(ratio=0.5)).source
    again = SubclassUnder(ratio=0.5).resample(X[order], Y[order], layout=LAYOUT, random_state=0)
    assert set(order[again.source].tolist()) == set(kept.tolist())


def test_tail_classes_stay_whole_and_subclasses_are_as_small_as_the_rare_class():
    assert n_subclasses(12, 12, 10) == 1
    for n in (25, 100, 999):
        size = n / n_subclasses(n, 12, 10)
        assert 12 <= size < 24


def test_clusters_that_lie_apart_are_not_mixed():
    matrix = np.vstack([RNG.normal(size=(50, 2)), RNG.normal(size=(50, 2)) + 20])
    groups = equal_clusters(matrix, 2, 0)
    assert sorted(map(min, groups)) == [0, 50]


def test_subclasses_give_rows_evenly():
    apart = X.copy()
    apart[:300, 0] -= 30  # five in six of the frequent rows lie on one side
    drawn = SubclassUnder().resample(apart, Y, layout=LAYOUT, random_state=0)
    assert np.bincount(drawn.y).tolist() == [40, 40]
    assert (drawn.source[drawn.y == 0] < 300).sum() == pytest.approx(40 * 300 / 360, abs=2)


def test_soft_labels_are_spelled_as_weighted_rows():
    drawn = draw(Distillation(keep=1.0, teacher=0.25, policy="each"), scores=PROBA)
    total = np.zeros((N, 2))
    np.add.at(total, (drawn.source, drawn.y), drawn.weight)
    soft = total / total.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(soft, 0.25 * PROBA + 0.75 * np.eye(2)[Y], atol=1e-12)


def test_without_a_model_the_scores_come_from_a_regression_that_has_not_seen_the_row():
    drawn = draw(El2nSelection(keep=0.5))
    assert np.bincount(drawn.y).tolist() == [180, 40]


@pytest.mark.parametrize("policy", ["frequent", "each", "together"])
def test_pools_keep_at_least_one_row_of_each_class_they_look_at(policy):
    y = np.array([0] * 10 + [1])
    assert all(1 <= size <= len(rows) for rows, size in pools(y, 0.01, policy))


class _Trainer:
    """What an ensemble is given, without training anything."""

    def __init__(self, X, y):
        self.X, self.y, self.layout, self.space = X, y, LAYOUT, None


def test_bags_hold_the_rare_class_and_one_region_of_the_frequent_one():
    bags = SubclassBags(n_bags=9).bags_of(_Trainer(X, Y), 0)
    assert len(bags) == 9
    assert all(np.bincount(Y[bag]).tolist() == [40, 40] for bag in bags)
    everywhere = np.concatenate([bag[Y[bag] == 0] for bag in bags])
    assert len(np.unique(everywhere)) == 360
    spread = [X[bag[Y[bag] == 0]].var(axis=0).sum() for bag in bags]
    assert np.mean(spread) < 0.8 * X[Y == 0].var(axis=0).sum()


def test_fewer_bags_than_subclasses_draw_from_all_of_them():
    bags = SubclassBags(n_bags=3).bags_of(_Trainer(X, Y), 0)
    assert all(np.bincount(Y[bag]).tolist() == [40, 40] for bag in bags)
    pools = [set(bag[Y[bag] == 0].tolist()) for bag in bags]
    assert not pools[0] & pools[1]
