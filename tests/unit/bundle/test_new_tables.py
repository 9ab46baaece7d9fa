"""New tables that differ from training: scored, or refused with everything that differs."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from tests.unit.bundle.conftest import table

import imbtool
from imbtool.core.errors import DataError, ImbtoolError


@pytest.fixture
def new() -> pd.DataFrame:
    return table(40, seed=4).drop(columns="fraud")


def differs(model, frame) -> str:
    with pytest.raises(DataError) as caught:
        model.predict_proba(frame)
    assert caught.value.code == "columns-differ"
    return caught.value.message


def told(model, frame) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.predict_proba(frame)
    assert len(caught) == 1
    return str(caught[0].message)


def test_missing_columns_are_named_all_at_once_and_matched_with_strangers(boosted, new):
    frame = new.drop(columns="age").rename(columns={"branch": "Branch", "amount": "amounts"})
    assert differs(boosted, frame).splitlines() == [
        "The table does not fit the model:",
        "- 'amount' (numeric): missing; is it 'amounts'?",
        "- 'age' (numeric): missing",
        "- 'branch' (categorical): missing; is it 'Branch'?",
        "+ 'amounts': not known to the model",
        "+ 'Branch': not known to the model",
    ]


def test_extra_columns_are_ignored_and_said(boosted, new):
    expected = boosted.predict_proba(new)
    frame = new.assign(extra=1, other="x")
    assert told(boosted, frame) == "2 columns not known to the model, ignored: 'extra', 'other'"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(boosted.predict_proba(frame), expected)


def test_the_target_and_another_order_of_columns_are_no_difference(boosted, new):
    expected = boosted.predict_proba(new)
    shuffled = new.assign(fraud=0)[["fraud", *reversed(new.columns)]]
    np.testing.assert_array_equal(boosted.predict_proba(shuffled), expected)


def test_changed_types_are_listed_with_examples(boosted, new):
    frame = new.assign(age=["old", "young"] * 20, day="soon", amount=new.amount.astype(object))
    frame.loc[3, "amount"] = "n/a!"
    assert differs(boosted, frame).splitlines() == [
        "The table does not fit the model:",
        "~ 'amount': numbers in training, here 'n/a!' in 1 of 40 cells",
        "~ 'age': numbers in training, here 'old', 'young' in 40 of 40 cells",
        "~ 'day': dates written like ISO8601 in training, here 'soon' in 40 of 40 cells",
    ]


def test_dates_where_numbers_are_needed_are_refused(boosted, new):
    frame = new.assign(age=pd.to_datetime(new.day))
    assert "~ 'age': numbers in training" in differs(boosted, frame)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(amount=f.amount.map(str), age=f.age.map(lambda x: "" if np.isnan(x) else str(x))),
        lambda f: f.assign(branch=f.branch.astype("category"), code=f.code.astype("category")),
        lambda f: f.assign(day=pd.to_datetime(f.day), member=f.member == "yes"),
        lambda f: f.assign(age=f.age.astype("Float64"), member=f.member.map({"yes": 1, "no": 0})),
        lambda f: f.assign(branch=" " + f.branch + " ", member=f.member.str.upper()),
        lambda f: f.set_axis(np.arange(100, 140)),
    ],
)
def test_other_types_that_mean_the_same_give_the_same_numbers(boosted, new, change):
    np.testing.assert_array_equal(boosted.predict_proba(change(new)), boosted.predict_proba(new))


def test_new_levels_count_as_missing_and_are_said(boosted, new):
    frame = new.copy()
    frame.loc[:2, "branch"] = ["east", "east", "up"]
    frame.loc[7, "member"] = "perhaps"
    assert told(boosted, frame) == (
        "'branch' has 2 levels not seen in training ('east', 'up') in 3 rows, taken as missing; "
        "'member' has 1 level not seen in training ('perhaps') in 1 row, taken as missing"
    )
    blank = new.copy()
    blank.loc[:2, "branch"] = None
    blank.loc[7, "member"] = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(boosted.predict_proba(frame), boosted.predict_proba(blank))


def test_a_few_unreadable_dates_are_missing_and_said(boosted, new):
    frame = new.copy()
    frame.loc[5, "day"] = "yesterday"
    assert told(boosted, frame) == (
        "'day' has dates that cannot be read ('yesterday') in 1 row, taken as missing"
    )


@pytest.mark.parametrize("column", ["amount", "branch", "member", "day"])
def test_a_column_without_a_value_is_scored_and_said(boosted, forest, linear, new, column):
    frame = new.assign(**{column: None})
    for model in (boosted, forest, linear):
        assert told(model, frame) == f"'{column}' has no value in 40 rows; it had in training"


def test_infinities_count_as_missing(boosted, new):
    blank, infinite = new.copy(), new.copy()
    blank.loc[3, "amount"], infinite.loc[3, "amount"] = np.nan, np.inf
    np.testing.assert_array_equal(boosted.predict_proba(infinite), boosted.predict_proba(blank))


def test_one_row_and_no_row(boosted, new):
    assert boosted.predict_proba(new.iloc[:1]).shape == (1, 2)
    with pytest.raises(ImbtoolError, match="no rows"):
        boosted.predict_proba(new.iloc[:0])


def test_arrays_go_by_position():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 3)), rng.integers(0, 2, 120)
    model = imbtool.fit(X, target=y, recipe="none", learner="logistic")
    assert model.predict(X).shape == (120,)
    with pytest.raises(DataError, match=re.escape("- 'f2' (numeric): missing")):
        model.predict(X[:, :2])


def test_something_else_than_a_table_is_refused(boosted):
    with pytest.raises(ImbtoolError, match="must be a path"):
        boosted.predict([1, 2])
