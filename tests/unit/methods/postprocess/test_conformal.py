"""Conformal selection: its laws, its promise in simulation, and the choice among several scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.errors import UsageError
from imbtool.methods.postprocess.conformal import (
    PRUNINGS,
    fewest_selectable,
    p_values,
    select_rows,
    step_up,
)


def draw(rng, n, strength, *, n_scores=1, rate=0.1, decimals=None):
    """Rows of a population: class and scores that tell it with some strength."""
    y = rng.random(n) < rate
    scores = rng.normal(size=(n, n_scores)) + y[:, None] * strength
    return y, scores if decimals is None else scores.round(decimals)


@st.composite
def cases(draw_of):
    """Small tables of scores with many ties."""
    m, n, k = draw_of(st.integers(1, 8)), draw_of(st.integers(1, 9)), draw_of(st.integers(1, 3))
    numbers = st.integers(0, draw_of(st.integers(1, 9)))
    new = draw_of(st.lists(st.lists(numbers, min_size=k, max_size=k), min_size=m, max_size=m))
    known = draw_of(st.lists(st.lists(numbers, min_size=k, max_size=k), min_size=n, max_size=n))
    positive = draw_of(st.lists(st.booleans(), min_size=n, max_size=n))
    q = draw_of(st.sampled_from([0.0503, 0.1007, 0.2003, 0.4001, 0.7003]))  # no share of whole numbers
    return np.array(new, float), np.array(known, float), np.array(positive), q


def step_by_step(new, known, positive, q):
    """OptCS as the paper writes it, one row, score and p-value after the other."""
    (m, n_scores), n = new.shape, len(known)
    size, p = np.zeros((m, n_scores), dtype=int), np.zeros((m, n_scores))
    for j in range(m):
        for k in range(n_scores):
            auxiliary = [
                ((known[~positive, k] >= new[i, k]).sum() + (new[j, k] >= new[i, k])) / (n + 1)
                for i in range(m)
            ]
            auxiliary[j] = 0.0
            ranked = sorted(auxiliary)
            size[j, k] = max(r for r in range(1, m + 1) if ranked[r - 1] <= q * r / m)
            p[j, k] = (1 + (known[~positive, k] >= new[j, k]).sum()) / (n + 1)
    by = size.argmax(axis=1)
    p, size = p[range(m), by], size[range(m), by]
    e = np.where(p <= q * size / m, m / (q * size), 0.0)
    ranked = np.sort(e)[::-1]
    fits = [k for k in range(1, m + 1) if ranked[k - 1] >= m / (q * k) * (1 - 1e-12)]
    return (e >= ranked[fits[-1] - 1] if fits else np.zeros(m, dtype=bool)), by, p


@given(cases())
def test_one_pass_selects_what_the_steps_of_the_paper_select(case):
    new, known, positive, q = case
    arguments = {"calibration_scores": known, "calibration_positive": positive, "pruning": "none"}
    found = select_rows(new, fdr=q, **arguments)
    rows, by, p = step_by_step(new, known, positive, q)
    assert found.rows.tolist() == rows.tolist()  # with one score: Benjamini and Hochberg selects the same
    if new.shape[1] > 1:
        assert found.by.tolist() == by.tolist()
        assert found.p_values.tolist() == p.tolist()


@given(cases())
def test_a_higher_score_never_loses_and_ties_are_treated_alike(case):
    new, known, positive, q = case
    one = select_rows(new[:, 0], calibration_scores=known[:, 0], calibration_positive=positive, fdr=q)
    order = np.argsort(new[:, 0])
    assert (np.diff(one.p_values[order]) <= 0).all()
    assert (np.diff(one.rows[order].astype(int)) >= 0).all()
    for value in np.unique(new[:, 0]):
        assert len(set(one.rows[new[:, 0] == value])) == 1


@given(cases(), st.integers(-5, 5), st.integers(1, 4))
def test_only_the_order_of_the_scores_counts(case, shift, factor):
    new, known, positive, q = case
    arguments = {"calibration_positive": positive, "fdr": q, "pruning": "none"}
    one = select_rows(new, calibration_scores=known, **arguments)
    other = select_rows(new * factor + shift, calibration_scores=known * factor + shift, **arguments)
    assert (one.rows == other.rows).all()


@given(cases(), st.integers(0, 3))
def test_random_numbers_only_add_rows_and_a_lower_target_only_loses_some(case, seed):
    new, known, positive, q = case
    arguments = {"calibration_scores": known, "calibration_positive": positive, "fdr": q, "seed": seed}
    plain, *drawn = (select_rows(new, pruning=way, **arguments).rows for way in PRUNINGS)
    assert all((rows >= plain).all() for rows in drawn)
    one = select_rows(new[:, 0], **(arguments | {"calibration_scores": known[:, 0]}))
    less = select_rows(new[:, 0], **(arguments | {"calibration_scores": known[:, 0], "fdr": q / 2}))
    assert (less.rows <= one.rows).all()


def test_nothing_is_selected_at_zero_or_from_no_rows():
    y, scores = draw(np.random.default_rng(0), 200, 8.0)
    known = {"calibration_scores": scores, "calibration_positive": y}
    assert select_rows(scores, **known, fdr=0).n == 0
    assert select_rows(scores[:0], **known, fdr=0.5).rows.shape == (0,)


@pytest.mark.parametrize("decimals", [None, 0])
def test_p_values_of_rows_that_are_not_positive_are_not_too_small(decimals):
    rng = np.random.default_rng(1)
    found = []
    for _ in range(3000):
        y, scores = draw(rng, 41, 1.5, rate=0.3, decimals=decimals)
        p = p_values(scores[:1, 0], scores[1:, 0][~y[1:]], 40)
        found.append(np.inf if y[0] else p[0])
    for t in (0.05, 0.1, 0.3, 0.6):
        share = np.mean(np.array(found) <= t)
        assert share <= t + 4 * np.sqrt(t * (1 - t) / len(found))


def rates(way, draws, *, q, n=150, m=120, seed=0, **population):
    """The false share of the selected rows in many draws of calibration and new rows."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        y, known = draw(rng, n, **population)
        truth, new = draw(rng, m, **population)
        rows = way(new, known, y, q)
        found.append((~truth[rows]).sum() / max(rows.sum(), 1))
    found = np.array(found)
    return found.mean(), found.std() / np.sqrt(draws)


