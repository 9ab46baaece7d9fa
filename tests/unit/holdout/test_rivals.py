"""Several evaluations of the same rows against each other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.holdout.made import scored, table

from imbtool import evaluate
from imbtool.evaluation.statistics import holm
from imbtool.metrics.paired import cochran_q

if TYPE_CHECKING:
    from imbtool.holdout.rows import Scored


def judged(rows: Scored, shift: float, **asked):
    frame = table(rows)
    noise = np.random.default_rng(int(100 * shift)).normal(size=rows.n) * shift
    odds = np.log(rows.proba[:, 1] / rows.proba[:, 0]) + noise
    p = 1 / (1 + np.exp(-odds))
    frame[f"probability_{rows.classes[1]}"], frame[f"probability_{rows.classes[0]}"] = p, 1 - p
    frame["decision"] = np.array(rows.classes)[(p >= 0.3).astype(int)]
    return evaluate(scores=frame, target="truth", resamples=100, **asked)


@pytest.fixture(scope="module")
def rows() -> Scored:
    return scored(500)


@pytest.fixture(scope="module")
def report(rows):
    return judged(rows, 0.0, rivals=[judged(rows, 0.4), judged(rows, 3.0)])


def test_all_models_are_tested_at_once_on_their_decisions_and_their_recall(rows, report) -> None:
    together = {one.about: one for one in report.evaluation.rivals.together}
    assert list(together) == ["decisions", "recall"]
    assert {one.models for one in together.values()} == {3}
    odds = [np.log(rows.proba[:, 1] / rows.proba[:, 0])]
    odds += [odds[0] + np.random.default_rng(int(100 * s)).normal(size=rows.n) * s for s in (0.4, 3.0)]
    right = np.column_stack([((1 / (1 + np.exp(-o)) >= 0.3) == (rows.y == 1)) for o in odds])
    assert together["decisions"].p_value == pytest.approx(cochran_q(right).p_value)
    assert together["recall"].p_value == pytest.approx(cochran_q(right[rows.y == 1]).p_value)


def test_each_rival_is_tested_with_holms_correction_over_the_rivals(report) -> None:
    near, far = report.evaluation.rivals.rivals
    assert near.paired
    assert far.paired
    for one, two in zip(near.tests, far.tests, strict=True):
        assert (one.test, one.about) == (two.test, two.about)
        assert [one.p_holm, two.p_holm] == pytest.approx(holm([one.p_value, two.p_value]).tolist())
    areas = {t.about: t for t in far.tests}
    assert areas["roc_auc"].p_holm < 0.05
    assert areas["pr_auc"].difference > 0


def test_the_reports_and_the_document_say_it(report) -> None:
    assert "3 models at once, recall: p = " in report.to_markdown()
    assert "after Holm (permutation)" in report.to_markdown()
    document = json.loads(report.to_json())["rivals"]
    assert [one["about"] for one in document["together"]] == ["decisions", "recall"]
    assert document["rivals"][0]["tests"][0]["p_holm"] is not None


def test_two_models_are_tested_as_a_pair_only(rows) -> None:
    found = judged(rows, 0.0, rivals=[judged(rows, 0.4)]).evaluation.rivals
    assert found.together == ()
    assert [t.test for t in found.rivals[0].tests] == ["delong", "permutation", "mcnemar", "mcnemar"]


def test_a_rival_of_other_rows_is_not_compared_and_it_is_said_why(rows) -> None:
    report = judged(rows, 0.0, rivals=[judged(scored(500, seed=9), 0.4)])
    rival = report.evaluation.rivals.rivals[0]
    assert not rival.paired
    assert "not compared, it scored other rows" in report.to_markdown()


def test_without_rivals_there_is_nothing_to_say(rows) -> None:
    report = judged(rows, 0.0)
    assert report.evaluation.rivals is None
    assert json.loads(report.to_json())["rivals"] is None
