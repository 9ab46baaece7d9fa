"""Limits on real processes: a method that never ends, a plan, the workers of a dask scheduler."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from benchmarks.kill_test import timeless
from tests.e2e.process import imbtool

import imbtool as library

if TYPE_CHECKING:
    from pathlib import Path

WORK = ("--learners", "logistic", "--methods", "endless,random_over", "--folds", "2", "--repeats", "1")
ENDLESS = """
import time
from imbtool.core.info import MethodInfo
from imbtool.core.protocols import Resampled

class Endless:
    def resample(self, X, y, *, layout, random_state, space=None):
        time.sleep(300)

ROWS = (MethodInfo(name="endless", kind="sampler", target="endless:Endless", summary="Sleeps"),)
"""


@pytest.fixture
def endless(tmp_path: Path) -> dict[str, str]:
    """The environment in which a plug-in with a method that never ends is installed."""
    folder = tmp_path / "plugin"
    info = folder / "endless-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "endless.py").write_text(ENDLESS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: endless\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[imbtool.methods]\nendless = endless:ROWS\n")
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))}


def compare(*more: str, env: dict[str, str]):
    done = imbtool("compare", "claims.csv", "-t", "fraud", *WORK, "--json", *more, env=env)
    assert "Traceback" not in done.stderr
    return done, json.loads(done.stdout)


def metrics(document) -> dict[tuple[str, int], object]:
    return {(t["recipe"], t["fold"]): t["metrics"] for t in document["trials"] if t["recipe"] != "endless"}


def test_a_method_that_never_ends_is_stopped_and_costs_nothing_else(claims, endless, here) -> None:
    done, document = compare("--method-timeout", "8s", "--jobs", "2", "--no-store", env=endless)
    assert done.returncode == 5
    rows = {m["recipe"]: m for m in document["methods"]}
    assert rows["endless"]["status"] == "cut-off"
    assert rows["endless"]["reason"].endswith("took longer than 8 s")
    assert all(m["status"] == "ok" for name, m in rows.items() if name != "endless")
    plain = here(
        *("compare", "claims.csv", "-t", "fraud", *WORK[:2], "--methods", "random_over", *WORK[4:]),
        *("--json", "--no-store", "--jobs", "1"),
    )
    assert metrics(document) == metrics(json.loads(plain.stdout))


@pytest.mark.slow
def test_a_budget_ends_a_method_that_never_ends_and_the_rest_is_resumed(claims, endless, here) -> None:
    for budget in ("10s", "60s"):  # the second where a busy machine does nothing in ten seconds
        done, document = compare("--budget", budget, "--jobs", "2", "--store", "s.db", env=endless)
        if done.returncode == 5:
            break
    assert done.returncode == 5
    rows = {m["recipe"]: m for m in document["methods"]}
    assert rows["endless"]["status"] == "cut-off"
    assert f"the budget of {budget[:-1]} s" in rows["endless"]["reason"]  # it ended it, or came before it
    assert rows["none"]["status"] == "ok"
    (run,) = json.loads(here("runs", "list", "--json", "--store", "s.db").stdout)
    assert run["state"] == "interrupted"
    again, document = compare("--method-timeout", "8s", "--jobs", "2", "--store", "s.db", env=endless)
    assert again.returncode == 5
    assert "trials are in the store already" in again.stderr
    assert {m["recipe"] for m in document["methods"] if m["status"] != "ok"} == {"endless"}


def test_a_budget_that_is_over_before_work_begins_ends_the_command(claims) -> None:
    done = imbtool("compare", "claims.csv", "-t", "fraud", "--budget", "100ms", "--json", "--store", "s.db")
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "nothing-finished"
    assert error["message"] == "Starting and reading took the whole budget of 0.1 s."
    assert error["hint"] == "Give more time with --budget. What earlier runs kept is used again."


def test_a_dry_run_prints_the_plan_and_leaves_no_file(claims, here) -> None:
    before = sorted(claims.parent.iterdir())
    common = ("compare", "claims.csv", "-t", "fraud", *WORK[:2], "--methods", "smote,cooldown", "--dry-run")
    text = imbtool(*common, "--store", "s.db")
    assert text.returncode == 0
    assert "cooldown needs a learner that is trained in stages" in text.stdout
    assert "with 1 worker" in here(*common, "--jobs", "1").stdout
    document = json.loads(here(*common, "--json").stdout)
    assert document["trials"] == sum(row["trials"] for row in document["rows"]) > 0
    assert {row["recipe"] for row in document["rows"]} >= {"none", "class_weight", "smote"}
    assert sorted(claims.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--budget", "soon"), "bad-duration"),
        (("--max-memory", "lots"), "bad-size"),
        (("--engine", "dask"), "dask-scheduler"),
        (("--engine", "serial", "--max-memory", "1G"), "impossible-combination"),
        (("--scheduler", "tcp://127.0.0.1:1", "--max-memory", "1G"), "impossible-combination"),
        (("--inner-folds", "1"), "bad-number"),
    ],
)
def test_limits_that_cannot_be_kept_are_refused_before_the_data_is_read(claims, here, options, code) -> None:
    done = here("compare", "claims.csv", "-t", "fraud", "--json", *options)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, code)


@pytest.mark.xdist_group("dask")
def test_the_workers_of_a_scheduler_give_the_same_document(claims, scheduler) -> None:
    asked = ("compare", claims.name, "-t", "fraud", *WORK[:2], "--methods", "smote", *WORK[4:], "--json")
    far = imbtool(*asked, "--no-store", "--scheduler", scheduler)
    assert far.returncode == 0, far.stderr
    same = {"learners": "logistic", "methods": "smote", "folds": 2, "repeats": 1, "jobs": 1}
    local = library.compare(claims.name, target="fraud", **same)
    assert timeless(json.loads(far.stdout)) == timeless(json.loads(local.to_json()))
