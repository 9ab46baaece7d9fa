"""What rows are recognised by, and how they are cut."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imbtool.holdout.prints import fingerprints, occurrence
from imbtool.holdout.slices import cut, level_rows


def table(**columns):
    return {name: pd.Series(cells) for name, cells in columns.items()}


def test_the_same_content_has_the_same_fingerprint_whatever_it_is_stored_as():
    one = table(a=[1, 2, 3], b=["x", " y ", None], c=[0.5, np.nan, 2])
    two = table(c=[0.5, None, 2.0], b=["x", "y", ""], a=[1.0, 2.0, 3.0])
    three = table(a=["1", "2.0", "3"], b=pd.Categorical(["x", "y", None]), c=["0.5", None, "2"])
    expected = fingerprints(one, "abc")
    np.testing.assert_array_equal(fingerprints(two, "abc"), expected)
    np.testing.assert_array_equal(fingerprints(three, "abc"), expected)
    assert len(set(expected.tolist())) == 3


@pytest.mark.parametrize(
    "other",
    [
        table(a=[1, 2], b=["x", "z"]),
        table(a=[2, 1], b=["x", "y"]),
        table(a=[1, 2], b=["y", "x"]),
        table(a=[1, None], b=["x", "y"]),
        table(b=[1, 2], a=["x", "y"]),
        table(a=[-1, -2], b=["x", "y"]),
    ],
)
def test_other_content_has_another_fingerprint(other):
    first = fingerprints(table(a=[1, 2], b=["x", "y"]), "ab")
    assert (fingerprints(other, "ab") != first).any()


def test_only_the_named_columns_count_and_their_order_does_not():
    cells = table(a=[1, 2], b=["x", "y"], score=[0.1, 0.9])
    changed = {**cells, "score": pd.Series([0.5, 0.5])}
    np.testing.assert_array_equal(fingerprints(cells, ["a", "b"]), fingerprints(changed, ["b", "a"]))
    assert (fingerprints(cells, ["score"]) != fingerprints(changed, ["score"])).all()
    assert (fingerprints(cells, ["a", "b"]) != fingerprints(cells, ["a"])).all()


def test_rows_of_equal_content_are_told_apart_by_their_turn():
    prints = fingerprints(table(a=[7, 7, 8, 7]), "a")
    told = occurrence(prints)
    assert len(set(told.tolist())) == 4
    assert told[0] == prints[0]
    assert sorted(occurrence(prints[[3, 2, 1, 0]]).tolist()) == sorted(told.tolist())


def test_a_hundred_thousand_rows_do_not_collide():
    prints = fingerprints(table(a=np.arange(100_000), b=np.arange(100_000) % 7), "ab")
    assert len(np.unique(prints)) == 100_000


def test_many_numbers_are_cut_into_quartiles_that_hold_every_row_once():
    values = pd.Series([*np.random.default_rng(0).normal(size=997), None, None, None])
    found = cut(values, "x")
    assert found.how == "quartiles"
    assert list(found.parts)[-1] == "(missing)"
    assert np.sum(list(found.parts.values()), axis=0).tolist() == [1] * 1000
    sizes = [int(part.sum()) for part in found.parts.values()]
    assert sizes[-1] == 3
    assert max(sizes[:4]) - min(sizes[:4]) <= 2


def test_few_numbers_and_texts_are_levels():
    assert list(cut(pd.Series([3, 1, 2, 10, 1]), "x").parts) == ["1", "2", "3", "10"]
    found = cut(pd.Series(["b", "a", None]), "x")
    assert (found.how, list(found.parts)) == ("levels", ["a", "b", "(missing)"])


def test_mostly_equal_numbers_are_cut_where_they_differ():
    values = pd.Series([0.0] * 900 + list(range(1, 101)))
    found = cut(values, "x")
    assert np.sum(list(found.parts.values()), axis=0).tolist() == [1] * 1000
    assert all(part.any() for part in found.parts.values())


def test_of_many_levels_the_rarest_are_gathered_but_can_still_be_named():
    cells = pd.Series([f"l{i}" for i in range(30) for _ in range(40 - i)])
    found = cut(cells, "x")
    assert len(found.parts) == 20
    assert list(found.parts)[-1] == "(11 other levels)"
    assert int(found.parts["(11 other levels)"].sum()) == sum(40 - i for i in range(19, 30))
    assert int(level_rows(cells, found, "l29").sum()) == 11
    assert level_rows(cells, found, "nothing") is None


def test_a_level_is_found_whatever_its_case_and_however_its_number_is_written():
    cells = pd.Series(["North", "south"])
    assert level_rows(cells, cut(cells, "x"), "north").tolist() == [True, False]
    numbers = pd.Series([1, 2, 2])
    assert level_rows(numbers, cut(numbers, "x"), "2.0").tolist() == [False, True, True]
