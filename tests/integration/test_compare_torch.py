"""Comparisons with networks: binary and multiclass, whatever the number of jobs, faults told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import imbtool

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


@pytest.mark.parametrize("n_classes", [2, 3])
def test_networks_stand_in_a_comparison_and_its_numbers_do_not_depend_on_jobs(n_classes) -> None:
    reports = [
        imbtool.compare(
            table(n_classes), target="y", learners=["logistic", SMALL], jobs=jobs, device="auto", **QUICK
        )
        for jobs in (1, 2)
    ]
    first, second = (report.methods for report in reports)
    pd.testing.assert_frame_equal(first.drop(columns="seconds"), second.drop(columns="seconds"))
    ours = first[first.learner == SMALL]
    assert {"none", "cooldown", "rs2", "random_over"} <= set(ours.recipe)
    assert set(ours.status) == {"ok"}


def test_a_loss_that_is_no_number_is_a_failed_trial_with_its_reason() -> None:
    wild = "torch(learning_rate=10, members=1, epochs=30, width=8, weight_decay=100)"
    report = imbtool.compare(table(2), target="y", learners=["logistic", wild], jobs=1, **QUICK)
    rows = report.methods[report.methods.learner.str.startswith("torch")]
    assert set(rows.status) == {"failed"}
    assert "the loss is not a number in epoch" in report.to_json()
