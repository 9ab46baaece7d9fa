"""Which store a command works on, and what it does when that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imbtool.store import TrialRow, default_place, open_store

COMPARE = ("compare", "x.csv", "-t", "y")


def stored(path: Path, **changed) -> None:
    request = {"data": "x.csv", "file": None, "target": "y", "metric": "f1", "threshold_metric": "f1"}
    request |= dict.fromkeys(("positive", "weight", "group", "time", "max_rows", "folds", "repeats", "jobs"))
    request |= {"drop": [], "categorical": [], "learners": ["forest"], "methods": None, "rope": 0.01}
    request |= {"seed": 7, "command": "imbtool compare x.csv"}
    facts = {
        "key": "abcdef0123",
        "basis": "b",
        "facts": {"versions": {"scipy": "1"}},
        "name": "x",
        "source": "x.csv",
        "target": "y\x1b[2J",
        "settings": {"seed": 7, "methods": ["none"]},
        "request": request | changed.pop("asked", {}),
        "repeats": 1,
        "splits": 2,
    }
    store = open_store(path)
    store.begin(**(facts | changed))
    store.plan("abcdef0123", [("forest", "none")])
    store.record("b", [TrialRow("forest", "none", 0, 0, "ok", "", 0.1, "{}")])
    store.close()


def test_the_usual_store_is_made_for_a_comparison_and_for_no_other_command(imbtool, library) -> None:
    assert imbtool("runs", "list", "--json").json()["error"]["code"] == "store-missing"
    assert not default_place().exists()
    imbtool(*COMPARE)
    assert library.called_with["store"].path == default_place()
    assert default_place().exists()
    assert imbtool("runs", "list", "--json").json() == []


def test_no_store_keeps_nothing_even_when_one_is_named(imbtool, library, monkeypatch) -> None:
    monkeypatch.setenv("IMBTOOL_STORE", "named.db")
    imbtool(*COMPARE, "--no-store")
    assert library.called_with["store"] is None
    assert not Path("named.db").exists()
    assert not default_place().exists()


def test_the_configuration_names_the_store_of_all_commands(imbtool, library) -> None:
    Path("imbtool.toml").write_text('store = "mine.db"\n')
    imbtool(*COMPARE)
    assert library.called_with["store"].path == Path("mine.db")
    assert imbtool("runs", "list", "--json").json() == []
    assert imbtool("runs", "list", "--store", "other.db").code == 3


@pytest.mark.parametrize(
    ("store", "code"),
    [("claims.csv", "store-foreign"), ("no/s.db", "store-unusable"), (".", "store-unusable")],
)
def test_a_named_store_that_cannot_be_used_is_an_error_before_the_run(imbtool, library, store, code) -> None:
    Path("claims.csv").write_text("a,b\n1,0\n")
    shown = imbtool(*COMPARE, "--store", store, "--json")
    assert (shown.code, shown.json()["error"]["code"]) == (3, code)
    assert library.called_with == {}
    assert Path("claims.csv").read_text() == "a,b\n1,0\n"


def test_a_usual_store_that_cannot_be_used_costs_one_line(imbtool, library, monkeypatch) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", "file")  # a file where a folder should be
    shown = imbtool(*COMPARE)
    assert shown.code == 0
    assert library.called_with["store"] is None
    assert shown.err.count("cannot be used") == 1
    assert "Verdict" in shown.out


def test_a_run_that_was_killed_is_shown_and_has_nothing_to_export(imbtool) -> None:
    stored(Path("s.db"))
    (row,) = imbtool("runs", "list", "--json", "--store", "s.db").json()
    assert (row["state"], row["done"], row["planned"]) == ("unfinished", 1, 2)
    shown = imbtool("runs", "show", "abcd", "--store", "s.db")
    assert "1 of 2 finished" in shown.out
    assert "\x1b" not in shown.out + imbtool("runs", "list", "--store", "s.db").out
    failed = imbtool("runs", "export", "--store", "s.db")
    assert (failed.code, failed.out) == (3, "")
    assert "imbtool runs resume abcdef01" in failed.err


def test_resume_repeats_what_was_asked_and_takes_other_workers(imbtool, library) -> None:
    stored(Path("s.db"))
    assert imbtool("runs", "resume", "--jobs", "3", "--store", "s.db").code == 0
    asked = library.called_with
    assert (asked["data"], asked["target"], asked["seed"], asked["jobs"]) == ("x.csv", "y", 7, 3)
    assert (asked["learners"], asked["methods"]) == (("forest",), None)
    assert asked["command"] == "imbtool compare x.csv"


@pytest.mark.parametrize("asked", [{"seed": "7"}, {"data": None}, {"extra": 1}, {"drop": [1]}, {"rope": "x"}])
def test_a_request_that_is_not_ours_is_not_carried_out(imbtool, library, asked) -> None:
    stored(Path("s.db"), asked=asked)
    shown = imbtool("runs", "resume", "--store", "s.db", "--json")
    assert (shown.code, shown.json()["error"]["code"]) == (3, "store-damaged")
    assert library.called_with == {}


def test_a_run_on_data_in_memory_cannot_be_resumed_from_here(imbtool, library) -> None:
    stored(Path("s.db"), request=None)
    shown = imbtool("runs", "resume", "--store", "s.db", "--json")
    assert shown.json()["error"]["code"] == "run-in-memory"


def test_prune_wants_to_be_told_what(imbtool) -> None:
    stored(Path("s.db"))
    assert imbtool("runs", "prune", "--store", "s.db", "--json").json()["error"]["code"] == "nothing-to-prune"
    assert (
        imbtool("runs", "prune", "--older-than", "1", "--store", "s.db").out == "removed: 0 runs, 0 trials\n"
    )
    done = imbtool("runs", "prune", "--all", "--store", "s.db", "--json").json()
    assert done == {"runs": ["abcdef0123"], "trials": 1}
    assert json.loads(imbtool("runs", "list", "--json", "--store", "s.db").out) == []
