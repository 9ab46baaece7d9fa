"""Models that decide each row by its own money."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.unit.bundle.test_hostile import members, refused, with_manifest
from tests.unit.cli.conftest import _calm, imbtool

import imbtool as library
from imbtool.bundle.files import from_bytes
from imbtool.core.errors import DataError, NotApplicableError

if TYPE_CHECKING:
    from imbtool.bundle.model import FittedModel

__all__ = ["_calm", "imbtool"]
ASKED = {"value_column": "amount", "cost_column": "visit", "cost_fp": 3.0}
OPTIONS = ("--value-column", "amount", "--cost-column", "visit", "--cost-fp", "3")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.25).astype(int)
    x = rng.normal(size=(300, 2)) + y[:, None]
    amount, visit = np.round(rng.gamma(1, 40, 300) - 5, 2), np.round(rng.random(300) * 9, 1)
    return pd.DataFrame(x, columns=["a", "b"]).assign(amount=amount, visit=visit, y=np.where(y, "yes", "no"))


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> FittedModel:
    return library.fit(frame, target="y", recipe="sigmoid+expected_gain", learner="logistic", **ASKED)


def expected(model: FittedModel, frame: pd.DataFrame) -> pd.Series:
    p = model.predict_proba(frame)[:, list(model.classes_).index("yes")]
    return p * frame.amount - (1 - p) * 3.0 - frame.visit


def test_a_row_is_acted_on_where_its_expected_gain_is_above_0(model, frame):
    decided = model.predict(frame)
    np.testing.assert_array_equal(decided == "yes", expected(model, frame) > 0)
    assert 0 < (decided == "yes").sum() < len(frame)
    assert (model.predict(frame.assign(amount=-1.0)) == "no").all()


def test_probabilities_need_no_money(model, frame):
    np.testing.assert_array_equal(model.predict_proba(frame[["a", "b"]]), model.predict_proba(frame))


def test_metrics_of_the_model_are_those_of_its_own_decisions(model, frame):
    recall = (model.predict(frame) == "yes")[frame.y == "yes"].mean()
    assert model.manifest.metrics.training["recall"] == pytest.approx(recall)
    assert 0 < model.manifest.metrics.cross_validated["recall"] < 1


def test_the_file_holds_the_rule_and_the_columns(model, frame):
    again = from_bytes(model.to_bytes())
    decision = again.manifest.to_dict()["decision"]
    assert decision["rule"] == "expected-gain"
    assert decision["money"] == {"cost_fn": 0, "cost_fp": 3, "cost_column": "visit", "value_column": "amount"}
    assert decision["values"] == []
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="amount"), r"- 'amount' \(value of acting\): missing"),
        (lambda t: t.rename(columns={"visit": "Visit"}), "missing; is it 'Visit'?"),
        (lambda t: t.drop(columns=["a", "visit"]), r"- 'a' \(numeric\): missing\n- 'visit' \(cost"),
        (lambda t: t.assign(amount=t.amount.mask(t.index < 2)), "2 of 300 cells hold none"),
        (lambda t: t.assign(amount=np.inf), "300 of 300 cells hold none"),
        (lambda t: t.assign(visit=np.where(t.index == 7, -1.0, 1.0)), "at least 0; 1 of 300 cells lie below"),
        (lambda t: t.assign(visit=np.where(t.index == 7, "dear", "1")), "hold none, such as 'dear'"),
    ],
)
def test_what_the_columns_of_money_lack_is_told(model, frame, change, words):
    with pytest.raises(DataError, match=words.replace("?", r"\?")) as caught:
        model.predict(change(frame))
    assert caught.value.code == "columns-differ"


@pytest.mark.parametrize(
    "money",
    [
        None,
        {"cost_fn": 0, "cost_fp": -1, "cost_column": "visit", "value_column": None},
        {"cost_fn": 0, "cost_fp": 1e999, "cost_column": "visit", "value_column": None},
        {"cost_fn": 0, "cost_fp": 1, "cost_column": None, "value_column": None},
        {"cost_fn": 0, "cost_fp": 1, "cost_column": None, "value_column": "a"},
        {"cost_fn": 0, "cost_fp": 1, "cost_column": "amount", "value_column": None},
    ],
)
def test_money_that_contradicts_the_rest_of_the_file_is_refused(model, money):
    refused(with_manifest(model, lambda m: m["decision"].update(money=money)), "bundle-invalid")


def test_money_without_its_rule_is_refused(model, linear):
    money = model.manifest.to_dict()["decision"]["money"]
    refused(with_manifest(linear, lambda m: m["decision"].update(money=money)), "bundle-invalid")


def test_a_file_of_the_first_schema_is_still_read(boosted, rows):
    def as_before(manifest: dict) -> None:
        manifest["schema_version"] = 1
        del manifest["decision"]["money"]

    assert json.loads(members(boosted)["manifest.json"])["schema_version"] == 2
    old = from_bytes(with_manifest(boosted, as_before))
    np.testing.assert_array_equal(old.predict(rows), boosted.predict(rows))


def test_fit_refuses_a_rule_without_columns_and_costs_below_0(frame):
    with pytest.raises(NotApplicableError, match="differs from row to row"):
        library.fit(frame, target="y", recipe="expected_gain", learner="logistic", cost_fn=9, cost_fp=1)
    with pytest.raises(DataError, match="number of at least 0 in every row; it has 300 costs below 0"):
        library.fit(frame.assign(visit=-1.0), target="y", recipe="expected_gain", **ASKED)


def test_a_bootstrap_judges_the_decisions_by_row(frame):
    asked = {"recipe": "expected_gain", "learner": "logistic", "bootstrap": 10}
    model = library.fit(frame, target="y", **asked, **ASKED)
    assert {"recall", "mcc"} <= {found.metric for found in model.manifest.metrics.bootstrap}


def test_the_commands_fit_inspect_and_predict_by_row(frame, monkeypatch, imbtool):
    frame.to_csv("claims.csv", index=False)
    recipe = ("--recipe", "sigmoid+expected_gain", "--learner", "logistic")
    done = imbtool("fit", "claims.csv", "-t", "y", *recipe, *OPTIONS, "-o", "m.imb")
    rule = "'yes' where p x 'amount' - (1 - p) x 3 - 'visit' is above 0, p the probability"
    assert (done.code, rule in done.out) == (0, True), done.err
    shown = imbtool("inspect", "m.imb")
    assert rule in shown.out
    assert "  amount  value" in shown.out
    assert imbtool("inspect", "m.imb", "--json").json()["decision"]["money"]["value_column"] == "amount"
    new = frame.drop(columns="y")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(new.to_csv(index=False).encode())))
    done = imbtool("predict", "m.imb", "-", "--keep", "amount")
    assert (done.code, "not known to the model" in done.err) == (0, False)
    scored = pd.read_csv(io.StringIO(done.out))
    gain = scored.probability_yes * frame.amount - scored.probability_no * 3 - frame.visit
    np.testing.assert_array_equal(scored.decision == "yes", gain > 0)
    new.drop(columns="amount").to_csv("new.csv", index=False)
    done = imbtool("predict", "m.imb", "new.csv")
    assert (done.code, done.out) == (3, "")
    assert "  - 'amount' (value of acting): missing" in done.err
