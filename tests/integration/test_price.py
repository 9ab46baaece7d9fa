"""Questions of money, capacity and floors from a table to a verdict and a model."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import imbtool
from imbtool.core.errors import UsageError
from imbtool.report.jsonread import from_json

QUICK = {"learners": "logistic", "methods": "class_weight", "repeats": 1, "jobs": 1, "folds": 3}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    n = 900
    y = (rng.random(n) < 0.12).astype(int)
    x = rng.normal(size=(n, 3)) + 1.4 * y[:, None]
    amount = np.round(rng.gamma(2, 50, n) * (1 + 3 * y), 2)  # would give the class away
    return pd.DataFrame(x, columns=list("abc")).assign(amount=amount, visit=5.0, y=np.where(y, "yes", "no"))


def test_methods_are_ranked_by_cost_and_the_verdict_says_it_in_money(table):
    report = imbtool.compare(
        table.drop(columns=["amount", "visit"]), target="y", cost_fn=20, cost_fp=1, **QUICK
    )
    assert report.comparison.settings.metric == "cost"
    numbers = report.verdict.numbers
    assert numbers["money"] < min(numbers["treat_all"], numbers["treat_none"])
    assert report.verdict.kind == "move-threshold"
    assert "costs go from" in report.verdict.headline
    assert "per 1,000 rows" in report.verdict.headline
    assert "a missed positive costs 20" in report.to_markdown()
    assert "a missed positive costs 20" in report.to_html()
    again = from_json(report.to_json())
    assert again.settings.price == report.comparison.settings.price
    assert report.comparison.fit_command == "imbtool.fit(data, target=target, comparison=report)"
    model = imbtool.fit(table, target="y", comparison=report)
    assert model.manifest.decision.metric == "a missed positive costs 20, a false alarm costs 1"
    assert model.threshold_[0] < 0.3


def test_columns_of_money_are_no_features_and_change_what_is_stored(table):
    asked = {"value_column": "amount", "cost_column": "visit"}
    report = imbtool.compare(table, target="y", **asked, **QUICK)
    roles = {c.name: c.role for c in report.comparison.dataset.columns}
    assert (roles["amount"], roles["visit"]) == ("value", "cost")
    assert report.comparison.dataset.n_features == 3
    other = imbtool.read(table.assign(amount=1.0), target="y", value="amount", cost="visit")
    assert other.fingerprint != report.comparison.dataset.fingerprint
    model = imbtool.fit(table, target="y", comparison=report)
    assert set(model.feature_names_in_) == {"a", "b", "c"}
    assert len(model.predict(table[["a", "b", "c"]])) == len(table)


def test_each_row_decided_by_its_own_money_is_held_against_one_threshold_and_kept_in_the_model(table):
    worth = table.assign(amount=np.arange(len(table)) % 2 * 40.0)  # which tells no class
    asked = {"value_column": "amount", "cost_column": "visit"}
    report = imbtool.compare(worth, target="y", **asked, **QUICK | {"folds": 5})
    profit = report.methods.set_index("recipe")["profit"]
    assert profit["sigmoid+expected_gain"] > profit["threshold"]
    assert report.verdict.kind == "move-threshold"
    assert report.verdict.recipe in ("expected_gain", "sigmoid+expected_gain")
    assert "decide each row by its own money" in report.to_markdown()
    assert "Tables to predict on need &#39;visit&#39; and &#39;amount&#39; too." in report.to_html()
    model = imbtool.fit(worth, target="y", comparison=report)
    assert model.manifest.decision.money.columns == {"cost": "visit", "value": "amount"}
    gain = model.predict_proba(worth)[:, 1] * worth["amount"] - worth["visit"]
    assert ((model.predict(worth) == "yes") == (gain > 0)).all()


def test_a_capacity_ranks_by_the_hits_among_the_rows_acted_on(table):
    report = imbtool.compare(table, target="y", drop=["amount", "visit"], top_k=90, **QUICK)
    assert report.comparison.settings.metric == "precision_at_top"
    assert any("The 90 rows of the highest scores" in s for s in report.verdict.sentences)
    model = imbtool.fit(table, target="y", comparison=report)
    assert (model.predict(table) == "yes").mean() == pytest.approx(0.1, abs=0.04)


def test_floors_out_of_reach_are_said_so(table):
    noisy = table.assign(y=np.random.default_rng(4).permutation(table["y"]), a=np.round(table["a"]))
    report = imbtool.compare(
        noisy, target="y", drop=["amount", "visit", "b", "c"], min_precision=0.95, **QUICK
    )
    threshold = report.methods.query("recipe == 'threshold'").iloc[0]
    assert threshold["status"] == "ok"
    assert any("no threshold keeps a precision of 0.95" in t.reason for t in report.comparison.trials)


def test_several_classes_are_decided_by_expected_cost_and_the_model_keeps_it(tmp_path):
    rng = np.random.default_rng(1)
    y = rng.choice(3, 600, p=[0.7, 0.2, 0.1])
    frame = pd.DataFrame(rng.normal(size=(600, 3)) + 2.0 * np.eye(3)[y], columns=list("abc"))
    frame["y"] = np.array(["x", "y", "z"])[y]
    matrix = "true,x,y,z;x,0,1,1;y,5,0,1;z,20,5,0"
    report = imbtool.compare(frame, target="y", cost_matrix=matrix, **QUICK)
    picture = report.to_svg()
    assert "3 classes, each against the rest" in picture
    assert from_json(report.to_json()).curves.prevalence == pytest.approx(1 / 3)
    costs = report.methods.set_index("recipe")["cost"]
    assert costs["threshold"] < report.verdict.numbers["trivial"]
    assert costs["threshold"] < report.methods.set_index("recipe")["cost_default"]["none"]
    model = imbtool.fit(frame, target="y", recipe="threshold", learner="logistic", cost_matrix=matrix)
    model.save(tmp_path / "m.imb")
    read = imbtool.load(tmp_path / "m.imb")
    assert read.manifest.decision.rule == "costs"
    assert np.array_equal(read.predict(frame), model.predict(frame))
    with pytest.raises(UsageError, match="is for two classes"):
        imbtool.compare(frame, target="y", cost_fn=10, cost_fp=1, **QUICK)


def test_trials_of_another_price_are_not_used_again(table, tmp_path):
    place = tmp_path / "store.db"
    quick = QUICK | {"drop": ["amount", "visit"], "store": place}
    first = imbtool.compare(table, target="y", cost_fn=20, cost_fp=1, **quick)
    same = imbtool.compare(table, target="y", cost_fn=20, cost_fp=1, **quick)
    other = imbtool.compare(table, target="y", cost_fn=2, cost_fp=1, **quick)
    assert json.loads(same.to_json())["methods"] == json.loads(first.to_json())["methods"]
    assert other.verdict.numbers["money"] < first.verdict.numbers["money"]


def test_a_metric_of_money_needs_a_price(table):
    with pytest.raises(UsageError, match="measured only where it is asked for"):
        imbtool.compare(table, target="y", metric="cost", **QUICK)
    with pytest.raises(UsageError, match="Thresholds are chosen by what was asked for"):
        imbtool.compare(table, target="y", threshold_metric="mcc", cost_fn=2, cost_fp=1, **QUICK)


def test_a_model_that_beats_no_policy_is_not_sold(table):
    noisy = table.assign(a=0.4 * table["a"] + np.random.default_rng(4).normal(size=len(table)))
    dropped = ["amount", "visit", "b", "c"]
    report = imbtool.compare(noisy, target="y", drop=dropped, cost_fn=2, cost_fp=1, **QUICK)
    assert report.verdict.kind == "inconclusive"
    assert "nothing is shown to beat acting on no row (cost 197.8 per" in report.verdict.headline
    assert any("That it beats the best of these is not shown." in s for s in report.verdict.sentences)
