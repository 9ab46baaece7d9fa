"""Curves of a hold-out with their bands, and the picture of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import imbtool
from imbtool.core.errors import UsageError
from imbtool.core.price import Price
from imbtool.holdout.bands import holdout_curves
from imbtool.holdout.rows import Scored
from imbtool.metrics.curves import KINDS, curves_of


def rows(n=300, n_classes=2, seed=0, **more):
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(n_classes), rng.integers(0, n_classes, n - n_classes))
    proba = rng.dirichlet(np.ones(n_classes), n) + 0.4 * np.eye(n_classes)[y]
    proba /= proba.sum(axis=1, keepdims=True)
    classes = tuple("abcdefghijk"[:n_classes])
    return Scored(y=y, proba=proba, classes=classes, decided=proba.argmax(axis=1), **more)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_curves_of_two_classes_are_those_of_the_positive_one(weighted):
    weight = np.random.default_rng(1).uniform(0.5, 2.0, 300) if weighted else None
    scored = rows(weight=weight)
    (found,) = holdout_curves(scored, seed=0).classes
    expected = curves_of(scored.y, scored.proba[:, 1], scored.decided, scored.decided, weight)
    for kind in KINDS:
        band = getattr(found, kind)
        assert band.value == pytest.approx(expected[kind], abs=1e-5)
        assert np.all(np.array(band.low) <= band.value)
        assert np.all(np.array(band.high) >= band.value)
    assert found.decided == pytest.approx(expected["points"][:2], abs=1e-5)
    assert found.label == "b"


def test_bands_are_narrower_where_there_are_more_rows():
    few, many = (holdout_curves(rows(n), seed=0).classes[0].roc for n in (100, 2000))
    assert np.mean(np.subtract(many.high, many.low)) < 0.5 * np.mean(np.subtract(few.high, few.low))


def test_each_of_several_classes_is_held_against_the_rest():
    scored = rows(n_classes=3)
    found = holdout_curves(scored, seed=0)
    assert [one.label for one in found.classes] == ["a", "b", "c"]
    one = found.classes[2]
    hit = (scored.y == 2).astype(int)
    expected = curves_of(hit, scored.proba[:, 2], hit, hit)
    assert one.pr.value == pytest.approx(expected["pr"], abs=1e-5)
    assert sum(c.prevalence for c in found.classes) == pytest.approx(1.0)
    assert holdout_curves(scored, seed=0) == found


def test_without_decisions_there_is_no_point_and_without_a_class_no_curve():
    assert holdout_curves(replace(rows(), decided=None), seed=0).classes[0].decided is None
    assert holdout_curves(replace(rows(), y=np.zeros(300, dtype=int)), seed=0) is None


def test_the_costs_asked_about_have_a_place_on_the_cost_curve():
    scored = rows()
    share = scored.y.mean()
    asked = holdout_curves(scored, seed=0, price=Price(cost_fn=9.0, cost_fp=3.0)).asked
    assert asked == pytest.approx(9 * share / (9 * share + 3 * (1 - share)))
    assert holdout_curves(scored, seed=0, price=Price(cost_fn=9.0, cost_column="c")).asked is None


@pytest.mark.parametrize(
    ("n_classes", "lines", "others"), [(2, 6, ""), (3, 16, ""), (9, 44, "3 other classes")]
)
def test_the_picture_has_a_line_a_class_in_every_panel(n_classes, lines, others):
    scored = rows(n_classes=n_classes)
    table = pd.DataFrame(scored.proba, columns=[f"probability_{c}" for c in scored.classes])
    table["y"] = np.array(scored.classes)[scored.y]
    report = imbtool.evaluate(scores=table, target="y", curves=True, resamples=100)
    text = report.to_svg()
    found = [e for e in ET.fromstring(text).iter() if e.tag.endswith("polyline")]
    assert len(found) == lines
    assert others in text
    assert ("polygon" in text) == (n_classes == 2)
    assert len(json.loads(report.to_json())["curves"]["classes"]) == max(1, n_classes * (n_classes > 2))


def test_money_stands_below_the_curves():
    scored = rows()
    table = pd.DataFrame({"p": scored.proba[:, 1], "y": scored.y})
    asked = {"scores": table, "target": "y", "score": "p", "cost_fn": 5, "cost_fp": 1, "resamples": 100}
    both, alone = (imbtool.evaluate(**asked, curves=c).to_svg() for c in (True, False))
    for text in (both, alone):
        ET.fromstring(text)
        assert "Cost of acting on a share of the rows" in text
    assert "the costs asked about" in both
    assert "ROC curves" not in alone


def test_a_reusable_holdout_shows_no_curves_and_spends_nothing_on_the_refusal(tmp_path):
    scored = rows()
    table = pd.DataFrame({"p": scored.proba[:, 1], "y": scored.y})
    asked = {"scores": table, "target": "y", "score": "p", "store": tmp_path / "s.db"}
    with pytest.raises(UsageError, match="shows no curves"):
        imbtool.evaluate(**asked, reusable=True, curves=True)
    assert imbtool.evaluate(**asked, resamples=100).evaluation.looks.number == 1
