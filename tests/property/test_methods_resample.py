"""Laws of samplers on tables of every shape."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError
from imbtool.methods.catalog import METHODS
from imbtool.methods.ensemble.easy import EasyEnsemble
from imbtool.methods.resample.random_under import RandomUnder
from imbtool.methods.resample.smote import Smote
from imbtool.methods.resample.space import SampleSpace
from imbtool.methods.resample.votes import smallest_winner
from imbtool.testing.tables import table

SAMPLERS = [info.name for info in METHODS if info.kind == "sampler"]
LOADED = {info.name: info.load() for info in METHODS if info.kind == "sampler"}
QUICK = {"instance_hardness": {"n_estimators": 5}}
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TABLES = st.builds(
    table,
    st.just("any"),
    st.lists(st.integers(1, 40), min_size=2, max_size=4).map(tuple),
    n_numeric=st.integers(1, 4),
    levels=st.lists(st.integers(1, 8), max_size=2).map(tuple),
    missing=st.sampled_from([0.0, 0.1, 0.9]),
    seed=st.integers(0, 1000),
)


@pytest.mark.parametrize("name", SAMPLERS)
@FEW
@given(part=TABLES, seed=st.integers(0, 2**31 - 1))
def test_a_sampler_returns_originals_to_the_bit_or_says_why_not(name, part, seed):
    before = part.X.copy()
    try:
        drawn = LOADED[name](**QUICK.get(name, {})).resample(
            part.X, part.y, layout=part.layout, random_state=seed
        )
    except NotApplicableError as reason:
        assert reason.hint  # noqa: PT017 - both outcomes are right
        return
    assert part.X.tobytes() == before.tobytes()
    copied = drawn.source >= 0
    np.testing.assert_array_equal(drawn.X[copied], part.X[drawn.source[copied]])
    if not getattr(LOADED[name], "relabels", False):
        np.testing.assert_array_equal(drawn.y[copied], part.y[drawn.source[copied]])
    assert set(drawn.y) == set(part.y)
    assert not np.isinf(drawn.X).any()


@FEW
@given(TABLES, st.floats(0, 1), st.integers(1, 10), st.integers(0, 2**31 - 1))
def test_smote_counts_are_those_of_the_ratio(part, ratio, k, seed):
    before = np.bincount(part.y)
    goal = int(before.max() * ratio)
    try:
        drawn = Smote(k_neighbors=k, ratio=ratio).resample(
            part.X, part.y, layout=part.layout, random_state=seed
        )
    except NotApplicableError:
        assert not any(1 < n < goal for n in before)
        return
    expected = np.where((before > 1) & (before < goal), goal, before)
    np.testing.assert_array_equal(np.bincount(drawn.y), expected)
    np.testing.assert_array_equal(drawn.source[: len(part.y)], np.arange(len(part.y)))


@FEW
@given(TABLES, st.integers(0, 2**31 - 1))
def test_smote_stays_in_the_range_of_the_class_and_never_reads_the_largest(part, seed):
    space = SampleSpace(part.X, part.layout)
    largest = part.y == np.argmax(np.bincount(part.y))
    other = part.X.copy()
    other[np.ix_(largest, list(part.layout.numeric))] *= -7.0
    try:
        drawn = Smote().resample(part.X, part.y, layout=part.layout, random_state=seed, space=space)
    except NotApplicableError:
        return
    again = Smote().resample(other, part.y, layout=part.layout, random_state=seed, space=space)
    new = drawn.source < 0
    assert drawn.X[new].tobytes() == again.X[new].tobytes()
    for k in set(drawn.y[new]):
        own = space.numbers(part.X[part.y == k])
        rows = space.numbers(drawn.X[new & (drawn.y == k)])
        flagged = np.isnan(drawn.X[new & (drawn.y == k)][:, list(part.layout.numeric)])
        slack = 1e-12 * (1 + np.abs(own).max())
        assert ((rows >= own.min(axis=0) - slack) | flagged).all()
        assert ((rows <= own.max(axis=0) + slack) | flagged).all()


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4), st.floats(0.01, 1))
@settings(deadline=None, max_examples=50)
def test_under_sampling_never_adds_and_never_cuts_below_the_ratio(counts, ratio):
    y = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
    part = table("any", tuple(counts), n_numeric=1)
    drawn = RandomUnder(ratio).resample(part.X, part.y, layout=part.layout, random_state=0)
    smallest = min(counts)
    expected = [min(n, max(smallest, int(smallest / ratio))) for n in counts]
    np.testing.assert_array_equal(np.bincount(drawn.y, minlength=y.max() + 1), expected)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(1, 5), st.integers(0, 99))
@settings(deadline=None)
def test_bags_hold_all_of_the_smallest_class_and_never_a_row_twice(counts, n_bags, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    for bag in EasyEnsemble(n_bags).bags(y, random_state=seed):
        assert len(np.unique(bag)) == len(bag)
        goal = max(10, min(counts))
        np.testing.assert_array_equal(np.bincount(y[bag]), np.minimum(counts, goal))


@given(st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=1, max_size=30))
@settings(deadline=None)
def test_the_vote_is_the_mode(votes):
    expected = [min(set(row), key=lambda v: (-row.count(v), v)) for row in votes]
    np.testing.assert_array_equal(smallest_winner(np.array(votes)), expected)
