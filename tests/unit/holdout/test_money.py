"""Money of scored rows: the same as in a comparison, for every weighting, with gates and a curve."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.unit.holdout.made import scored

import imbtool
from imbtool.core.errors import DataError, UsageError
from imbtool.core.price import Price
from imbtool.holdout.money import money_values
from imbtool.metrics.money import stakes_of
from imbtool.report.holdout.money import Picture


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    y = (rng.random(500) < 0.2).astype(int)
    p = 1 / (1 + np.exp(-(1.5 * rng.normal(size=500) + 2 * y - 2)))
    return pd.DataFrame({"p": p, "amount": rng.gamma(2, 50, 500), "visit": 12.0, "y": y})


def ask(frame, **more):
    return imbtool.evaluate(scores=frame, target="y", score="p", resamples=100, **more)


@pytest.mark.parametrize(
    "price", [Price(cost_fn=9.0, cost_fp=1.0), Price(cost_fn=9.0, cost_fp=1.0, top_rate=0.1), Price(top_k=30)]
)
@pytest.mark.parametrize("decimals", [None, 1])
def test_every_weighting_is_measured_as_a_comparison_measures_rows(price, decimals):
    rows = scored(300, decimals=decimals)
    weight = np.random.default_rng(3).integers(0, 4, (5, 300))
    stakes = stakes_of(price, rows.y, rows.classes)
    found = money_values(replace(rows, stakes=stakes), weight)
    for i, line in enumerate(weight):
        here = replace(stakes, weight=line.astype(float))
        expected = here.metrics(rows.proba[:, 1], rows.decided, rows.decided_default)
        assert {name: values[i] for name, values in found.items()} == pytest.approx(expected)


def test_gates_on_money_pass_and_fail_and_need_a_price(frame):
    report = ask(frame, cost_fn=10, cost_fp=1, threshold=0.1, gates=["cost <= 9", "cost <= 0.01"])
    assert [gate.outcome for gate in report.gates] == ["pass", "fail"]
    with pytest.raises(UsageError, match="say what decisions cost"):
        ask(frame, gates="cost <= 9")


def test_floors_are_gates(frame):
    report = ask(frame, min_precision=0.01, min_recall=0.999)
    assert [(g.measure, g.outcome) for g in report.gates] == [("precision", "pass"), ("recall", "fail")]


def test_columns_of_money_decide_and_the_document_has_the_policies(frame):
    report = ask(frame, value_column="amount", cost_column="visit", threshold=0.3)
    document = json.loads(report.to_json())
    act = frame["p"] >= 0.3
    profit = ((frame["amount"] * frame["y"] - frame["visit"]) * act).mean()
    assert document["metrics"]["profit"]["value"] == pytest.approx(profit)
    assert document["money"]["treat_none"] == 0
    assert document["money"]["treat_all"] == pytest.approx((frame["amount"] * frame["y"] - 12).mean())
    assert document["money"]["curve"][-1]["value"] == pytest.approx(document["money"]["treat_all"])
    assert "profit of the decisions" in report.to_markdown()


def test_a_model_that_decides_by_row_is_judged_by_the_money_that_it_decides_by(frame):
    rows = frame.assign(x=np.log(frame.p / (1 - frame.p))).drop(columns="p")
    asked = {"value_column": "amount", "cost_column": "visit"}
    model = imbtool.fit(rows, target="y", recipe="expected_gain", learner="logistic", **asked)
    report = imbtool.evaluate(model, rows, resamples=100)
    acted = model.predict(rows) == 1
    profit = ((rows["amount"] * rows["y"] - 12) * acted).mean()
    assert report.evaluation.metrics["profit"].value == pytest.approx(profit)
    assert report.evaluation.settings.threshold == ()
    told = (
        "each row is decided by its own money: acting on a positive is worth 'amount', acting on a row costs"
    )
    assert any(note.startswith(told) for note in report.evaluation.notes)
    same = imbtool.evaluate(model, rows, resamples=100, **asked).evaluation
    assert same.metrics == report.evaluation.metrics
    with pytest.raises(DataError, match=r"- 'amount' \(value of acting\): missing"):
        imbtool.evaluate(model, rows.drop(columns="amount"), resamples=100)
    cut = imbtool.evaluate(model, rows[["x", "y"]], threshold=0.3, resamples=100).evaluation
    assert "profit" not in cut.metrics


def test_the_picture_has_room_for_decisions_that_earn_more_than_any_share_of_the_ranking(frame):
    evaluation = ask(frame, value_column="amount", cost_column="visit", threshold=0.3).evaluation
    plain = Picture(evaluation, evaluation.money)
    far = replace(evaluation.metrics["profit"], high=2 * plain.high)
    picture = Picture(replace(evaluation, metrics={**evaluation.metrics, "profit": far}), evaluation.money)
    assert picture.y(far.high) == plain.y(plain.high)


def test_the_band_of_the_curve_holds_the_curve_and_the_picture_is_sound(frame):
    report = ask(frame, cost_fn=10, cost_fp=1)
    curve = report.evaluation.money.curve
    assert all(point.low <= point.value <= point.high for point in curve)
    picture = ET.fromstring(report.to_svg())
    assert picture.tag.endswith("svg")
    assert len([e for e in picture.iter() if e.tag.endswith("polyline")]) == 1
    with pytest.raises(UsageError, match="no curves to draw"):
        ask(frame).to_svg()
