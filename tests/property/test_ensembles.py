"""Laws of the ensembles' draws and weights."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.methods.ensemble.boosting import reweighted, wrong_classes
from imbtool.methods.ensemble.cascade import rows_left
from imbtool.methods.ensemble.draws import quotas
from imbtool.methods.ensemble.over_bagging import OverBagging
from imbtool.methods.ensemble.self_paced import draw_by_hardness
from imbtool.methods.ensemble.under_bagging import UnderBagging

COUNTS = st.lists(st.integers(1, 60), min_size=1, max_size=4)


@given(COUNTS, st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_bags_of_draws_hold_every_class_equally(counts, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    for method, goal in ((UnderBagging(2), max(10, min(counts))), (OverBagging(2), max(counts))):
        for bag in method.bags(y, random_state=seed):
            np.testing.assert_array_equal(np.bincount(y[bag]), [goal] * len(counts))


@given(
    st.integers(0, 200), st.lists(st.tuples(st.floats(1e-3, 1e3), st.integers(0, 50)), min_size=1, max_size=8)
)
@settings(deadline=None)
def test_quotas_add_up_and_fit(total, bins):
    share, room = np.array([b[0] for b in bins]), np.array([b[1] for b in bins])
    found = quotas(total, share, room)
    assert found.sum() == min(total, room.sum())
    assert ((found >= 0) & (found <= room)).all()
    # Where there is room left, what a bin got follows its share, up to rounding.
    left = found < room
    if left.any():
        level = found[left].sum() / share[left].sum()
        assert (np.abs(found[left] - level * share[left]) <= 2).all()


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=80),
    st.floats(0, 1),
    st.integers(1, 25),
    st.floats(1e-3, 1e17),
    st.integers(0, 99),
)
@settings(deadline=None)
def test_draws_by_hardness_are_as_many_as_asked_and_never_a_row_twice(hardness, part, k_bins, factor, seed):
    size = max(1, int(part * len(hardness)))
    rows = draw_by_hardness(np.array(hardness), size, k_bins, factor, np.random.default_rng(seed))
    assert len(rows) == len(np.unique(rows)) == size


@given(st.integers(1, 100), st.integers(0, 5000), st.integers(2, 20))
@settings(deadline=None)
def test_the_cascade_falls_from_all_rows_to_the_size_of_the_smallest(size, more, n_members):
    n = size + more
    left = [rows_left(n, size, t, n_members) for t in range(n_members)]
    assert left[0] == n
    assert left[-1] == size
    assert left == sorted(left, reverse=True)


@given(st.integers(2, 4), st.integers(0, 99))
@settings(deadline=None, max_examples=50)
def test_boosting_raises_the_share_of_what_was_answered_worse(n_classes, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 40)
    proba = rng.dirichlet(np.ones(n_classes), 40)
    proba[np.arange(40), y] += 1.0
    proba /= proba.sum(axis=1, keepdims=True)
    present = np.unique(y).tolist()
    D = wrong_classes(y, present, n_classes)
    D /= D.sum()
    loss, after = reweighted(D, proba, y)
    assert 0 < loss < 0.5
    wrong = D > 0
    lead = (proba[np.arange(40), y][:, None] - proba)[wrong]
    order = np.argsort(-lead)
    assert (np.diff((after[wrong] / D[wrong])[order]) >= -1e-12).all()
    assert (after[~wrong] == 0).all()