def conformal(new, known, y, q):
    return select_rows(new, calibration_scores=known, calibration_positive=y, fdr=q).rows


@pytest.mark.parametrize("q", [0.1, 0.3])
@pytest.mark.parametrize("decimals", [None, 0])
def test_the_mean_false_share_stays_at_the_target(q, decimals):
    rate, error = rates(conformal, 600, q=q, strength=2.0, rate=0.3, decimals=decimals)
    assert rate <= q + 3 * error
    if decimals is None:
        assert rate >= 0.6 * q  # and does not waste it


def test_choosing_the_longest_list_breaks_the_promise_and_the_choice_among_scores_keeps_it():
    """Twelve scores that say nothing, half of the rows positive: something looks good by chance."""

    def longest(new, known, y, q):
        lists = [conformal(new[:, k], known[:, k], y, q) for k in range(new.shape[1])]
        return max(lists, key=np.sum)

    population = {"strength": 0.0, "n_scores": 12, "rate": 0.5}
    settings = {"q": 0.3, "n": 30, "m": 30, **population}
    naive, naive_error = rates(longest, 300, **settings)
    rate, error = rates(conformal, 300, **settings)
    assert naive - 3 * naive_error > 0.3
    assert rate <= 0.3 + 3 * error


@pytest.mark.parametrize("pruning", PRUNINGS)
def test_several_good_scores_keep_the_promise_under_every_pruning(pruning):
    def way(new, known, y, q):
        return select_rows(
            new,
            calibration_scores=known,
            calibration_positive=y,
            fdr=q,
            pruning=pruning,
        ).rows

    strength = np.array([0.5, 1.0, 2.0])
    rate, error = rates(way, 400, q=0.3, strength=strength, n_scores=3, rate=0.4)
    assert rate <= 0.3 + 3 * error


def test_the_choice_among_scores_finds_nearly_what_the_best_score_finds():
    rng = np.random.default_rng(3)
    best = chosen = 0
    for _ in range(40):
        population = {"strength": np.array([0.0, 2.5, 1.0]), "n_scores": 3, "rate": 0.3}
        y, known = draw(rng, 300, **population)
        _, new = draw(rng, 300, **population)
        best += conformal(new[:, 1], known[:, 1], y, 0.2).sum()
        chosen += conformal(new, known, y, 0.2).sum()
    assert chosen > 0.97 * best


def test_step_up_rejects_what_the_textbook_rejects():
    p = np.array([0.01, 0.02, 0.03, 0.04, 0.9])  # 0.04 <= 0.05 * 4 / 5: all up to it
    assert step_up(p, 0.05).tolist() == [True, True, True, True, False]
    assert step_up(p, 0.01).tolist() == [False] * 5


def test_the_fewest_rows_that_can_be_selected():
    n, m, q = 99, 1000, 0.1  # the smallest p-value is 1/100: it takes 100 of 1,000 rows
    assert fewest_selectable(m, n, q) == 100
    known = np.zeros(n)
    for good, expected in ((99, 0), (100, 100)):
        scores = np.where(np.arange(m) < good, 1.0, -1.0)
        y = np.zeros(n, dtype=bool)
        assert select_rows(scores, calibration_scores=known, calibration_positive=y, fdr=q).n == expected


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"fdr": 1.5}, "`fdr` must be a share from 0 to 1; got 1.5."),
        (
            {"scores": np.ones((4, 2))},
            r"Scores have the shape \(4, 2\), those of the calibration rows \(3, 1\).",
        ),
        ({"calibration_positive": [True]}, r"3 calibration scores need as many truth values; got \(1,\)."),
        ({"scores": [0.1, np.nan]}, "Some scores are missing"),
        ({"pruning": "some"}, "`pruning` must be one of none, homogeneous, heterogeneous; got 'some'."),
    ],
)
def test_bad_arguments_are_named(changed, words):
    given_ = {
        "scores": [0.1, 0.2],
        "calibration_scores": [0.1, 0.2, 0.3],
        "calibration_positive": [True, False, False],
        "fdr": 0.1,
    }
    with pytest.raises(UsageError, match=words) as caught:
        select_rows(**(given_ | changed))
    assert caught.value.code == "bad-fdr"
