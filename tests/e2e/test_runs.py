"""The store on the command line: killed and resumed, listed and exported, broken and full."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks.kill_test import Comparison, table, timeless, ways
from tests.e2e.process import CHEAP, clean_environment, imbtool

from imbtool.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = ("compare", "claims.csv", "-t", "fraud", *CHEAP)


@pytest.fixture
def answer(here) -> Callable[..., str]:
    def ask(*argv: str) -> str:
        done = here(*argv)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ask


def stored(path: Path) -> int:
    store = open_store(path)
    try:
        return sum(run.done for run in store.runs())
    finally:
        store.close()


def test_killed_at_random_moments_and_resumed_it_ends_as_if_nothing_had_happened(tmp_path, answer) -> None:
    asked = ("--methods", "random_over", "--learners", "logistic", "--folds", "3", "--repeats", "4")
    data, path = table(tmp_path / "claims.csv"), tmp_path / "killed.db"
    whole = Comparison(data, tmp_path / "whole.db", ways(None)[0], asked)
    length = whole.run()
    draw, killed, kept = random.Random(), 0, [0]
    for number in range(4):
        one = Comparison(data, path, ways(None)[number == 2], asked)
        killed += one.kill_after(draw.uniform(0, length / 3))
        kept.append(stored(path))
    one.run()
    assert killed > 1
    assert kept == sorted(kept)
    documents = [answer("runs", "export", "--store", str(each.store)) for each in (one, whole)]
    assert json.dumps(timeless(json.loads(documents[0]))) == json.dumps(timeless(json.loads(documents[1])))


def test_a_run_is_listed_shown_resumed_anywhere_exported_and_pruned(
    claims, tmp_path, monkeypatch, here, answer
) -> None:
    first = json.loads(imbtool(*COMMAND, "--json", "-q").stdout)
    listed = json.loads(answer("runs", "list", "--json"))
    assert [(r["target"], r["state"], r["done"], r["planned"]) for r in listed] == [
        ("fraud", "complete", 12, 12)
    ]
    name = listed[0]["id"]
    assert name in answer("runs", "list")
    assert "Verdict" in answer("runs", "show", name)
    assert json.loads(answer("runs", "export", name)) == first
    monkeypatch.chdir(tmp_path.parent)
    again = here("runs", "resume", name, "--json")
    assert "12 of 12 trials are in the store already" in again.stderr
    second = json.loads(again.stdout)
    assert second["dataset"].pop("source") == str(claims)
    assert first["dataset"].pop("source") == "claims.csv"
    assert second.pop("fit_command").replace(str(claims), "claims.csv") == first.pop("fit_command")
    assert timeless(second) == timeless(first)
    monkeypatch.chdir(tmp_path)
    answer("runs", "export", name[:4], "-o", "out.json")
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["trials"] == first["trials"]
    assert answer("runs", "prune", name) == "removed: 1 runs, 12 trials\n"
    assert json.loads(answer("runs", "list", "--json")) == []
    assert here("runs", "show").returncode == 2


def test_data_from_standard_input_cannot_be_resumed_by_name(claims, here) -> None:
    imbtool("compare", "-", "-t", "fraud", *CHEAP, input=claims.read_text(encoding="utf-8"))
    done = here("runs", "resume", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (3, "run-in-memory")


def test_two_commands_at_once_share_a_store(claims, answer) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "imbtool", *COMMAND, "--seed", seed, "--store", "s.db"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        for seed in ("0", "1")
    ]
    for process in processes:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        assert "store" not in error
    runs = json.loads(answer("runs", "list", "--json", "--store", "s.db"))
    assert [(r["state"], r["done"]) for r in runs] == [("complete", 12)] * 2


def test_a_disk_that_fills_up_in_the_middle_takes_no_report_away(claims, here) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    more = (*COMMAND[:-4], "--repeats", "4", "--jobs", "1", "--store", "s.db")
    done = imbtool(*more, preexec_fn=full)
    assert done.returncode == 0, done.stderr
    assert "Verdict" in done.stdout
    assert done.stderr.count("The run goes on") == 1, done.stderr
    after = here(*more)
    assert after.returncode == 0
    assert "trials are in the store already" in after.stderr
