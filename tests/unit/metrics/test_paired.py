"""Tests on the same rows, against known answers and against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from imbtool.metrics.paired import cochran_q, delong, mcnemar, swapped_pr_auc


def right(both: int, first: int, second: int, none: int) -> tuple[np.ndarray, np.ndarray]:
    a = [1] * both + [1] * first + [0] * second + [0] * none
    b = [1] * both + [0] * first + [1] * second + [0] * none
    return np.array(a, dtype=bool), np.array(b, dtype=bool)


def test_mcnemar_with_many_disagreements_gives_the_known_answer() -> None:
    # mlxtend 0.25, mcnemar(corrected=True) on the same table
    found = mcnemar(*right(140, 34, 22, 4))
    assert (found.only_first, found.only_second) == (34, 22)
    assert found.p_value == pytest.approx(0.14157886335523978, abs=1e-12)


def test_mcnemar_with_few_disagreements_is_exact() -> None:
    assert mcnemar(*right(29, 6, 3, 2)).p_value == pytest.approx(0.5078125, abs=1e-12)


def test_models_that_agree_everywhere_do_not_differ() -> None:
    a = np.array([True, False, True])
    assert mcnemar(a, a).p_value == 1.0


def slow_delong(hit: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each positive and each negative says of the difference, every pair of rows looked at."""
    kernels = []
    for s in (first, second):
        pos, neg = s[hit][:, None], s[~hit][None, :]
        kernels.append((pos > neg) + 0.5 * (pos == neg))
    gap = kernels[0] - kernels[1]
    return gap.mean(axis=1), gap.mean(axis=0)


@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(2, 60), st.booleans())
def test_delong_is_welchs_test_on_what_single_rows_say(seed: int, n_pos: int, n_neg: int, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    hit = np.arange(n_pos + n_neg) < n_pos
    first, second = (rng.normal(size=len(hit)) + hit for _ in range(2))
    if tied:
        first, second = np.round(first), np.round(second)
    found = delong(hit, first, second)
    of_positives, of_negatives = slow_delong(hit, first, second)
    assert found.first == pytest.approx(roc_auc_score(hit, first), abs=1e-12)
    assert found.difference == pytest.approx(of_positives.mean(), abs=1e-12)
    if of_positives.std() + of_negatives.std() > 0:
        spreads = of_positives.std(ddof=1), n_pos, 0.0, of_negatives.std(ddof=1), n_neg

        def welch(difference: float) -> float:
            return float(stats.ttest_ind_from_stats(difference, *spreads, equal_var=False).pvalue)

        assert found.p_value == pytest.approx(welch(found.difference), abs=1e-9)
        assert -1.0 <= found.low <= found.difference <= found.high <= 1.0
        for end in (found.low, found.high):  # at -1 and 1 the interval is cut
            p_value = welch(end - found.difference)
            assert p_value == pytest.approx(0.05, abs=1e-9) or (abs(end) == 1.0 and p_value > 0.05)


def test_delong_of_one_score_under_two_names_is_certain_of_no_difference() -> None:
    hit = np.arange(10) < 4
    score = np.arange(10.0)
    assert delong(hit, score, 3 * score + 1)[2:] == (0.0, 0.0, 0.0, 1.0)


def test_delong_with_two_positives_ends_where_areas_can_lie_no_further_apart() -> None:
    hit = np.array([True, True, False, False, False])
    found = delong(hit, np.array([5.0, 2, 4, 3, 1]), np.array([1.0, 4, 3, 2, 5]))
    assert (found.low, found.high) == (-1.0, 1.0)
    assert -1.0 < found.difference < 1.0


def test_delong_withholds_its_answer_where_a_class_has_one_row() -> None:
    found = delong(np.array([True, False, False]), np.arange(3.0), np.arange(3.0)[::-1])
    assert np.isnan(found.p_value)


@pytest.mark.parametrize("models", [2, 3, 5])
def test_cochrans_q_agrees_with_mlxtend(models: int) -> None:
    reference = pytest.importorskip("mlxtend.evaluate").cochrans_q
    rng = np.random.default_rng(models)
    y = rng.integers(0, 2, 200)
    guesses = [np.where(rng.random(200) < 0.6 + 0.05 * k, y, 1 - y) for k in range(models)]
    q, p = reference(y, *guesses)
    found = cochran_q(np.column_stack([guess == y for guess in guesses]))
    assert (found.q, found.p_value, found.df) == (pytest.approx(q), pytest.approx(p), models - 1)


def test_cochrans_q_of_two_models_is_mcnemars_statistic_uncorrected() -> None:
    right = np.random.default_rng(2).random((300, 2)) < [0.7, 0.8]
    only_first, only_second, _ = mcnemar(right[:, 0], right[:, 1])
    expected = (only_first - only_second) ** 2 / (only_first + only_second)
    assert cochran_q(right).q == pytest.approx(expected)


def test_models_that_never_disagree_do_not_differ() -> None:
    assert cochran_q(np.ones((20, 3), dtype=bool)).p_value == 1.0


def test_swapping_the_scores_of_rows_agrees_with_counting_all_swaps() -> None:
    from itertools import product

    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(4)
    hit = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
    one, two = rng.normal(size=10) + 1.5 * hit, rng.normal(size=10) + 0.3 * hit
    coins = np.random.default_rng(0).choice([-0.125, 0.125], size=21)  # swapped ranks shall not tie
    ranks = np.array([stats.rankdata(one), stats.rankdata(two)])
    ranks[1] += coins[2 * ranks[1].astype(int)]
    gaps = []
    for swap in product((0, 1), repeat=10):
        a, b = ranks[list(swap), range(10)], ranks[[1 - s for s in swap], range(10)]
        gaps.append(average_precision_score(hit, a) - average_precision_score(hit, b))
    exact = np.mean(np.abs(gaps) >= abs(gaps[0]) - 1e-12)
    assert swapped_pr_auc(hit, one, two, draws=20_000) == pytest.approx(exact, abs=0.015)


def test_a_score_swapped_with_itself_or_on_another_scale_does_not_differ() -> None:
    rng = np.random.default_rng(5)
    hit, score = rng.random(80) < 0.3, rng.normal(size=80)
    assert swapped_pr_auc(hit, score, score, draws=200) == 1.0
    assert swapped_pr_auc(hit, score, np.exp(score), draws=200) == 1.0
    assert np.isnan(swapped_pr_auc(np.zeros(80, dtype=bool), score, score))
