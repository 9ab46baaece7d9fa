"""Tests on the same rows, against known answers and against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from imbtool.metrics.paired import delong, mcnemar


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


def slow_delong(hit: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return difference and standard error by the definition, every pair of rows looked at."""
    kernels = []
    for s in (first, second):
        pos, neg = s[hit][:, None], s[~hit][None, :]
        kernels.append((pos > neg) + 0.5 * (pos == neg))
    gap = kernels[0] - kernels[1]
    rows, columns = gap.mean(axis=1), gap.mean(axis=0)
    variance = rows.var(ddof=1) / len(rows) + columns.var(ddof=1) / len(columns)
    return float(gap.mean()), float(np.sqrt(variance))


@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(2, 60), st.booleans())
def test_delong_follows_its_definition(seed: int, n_pos: int, n_neg: int, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    hit = np.arange(n_pos + n_neg) < n_pos
    first, second = (rng.normal(size=len(hit)) + hit for _ in range(2))
    if tied:
        first, second = np.round(first), np.round(second)
    found = delong(hit, first, second)
    gap, se = slow_delong(hit, first, second)
    assert found.first == pytest.approx(roc_auc_score(hit, first), abs=1e-12)
    assert found.difference == pytest.approx(gap, abs=1e-12)
    if se > 0:
        assert found.high - found.low == pytest.approx(2 * stats.norm.ppf(0.975) * se, abs=1e-9)
        assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(gap) / se), abs=1e-9)


def test_delong_of_one_score_under_two_names_is_certain_of_no_difference() -> None:
    hit = np.arange(10) < 4
    score = np.arange(10.0)
    assert delong(hit, score, 3 * score + 1)[2:] == (0.0, 0.0, 0.0, 1.0)


def test_delong_withholds_its_answer_where_a_class_has_one_row() -> None:
    found = delong(np.array([True, False, False]), np.arange(3.0), np.arange(3.0)[::-1])
    assert np.isnan(found.p_value)
