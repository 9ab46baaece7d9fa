"""Looks at a hold-out are counted by the content of its rows and of the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.holdout.made import scored, table

import imbtool
from imbtool.core.errors import OutputError
from imbtool.report.holdout.lines import looks_words
from imbtool.store import Looks, open_store

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "s.db")
    yield opened
    opened.close()


def look(frame: pd.DataFrame, store, **more):
    report = imbtool.evaluate(scores=frame, target="truth", resamples=100, store=store, **more)
    return report.evaluation.looks


def changed(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same rows with other scores."""
    p = np.random.default_rng(seed).random(len(frame))
    return frame.assign(probability_a=1 - p, probability_b=p)


@pytest.fixture
def frame():
    return table(scored(120))


def test_other_scores_on_the_same_rows_are_another_look(frame, store):
    assert (look(frame, store).number, look(changed(frame, 1), store).number) == (1, 2)
    third = look(changed(frame, 2), store)
    assert (third.number, third.total, third.plain, third.budget) == (3, 3, 3, None)


def test_the_same_scores_are_the_same_look_in_any_order_of_the_rows(frame, store):
    look(frame, store)
    look(changed(frame, 1), store)
    again = look(frame.sample(frac=1.0, random_state=0), store)
    assert (again.number, again.total) == (1, 2)


def test_another_threshold_is_another_look(frame, store):
    look(frame.drop(columns="decision"), store, threshold=0.3)
    assert look(frame.drop(columns="decision"), store, threshold=0.4).number == 2


def test_a_column_more_does_not_make_another_hold_out_but_other_rows_do(frame, store):
    look(frame, store)
    wider = changed(frame, 1).assign(more=np.arange(len(frame)))
    assert look(wider, store).number == 2
    assert look(changed(frame, 2), store).number == 3
    assert look(frame[1:], store).number == 1
    assert look(frame.assign(age=frame.age + 1), store).number == 1


def test_nothing_is_counted_without_a_store_and_numbers_do_not_depend_on_it(frame, store):
    plain = imbtool.evaluate(scores=frame, target="truth", resamples=100)
    assert plain.evaluation.looks is None
    counted = imbtool.evaluate(scores=frame, target="truth", resamples=100, store=store)
    assert counted.evaluation.metrics == plain.evaluation.metrics
    assert looks_words(plain.evaluation) == []


def test_a_store_that_fails_takes_nothing_away(frame, store, monkeypatch):
    def full(self):
        raise OutputError("The disk is full.", code="store-full")

    monkeypatch.setattr(Looks, "holdouts", full)
    report = imbtool.evaluate(scores=frame, target="truth", resamples=100, store=store)
    assert report.evaluation.looks is None
    assert report.evaluation.notes[-1] == "this look is not counted: The disk is full."


def test_later_looks_say_that_numbers_may_flatter(frame, store):
    arguments = {"target": "truth", "resamples": 100, "store": store}
    first = imbtool.evaluate(scores=frame, **arguments)
    assert looks_words(first.evaluation) == ["look 1 at this hold-out"]
    second = imbtool.evaluate(scores=changed(frame, 1), **arguments)
    (said,) = looks_words(second.evaluation)
    assert said.startswith("look 2 at this hold-out, after 1 other: if this was chosen or tuned by")
    (said,) = looks_words(imbtool.evaluate(scores=frame, **arguments).evaluation)
    assert said == "look 1 of 2 at this hold-out"
    assert "- looks: look 2 at this hold-out" in second.to_markdown()
    assert '"looks": {' in second.to_json()
