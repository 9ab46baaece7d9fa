"""Who does the work, and in which order, changes no number (law 3)."""

from __future__ import annotations

import json
import random

import numpy as np
import pandas as pd
import pytest
from benchmarks.kill_test import timeless

from imbtool import compare
from imbtool.evaluation.book import Book

OPTIONS = {
    "target": "y",
    "methods": "smote,tomek,enn,class_weight,random_under,cooldown,easy_ensemble,smote+isotonic",
    "learners": "lightgbm(n_estimators=10),logistic",
    "folds": 2,
    "repeats": 1,
}


def table() -> pd.DataFrame:
    draw = np.random.default_rng(5)
    y = (draw.random(300) < 0.15).astype(int)
    frame = pd.DataFrame({"a": draw.normal(y, 1), "b": draw.normal(0, 1, 300), "y": y})
    frame["c"] = draw.choice(["red", "green"], 300)
    frame.loc[draw.random(300) < 0.1, "a"] = np.nan
    return frame


def document(**how) -> str:
    return json.dumps(timeless(json.loads(compare(table(), **OPTIONS, **how).to_json())))


@pytest.fixture(scope="module")
def plain() -> str:
    return document(jobs=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_trainings_in_any_order_give_the_same_document(plain, monkeypatch, seed) -> None:
    usual, draw = Book.missing, random.Random(seed)
    monkeypatch.setattr(Book, "missing", lambda *a: draw.sample(t := usual(*a), len(t)))
    assert document(jobs=1) == plain


def test_two_processes_give_the_same_document(plain) -> None:
    assert document(jobs=2) == plain


def test_one_process_of_its_own_gives_the_same_document(plain) -> None:
    assert document(jobs=1, engine="processes") == plain
