"""Runs and trials: what is written, what is counted, what is removed."""

from __future__ import annotations

import pytest

from imbtool.core.errors import DataError, UsageError
from imbtool.store import TrialRow, open_store

ROW = TrialRow("forest", "smote", 0, 0, "ok", "", 0.5, "{}")


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "s.db")
    yield opened
    opened.close()


def begin(store, key: str, basis: str = "b", **changed) -> bool:
    facts = {
        "facts": {"data": basis},
        "name": "claims",
        "source": "/c.csv",
        "target": "fraud",
        "settings": {"seed": 0},
        "request": None,
        "repeats": 2,
        "splits": 4,
    }
    return store.begin(key=key, basis=basis, **(facts | changed))


def test_a_run_counts_its_own_lines_on_its_own_repeats_only(store) -> None:
    begin(store, "a1")
    store.plan("a1", [("forest", "smote"), ("forest", "none")])
    rows = [ROW._replace(repeat=r, fold=f) for r in range(3) for f in range(2)]
    store.record("b", [*rows, ROW._replace(recipe="tomek"), ROW._replace(recipe="none", status="failed")])
    (run,) = store.runs()
    assert (run.planned, run.done, run.failed) == (8, 4, 1)


def test_a_second_run_on_the_same_basis_shares_its_trials(store) -> None:
    assert begin(store, "a1") is False
    assert begin(store, "a2") is True
    assert begin(store, "c1", basis="other") is False


def test_a_failed_trial_is_replaced_and_a_finished_one_is_not(store) -> None:
    store.record("b", [ROW._replace(status="failed", reason="bang")])
    store.record("b", [ROW])
    store.record("b", [ROW._replace(status="failed", reason="later")])
    assert list(store.trials("b")) == [ROW]


def test_trials_are_written_all_or_none(store) -> None:
    with pytest.raises(Exception, match="store"):
        store.record("b", [ROW, ROW._replace(fold=1, status=None)])
    assert list(store.trials("b")) == []


def test_the_report_of_an_interrupted_run_does_not_replace_a_complete_one(store) -> None:
    begin(store, "a1")
    assert store.document("a1") is None
    store.finish("a1", state="interrupted", verdict="so far", document="1")
    store.finish("a1", state="complete", verdict="all", document="2")
    store.finish("a1", state="interrupted", verdict="again", document="3")
    (run,) = store.runs()
    assert (run.state, run.verdict, store.document("a1")) == ("complete", "all", "2")


def test_a_run_is_found_by_its_beginning_and_the_latest_without_a_name(store) -> None:
    for key in ("abc1", "abd2", "x"):
        begin(store, key)
    store.finish("abd2", state="complete", verdict="", document="")
    assert store.find("abc").key == "abc1"
    assert store.find("ABC1").key == "abc1"
    for wrong in ("ab", "zz", ""):
        with pytest.raises(UsageError) as caught:
            store.find(wrong)
        assert caught.value.code == "unknown-run"
    assert {store.find().key} <= {"abc1", "abd2", "x"}


def test_an_empty_store_says_so(store) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        store.find()


def test_removing_a_run_removes_the_trials_that_no_other_needs(store) -> None:
    begin(store, "a1")
    begin(store, "a2")
    begin(store, "c1", basis="other")
    store.record("b", [ROW])
    store.record("other", [ROW])
    assert store.remove(["a1"]) == (1, 0)
    assert store.remove(["c1"]) == (1, 1)
    assert list(store.trials("b")) == [ROW]
    assert list(store.trials("other")) == []
    store.shrink()
    assert [run.key for run in store.runs()] == ["a2"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE run SET settings = 'no json'",
        "UPDATE run SET settings = '[1]'",
        "UPDATE run SET name = x'00ff'",
        "UPDATE run SET request = '\"text\"'",
    ],
)
def test_values_that_are_not_ours_are_refused(store, damage) -> None:
    begin(store, "a1")
    store._connection.execute(damage)
    with pytest.raises(DataError) as caught:
        store.runs()
    assert caught.value.code == "store-damaged"


def test_a_trial_of_the_wrong_type_is_refused(store) -> None:
    store.record("b", [ROW])
    store._connection.execute("UPDATE trial SET result = x'80049e'")
    with pytest.raises(DataError, match="wrong type"):
        list(store.trials("b"))
