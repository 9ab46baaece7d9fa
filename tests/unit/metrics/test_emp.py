"""Expected maximum profit against integration, by hand, and against the package that offers it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from imbtool.core.churn import Campaign, campaign_of
from imbtool.core.errors import UsageError
from imbtool.core.price import Price, price_of
from imbtool.metrics.emp import of_scores
from imbtool.metrics.money import stakes_of

DRAWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(1, 3)), min_size=2, max_size=40)


def profit(score, positive, campaign: Campaign, accept: float) -> float:
    """The best profit over all cuts, one after the other."""
    found = [0.0]
    for cut in np.unique(score):
        acted = score >= cut
        won = accept * (campaign.clv - campaign.incentive) - campaign.contact
        found.append(
            (won * (acted & positive).sum() - campaign.lost * (acted & ~positive).sum()) / len(score)
        )
    return max(found)


def drawn(n: int = 400, seed: int = 0):
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.15
    return np.round(rng.normal(size=n) + positive, 1), positive


def test_it_is_the_best_profit_integrated_over_the_share_that_takes_the_offer():
    score, positive = drawn()
    for campaign in (Campaign(), Campaign(clv=300, incentive=30, contact=0.5, alpha=1.2, beta=2.5)):
        law = beta(campaign.alpha, campaign.beta)
        shares = law.ppf((np.arange(2000) + 0.5) / 2000)
        by_hand = np.mean([profit(score, positive, campaign, share) for share in shares])
        assert of_scores(score, positive, campaign) == pytest.approx(by_hand, rel=1e-3)


def test_with_a_known_share_it_is_the_maximum_profit():
    score, positive = drawn(seed=3)
    assert of_scores(score, positive, Campaign(accept=0.3)) == pytest.approx(
        profit(score, positive, Campaign(), 0.3)
    )


def test_nobody_is_contacted_where_nobody_takes_the_offer():
    score, positive = drawn(seed=3)
    assert of_scores(score, positive, Campaign(accept=0.0)) == 0.0


def test_a_distribution_that_narrows_ends_at_the_maximum_profit():
    score, positive = drawn(seed=4)
    known = of_scores(score, positive, Campaign(accept=0.3))
    assert of_scores(score, positive, Campaign(alpha=3e5, beta=7e5)) == pytest.approx(known, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_numbers_are_those_of_empulse(seed):
    metrics = pytest.importorskip("empulse.metrics")
    score, positive = drawn(seed=seed)
    y = positive.astype(int)
    assert of_scores(score, positive, Campaign()) == pytest.approx(metrics.empc_score(y, score), abs=1e-10)
    other = Campaign(clv=120, incentive=15, contact=2, alpha=3, beta=4)
    theirs = metrics.empc_score(y, score, clv=120, incentive_cost=15, contact_cost=2, alpha=3, beta=4)
    assert of_scores(score, positive, other) == pytest.approx(theirs, abs=1e-10)
    known = metrics.mpc_score(y, score, accept_rate=0.4)
    assert of_scores(score, positive, Campaign(accept=0.4)) == pytest.approx(known, abs=1e-10)


@given(DRAWS)
@settings(deadline=None)
def test_it_is_never_negative_and_never_more_than_knowing_who_leaves(rows):
    y, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = of_scores(score.astype(float), y == 1, Campaign(), weight.astype(float))
    if len(set(y)) < 2:
        assert np.isnan(found)
        return
    best = of_scores(y.astype(float), y == 1, Campaign(), weight.astype(float))
    assert -1e-12 <= found <= best + 1e-9


@given(DRAWS)
@settings(deadline=None)
def test_a_weight_is_a_number_of_copies(rows):
    y, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    copies = np.repeat(np.arange(len(y)), weight)
    weighted = of_scores(score.astype(float), y == 1, Campaign(), weight.astype(float))
    assert weighted == pytest.approx(
        of_scores(score[copies].astype(float), y[copies] == 1, Campaign()), nan_ok=True
    )


def test_a_campaign_is_read_from_text_and_spelt_whole():
    assert campaign_of("churn") == Campaign()
    assert str(campaign_of(" clv = 300, incentive=20 ")) == "clv=300,incentive=20,contact=1,alpha=6,beta=14"
    assert campaign_of(str(campaign_of("accept=0.3"))) == Campaign(accept=0.3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clw=3", "clw"),
        ("clv", "must be a number"),
        ("clv=nan", "must be a number"),
        ("", "no parameter ''"),
        ("clv=5", "does not pay"),
        ("incentive=-1", "at least 0"),
        ("alpha=0", "greater than 0"),
        ("accept=1.5", "accept in"),
        ("accept=0.3,alpha=2", "Leave one"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(text, said):
    with pytest.raises(UsageError) as caught:
        campaign_of(text)
    assert caught.value.code == "bad-price"
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_a_campaign_stands_alone():
    with pytest.raises(UsageError, match="`emp` says it all; `cost_fn` cannot stand beside it"):
        price_of({**dict.fromkeys(Price.__dataclass_fields__), "emp": "churn", "cost_fn": 3.0})


def test_decisions_are_counted_at_the_expected_share():
    stakes = stakes_of(Price(emp="churn"), np.array([1, 0, 1]), ("no", "yes"))
    assert stakes.unit == "profit"
    assert stakes.told(stakes.of_decisions(np.array([1, 1, 0]))) == pytest.approx((0.3 * 190 - 1 - 11) / 3)
    found = stakes.metrics(np.array([0.9, 0.8, 0.1]), np.array([1, 1, 0]), np.array([1, 1, 0]))
    assert found["emp"] == pytest.approx(
        of_scores(np.array([0.9, 0.8, 0.1]), np.array([True, False, True]), Campaign())
    )
