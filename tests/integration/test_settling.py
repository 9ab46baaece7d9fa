"""A comparison whose lead is not proven measures its learning curve and says what would settle it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imbtool import compare
from imbtool.evaluation import verdict


def table() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    y = (np.arange(240) < 60).astype(int)
    X = rng.normal(size=(240, 4)) + 0.7 * y[:, None] * [1, 0.5, 0, 0]
    X[:, 1] *= 1 + y
    return pd.DataFrame(X, columns=list("abcd")).assign(y=y)


def compared(**asked):
    settings = {"learners": "logistic", "methods": "random_over", "metric": "f1", "rope": 0.0}
    settings |= {"inner_folds": 0, "repeats": 1, "folds": 3, "jobs": 1, **asked}
    return compare(table(), target="y", **settings)


@pytest.fixture(autouse=True)
def any_lead_is_promising(monkeypatch):
    monkeypatch.setattr(verdict, "PROMISING", 0.0)


def test_the_number_comes_from_a_learning_curve_and_every_report_shows_it() -> None:
    report = compared()
    numbers = report.verdict.numbers
    assert (report.verdict.kind, numbers["reason"]) == ("inconclusive", "unproven-lead")
    assert numbers["lead_row"] == ["logistic", "random_over"]
    assert numbers["settled_from"] == "learning curve"
    assert list(numbers["lead_on_parts"]) == ["0.25", "0.5"]
    assert 60 <= numbers["positives_to_settle_low"] <= numbers["positives_to_settle"]
    told = f"about {numbers['positives_to_settle']:,} positives in all"
    assert told in report.to_markdown()
    assert told in report.to_html()
    assert f'"positives_to_settle": {numbers["positives_to_settle"]}' in report.to_json()
    assert report.comparison.proof is not None
    assert {trial.repeat for trial in report.comparison.trials} == {0}  # parts are no trials of it


def test_the_same_seed_gives_the_same_number_whatever_the_number_of_workers() -> None:
    assert compared().verdict == compared(jobs=2).verdict


def test_in_a_hurry_nothing_is_trained_again() -> None:
    numbers = compared(fast=True).verdict.numbers
    assert numbers["settled_from"] == "spread over the folds"
    assert numbers["lead_on_parts"] == {}
    assert numbers["positives_to_settle"] >= 60
