"""What can be asked of decisions, and what cannot."""

from __future__ import annotations

import pytest

from imbtool.core.cost_matrix import matrix_of
from imbtool.core.errors import DataError, UsageError
from imbtool.core.price import Price, price_of


def asked(**given):
    return price_of(dict.fromkeys(Price.__dataclass_fields__) | given)


def test_nothing_asked_is_no_price():
    assert asked() is None


@pytest.mark.parametrize(
    ("given", "metric", "chosen_by"),
    [
        ({"cost_fn": 10, "cost_fp": 1}, "cost", "cost"),
        ({"value_column": "v", "cost_fp": 1}, "profit", "profit"),
        ({"value_column": "v", "cost_column": "c"}, "profit", "profit"),
        ({"cost_matrix": "0,1;2,0"}, "cost", "cost"),
        ({"top_k": 5}, "precision_at_top", "recall"),
        ({"top_rate": 0.1, "cost_fn": 2}, "cost_at_top", "recall"),
        ({"min_precision": 0.9}, None, "recall"),
        ({"min_recall": 0.9}, None, "precision"),
        ({"min_recall": 0.9, "min_precision": 0.5}, None, None),
    ],
)
def test_what_is_asked_decides_what_ranks_and_what_thresholds_are_chosen_by(given, metric, chosen_by):
    price = asked(**given)
    assert (price.metric, price.threshold_metric) == (metric, chosen_by)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cost_fp": 1}, "gains nothing"),
        ({"cost_fn": 1}, "costs nothing"),
        ({"value_column": "v"}, "costs nothing"),
        ({"cost_fn": 0, "cost_fp": 1}, "gains nothing"),
        ({"cost_fn": -1, "cost_fp": 1}, "at least 0"),
        ({"cost_fn": float("nan"), "cost_fp": 1}, "at least 0"),
        ({"cost_fn": 2, "cost_matrix": "0,1;2,0"}, "says it all"),
        ({"top_k": 5, "top_rate": 0.1}, "the same thing"),
        ({"top_k": 0}, "at least 1"),
        ({"top_rate": 0.0}, "above 0"),
        ({"min_precision": 1.2}, "at most 1"),
        ({"top_k": 5, "min_recall": 0.5}, "no floor can be kept"),
    ],
)
def test_what_contradicts_itself_is_refused(given, said):
    with pytest.raises(UsageError, match=said) as caught:
        asked(**given)
    assert caught.value.code == "bad-price"


def test_a_capacity_of_more_rows_than_there_are_is_refused():
    assert asked(top_k=5).rate(20) == 0.25
    with pytest.raises(UsageError, match="asks for 5 rows; the table has 4"):
        asked(top_k=5).rate(4)


def test_a_matrix_with_labels_is_put_in_class_order(tmp_path):
    file = tmp_path / "costs.csv"
    file.write_text("true,sick,well\nsick,0,9\nwell,2,0\n", encoding="utf-8")
    price = asked(cost_matrix=file)
    assert matrix_of(price.cost_matrix, ("well", "sick")) == ((0.0, 2.0), (9.0, 0.0))
    assert asked(cost_matrix=[[0, 2], [9, 0]]).cost_matrix == "0,2;9,0"
    assert asked(cost_matrix=price.cost_matrix).cost_matrix == price.cost_matrix


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,1;2,0", "3 lines of 3"),
        ("0,1,2;1,0,2;x,1,0", "'x' is no number"),
        ("t,a,b;a,0,1;b,1,0", "first line names a, b"),
        ("1,1,1;2,2,2;3,3,3", "costs the same"),
    ],
)
def test_a_matrix_that_cannot_be_used_says_why(text, said):
    with pytest.raises(UsageError, match=said) as caught:
        matrix_of(text, ("a", "b", "c"))
    assert caught.value.code == "bad-cost-matrix"


def test_a_matrix_that_is_no_file_either_says_so():
    with pytest.raises(DataError, match="neither a matrix nor a file"):
        asked(cost_matrix="nowhere.csv")
