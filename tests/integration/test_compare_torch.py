"""Comparisons with networks: binary and multiclass, whatever the number of jobs, faults told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from benchmarks.kill_test import timeless

import imbtool
from imbtool.engine import serial
from imbtool.evaluation import workshop
from imbtool.evaluation.plan import Joint
from imbtool.evaluation.work import run_task
from imbtool.recipe.parser import parse_learner

pytest.importorskip("torch", reason="imbtool[torch] is not installed")

SMALL = "torch(epochs=3, members=1, width=8)"
QUICK = {
    "folds": 3,
    "repeats": 1,
    "inner_folds": 2,
    "store": None,
    "methods": "none,cooldown,rs2,random_over",
}


def table(n_classes: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=240), "b": rng.choice(["x", "y", "z"], 240)})
    frame.loc[::11, "a"] = np.nan
    z = frame.a.fillna(0.0) + (frame.b == "z") + rng.normal(size=240)
    return frame.assign(y=np.digitize(z, np.quantile(z, np.linspace(0.6, 0.9, n_classes - 1))))


@pytest.mark.parametrize(("n_classes", "most"), [(2, 2), (3, 1)])
def test_networks_stand_in_a_comparison_and_jobs_and_company_change_no_number(n_classes, most) -> None:
    reports = [
        imbtool.compare(
            table(n_classes),
            target="y",
            learners=["logistic", SMALL],
            jobs=jobs,
            device="auto",
            together=together,
            **QUICK,
        )
        for jobs, together in ((1, "recipe"), (most, "fold"))
    ]
    first, second = (report.methods for report in reports)
    pd.testing.assert_frame_equal(first.drop(columns="seconds"), second.drop(columns="seconds"))
    ours = first[first.learner == SMALL]
    assert {"none", "cooldown", "rs2", "random_over"} <= set(ours.recipe)
    assert set(ours.status) == {"ok"}


def test_a_loss_that_is_no_number_is_a_failed_trial_with_its_reason() -> None:
    wild = "torch(learning_rate=10, members=1, epochs=30, width=8, weight_decay=100)"
    learners = ["logistic", wild, SMALL]
    report = imbtool.compare(table(2), target="y", learners=learners, jobs=1, together="fold", **QUICK)
    rows = report.methods
    small = str(parse_learner(SMALL))
    assert set(rows[~rows.learner.isin(["logistic", small])].status) == {"failed"}
    assert set(rows[rows.learner == small].status) == {"ok"}
    assert "the loss is not a number in epoch" in report.to_json()


FOLD = QUICK | {"target": "y", "learners": SMALL, "engine": "serial", "together": "fold"}


def document(report) -> object:
    return timeless(json.loads(report.to_json()))


@pytest.fixture
def work(monkeypatch) -> list[int]:
    """How many trainings each piece of work held that was begun."""
    found: list[int] = []

    def watched(shared, task):
        found.append(len(task.tasks) if isinstance(task, Joint) else 1)
        return run_task(shared, task)

    monkeypatch.setattr(workshop, "run_task", watched)
    return found


def test_what_takes_too_long_together_is_trained_apart_each_in_its_own_time(monkeypatch, work) -> None:
    plain = imbtool.compare(table(2), **FOLD | {"together": "recipe"})
    assert set(work) == {1}
    work.clear()

    def within(seconds, task):
        return (False, None) if isinstance(task.args[1], Joint) else (True, task())

    monkeypatch.setattr(serial, "within", within)
    found = imbtool.compare(table(2), **FOLD, method_timeout="1h")
    assert set(work) == {1}
    assert document(found) == document(plain)


def test_a_run_that_broke_off_goes_on_with_what_is_missing(monkeypatch, work, tmp_path) -> None:
    whole = imbtool.compare(table(2), **FOLD)
    assert work == [5, 5, 5]
    stored = FOLD | {"store": tmp_path / "s.db"}
    imbtool.compare(table(2), **stored | {"methods": "none,cooldown"})
    work.clear()
    report = imbtool.compare(table(2), **stored)
    assert work == [2, 2, 2]
    assert document(report) == document(whole)
