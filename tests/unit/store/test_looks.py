"""Counting looks at hold-outs in the store."""

from __future__ import annotations

import sqlite3

import pytest

from imbtool.core.errors import DataError
from imbtool.store import KnownHoldout, Looks, TrialRow, open_store, schema

ONE = KnownHoldout(key="a1", rows=30, columns=("x", "y"))
TWO = KnownHoldout(key="b2", rows=40, columns=("x",))


@pytest.fixture
def looks(tmp_path):
    store = open_store(tmp_path / "s.db")
    yield Looks(store)
    store.close()


def note(looks, holdout, scores, *, guarded=False):
    return looks.note(holdout, scores=scores, name="h.csv", judged="smote with forest", guarded=guarded)


def test_each_set_of_scores_is_one_look_whenever_it_comes_again(looks):
    assert note(looks, ONE, "p") == (1, 1, 1)
    assert note(looks, ONE, "q") == (2, 2, 2)
    assert note(looks, ONE, "p") == (1, 2, 2)
    assert note(looks, TWO, "p") == (1, 1, 1)
    assert looks.holdouts() == [ONE, TWO]


def test_a_look_counts_as_plain_once_it_was(looks):
    assert note(looks, ONE, "p", guarded=True) == (1, 1, 0)
    assert note(looks, ONE, "q", guarded=True) == (2, 2, 0)
    assert note(looks, ONE, "q") == (2, 2, 1)
    assert note(looks, ONE, "q", guarded=True) == (2, 2, 1)


def test_the_state_of_a_guard_is_kept_and_one_that_fails_changes_nothing(looks):
    note(looks, ONE, "p", guarded=True)
    assert looks.guarded("a1", lambda state: ({"left": 3}, state)) is None
    with pytest.raises(ZeroDivisionError):
        looks.guarded("a1", lambda state: ({"left": 1 // 0}, state))
    assert looks.guarded("a1", lambda state: (dict(state or {}), state)) == {"left": 3}


def test_a_store_from_before_looks_gets_them_and_keeps_its_trials(tmp_path):
    path = tmp_path / "old.db"
    row = TrialRow("forest", "none", 0, 0, "ok", "", 0.5, "{}")
    with sqlite3.connect(path) as db:
        schema.create(db, 1)
        db.execute("INSERT INTO trial VALUES ('b', ?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.close()
    store = open_store(path)
    assert list(store.trials("b")) == [row]
    assert note(Looks(store), ONE, "p") == (1, 1, 1)
    store.close()
    open_store(path).close()


@pytest.mark.parametrize(
    ("column", "text"), [("columns", "{}"), ("columns", "[1]"), ("columns", "["), ("guard", "7")]
)
def test_text_of_another_kind_is_damage(tmp_path, column, text):
    store = open_store(tmp_path / "s.db")
    looks = Looks(store)
    note(looks, ONE, "p")
    with store.writing() as db:
        db.execute(f"UPDATE holdout SET {column} = ?", (text,))
    with pytest.raises(DataError) as caught:
        looks.holdouts() if column == "columns" else looks.guarded("a1", lambda state: ({}, None))
    assert caught.value.code == "store-damaged"
    store.close()
