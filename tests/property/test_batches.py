"""Laws of ranks and tests over data sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imbtool.batches.lines import lines_of
from imbtool.batches.paired import signed_rank_posterior, tally, wilcoxon
from imbtool.batches.ranks import cliques, friedman, ranks_of

STEPS = st.integers(-20, 20).map(lambda i: i / 20)
D = arrays(np.float64, st.integers(1, 12), elements=STEPS)
SCORES = arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(3, 7)), elements=STEPS)
ROPE = st.sampled_from([0.0, 0.05, 0.2])


@given(SCORES)
def test_ranks_of_a_data_set_always_add_up_to_the_same(scores):
    k = scores.shape[1]
    assert ranks_of(scores).sum(axis=1) == pytest.approx(k * (k + 1) / 2)


@given(SCORES, st.permutations(range(7)))
def test_friedman_does_not_depend_on_the_order_of_rows(scores, order):
    order = [i for i in order if i < scores.shape[1]]
    assert friedman(ranks_of(scores[:, order])).chi2 == pytest.approx(
        friedman(ranks_of(scores)).chi2, abs=1e-9
    )


@given(SCORES)
def test_friedman_knows_ranks_only(scores):
    assert friedman(ranks_of(np.exp(3 * scores))) == friedman(ranks_of(scores))


@given(SCORES)
def test_p_values_of_friedman_lie_between_zero_and_one(scores):
    found = friedman(ranks_of(scores))
    assert 0 <= found.chi2 <= scores.shape[0] * found.df + 1e-9
    assert 0 <= found.p_value <= 1
    assert 0 <= found.f_p_value <= 1


@given(D)
def test_wilcoxon_is_the_same_for_both_sides_and_every_order(d):
    p = wilcoxon(d)
    assert wilcoxon(-d) == pytest.approx(p)
    assert wilcoxon(d[::-1]) == pytest.approx(p)
    assert wilcoxon(d * 3) == pytest.approx(p)


@given(D)
def test_wilcoxon_never_claims_more_than_the_signs_allow(d):
    used = int((d != 0).sum())
    assert min(1.0, 2.0 ** (1 - used)) - 1e-12 <= wilcoxon(d) <= 1


@given(D, ROPE)
def test_wins_ties_and_losses_are_all_data_sets_and_turn_round(d, rope):
    found = tally(d, rope)
    assert sum(found) == len(d)
    assert tally(-d, rope) == (found.losses, found.ties, found.wins)


@settings(max_examples=30, deadline=None)
@given(D, ROPE)
def test_the_posterior_turns_round_with_the_differences(d, rope):
    found = signed_rank_posterior(d, rope, draws=2000)
    turned = signed_rank_posterior(-d, rope, draws=2000)
    assert sum(found) == pytest.approx(1)
    # a draw shared by two regions goes to the same of them either way, which is rare
    assert (found.worse, found.better) == pytest.approx((turned.better, turned.worse), abs=0.02)


@settings(max_examples=30, deadline=None)
@given(D)
def test_a_wider_region_makes_equivalence_more_probable(d):
    narrow, wide = (signed_rank_posterior(d, rope, draws=2000).equivalent for rope in (0.05, 0.3))
    assert wide >= narrow


@given(st.lists(st.floats(1, 9), max_size=9), st.floats(0.01, 4))
def test_cliques_hold_rows_within_the_distance_and_none_holds_another(mean, distance):
    ranks = np.array(mean)
    found = cliques(ranks, distance)
    for clique in found:
        assert len(clique) > 1
        assert ranks[list(clique)].max() - ranks[list(clique)].min() < distance
    for a in found:
        assert not any(set(a) < set(b) for b in found)
    for i in range(len(mean)):
        for j in range(i):
            close = abs(ranks[i] - ranks[j]) < distance
            assert close == any(i in clique and j in clique for clique in found)


@given(st.text(alphabet="[]data=\"'.#\n ax1", max_size=120), st.integers(0, 4))
def test_lines_are_found_in_any_text_without_falling_over(text, n):
    found = lines_of(text, n)
    assert all(1 <= line <= len(text.splitlines()) for line in found.values())
