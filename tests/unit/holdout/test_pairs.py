"""Tests of two scores of the same rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from imbtool.holdout.pairs import paired_tests
from imbtool.holdout.rows import Scored
from imbtool.metrics.paired import delong, mcnemar

RNG = np.random.default_rng(0)
Y = (np.arange(300) < 60).astype(np.int64)


def scored(shift: float) -> Scored:
    p = 1 / (1 + np.exp(-(RNG.normal(size=300) + shift * Y - 1)))
    return Scored(
        y=Y,
        proba=np.column_stack([1 - p, p]),
        classes=("no", "yes"),
        probabilities=True,
        decided=(p > 0.5).astype(np.int64),
        decided_default=None,
        weight=None,
        base_rate=None,
        prints=None,
    )


HERE, THERE = scored(2.0), scored(0.5)


def test_two_classes_are_tested_on_their_area_their_decisions_and_their_recall() -> None:
    found = {(t.test, t.about): t for t in paired_tests(HERE, THERE)}
    assert list(found) == [
        ("delong", "roc_auc"),
        ("permutation", "pr_auc"),
        ("mcnemar", "decisions"),
        ("mcnemar", "recall"),
    ]
    area = delong(Y == 1, HERE.proba[:, 1], THERE.proba[:, 1])
    assert found["delong", "roc_auc"].p_value == area.p_value
    recall = found["mcnemar", "recall"]
    assert recall.p_value == mcnemar(HERE.decided[Y == 1] == 1, THERE.decided[Y == 1] == 1).p_value
    assert recall.difference == pytest.approx(HERE.decided[Y == 1].mean() - THERE.decided[Y == 1].mean())
    assert recall.difference > 0


def test_a_score_against_itself_does_not_differ() -> None:
    assert {t.p_value for t in paired_tests(HERE, HERE)} == {1.0}


def test_weighted_rows_are_left_to_the_bootstrap() -> None:
    assert paired_tests(replace(HERE, weight=np.ones(300)), THERE) == ()


def test_scores_without_decisions_are_tested_on_their_area_only() -> None:
    assert [t.test for t in paired_tests(replace(HERE, decided=None), THERE)] == ["delong", "permutation"]
