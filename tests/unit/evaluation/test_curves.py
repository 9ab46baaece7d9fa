"""Curves of a comparison: means, hull, families; document and picture."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import imbtool
from imbtool.core.errors import UsageError
from imbtool.core.price import Price
from imbtool.evaluation.curves import family_of
from imbtool.evaluation.trialtext import from_row, to_row
from imbtool.metrics.hull import area_under
from imbtool.report.curves import _corners, operating_share, to_svg
from imbtool.report.jsonread import from_json

GRID = "random_under(ratio=0.2|1),smote(ratio=0.3)+random_under(ratio=0.5|1)"


@pytest.fixture(scope="module")
def report():
    return imbtool.compare(
        "machines",
        target="failed",
        max_rows=900,
        learners="logistic",
        methods=GRID,
        repeats=1,
        folds=3,
        jobs=1,
        cost_fn=20,
        cost_fp=1,
    )


def test_every_row_of_the_table_has_its_curves_as_means_over_the_folds(report):
    comparison = report.comparison
    assert [(r.learner, r.recipe) for r in comparison.curves.rows] == [
        (r.learner, r.recipe) for r in comparison.methods if r.rank
    ]
    row = comparison.curves.rows[0]
    trials = [t.curves for t in comparison.trials if (t.learner, t.recipe) == (row.learner, row.recipe)]
    assert len(trials) == 3
    assert row.roc.mean == pytest.approx(np.mean([t["roc"] for t in trials], axis=0), abs=1e-6)
    recall = next(m for m in comparison.methods if m.recipe == row.recipe).estimates["recall"].mean
    assert row.decided.tpr == pytest.approx(recall, abs=1e-5)


def test_money_on_no_and_on_all_rows_is_that_of_the_policies(report):
    numbers = report.verdict.numbers
    for row in report.comparison.curves.rows:
        assert row.money.mean[0] == pytest.approx(numbers["treat_none"], abs=0.01)
        assert row.money.mean[-1] == pytest.approx(numbers["treat_all"], abs=0.01)


def test_the_hull_lies_above_every_curve_and_the_corners_are_points_of_curves(report):
    curves = report.comparison.curves
    fpr = np.array(curves.fpr)
    corners = [(0.0, 0.0), *((p.fpr, p.tpr) for p in curves.hull), (1.0, 1.0)]
    x, y = (np.array(side) for side in zip(*corners, strict=True))
    assert curves.hull_auc == pytest.approx(area_under(x, y))
    for row in curves.rows:
        assert (np.interp(fpr[1:], x, y) >= np.array(row.roc.mean)[1:] - 1e-9).all()
        assert curves.hull_auc >= area_under(fpr, np.array(row.roc.mean))
    by_row = {(r.learner, r.recipe): r.roc.mean for r in curves.rows}
    for p in curves.hull:
        assert by_row[p.learner, p.recipe][int(np.argmin(np.abs(fpr - p.fpr)))] == p.tpr


def test_levels_of_a_method_are_one_family_that_starts_with_doing_nothing(report):
    families = {f.name: f for f in report.comparison.curves.families}
    assert set(families) == {"random_under", "smote(ratio=0.3)+random_under"}
    under = families["random_under"]
    assert {p.recipe for p in under.points} == {"none", "random_under", "random_under(ratio=0.2)"}
    assert [p.fpr for p in under.points] == sorted(p.fpr for p in under.points)
    on = {p.recipe for p in report.comparison.curves.decision_hull}
    assert under.on_hull == sum(p.recipe in on for p in under.points)


@pytest.mark.parametrize(
    ("recipe", "family"),
    [
        ("none", ""),
        ("threshold", ""),
        ("smote+isotonic", ""),
        ("smote(ratio=0.3)", "smote"),
        ("smote(ratio=0.3)+random_under(ratio=0.5)", "smote(ratio=0.3)+random_under"),
    ],
)
def test_a_family_is_the_training_without_its_last_level(recipe, family):
    assert family_of(recipe) == family


def test_the_document_has_the_means_and_not_the_trials(report):
    document = json.loads(report.to_json())
    assert "curves" not in document["trials"][0]
    again = from_json(report.to_json())
    assert again.curves == report.comparison.curves
    assert to_svg(again) == report.to_svg()
    del document["curves"]
    assert from_json(json.dumps(document)).curves is None


def test_the_picture_is_sound_and_names_what_it_draws(report):
    text = report.to_svg()
    ET.fromstring(text)
    roles = ("the choice of the verdict", "doing nothing")
    for said in (*roles, "the costs asked about", "hull: area", "Cost per 1,000 rows", "smote(ratio=0.3)"):
        assert said in text
    counts = report.comparison.dataset.counts
    share = counts[1] * 20 / (counts[1] * 20 + counts[0])
    assert operating_share(report.comparison) == pytest.approx(share)


def test_what_a_recipe_is_called_cannot_break_the_picture(report):
    curves = report.comparison.curves
    rows = (replace(curves.rows[0], recipe="<b>&\x1b[1m"), *curves.rows[1:])
    text = to_svg(replace(report.comparison, curves=replace(curves, rows=rows)))
    ET.fromstring(text)
    assert "<b>" not in text


def test_without_curves_there_is_no_picture(report):
    with pytest.raises(UsageError) as caught:
        to_svg(replace(report.comparison, curves=None))
    assert caught.value.code == "nothing-to-plot"


def test_rows_with_one_roc_curve_share_its_corners(report):
    curves = report.comparison.curves
    counted = _corners(curves)
    assert counted["logistic", "threshold"] == counted["logistic", "none"]
    shown = {row.roc.mean: counted[row.learner, row.recipe] for row in curves.rows}
    assert sum(shown.values()) == len(curves.hull)


def test_the_costs_of_a_campaign_are_marked_at_its_expected_share(report):
    settings = replace(report.comparison.settings, price=Price(emp="churn"))
    share = operating_share(replace(report.comparison, settings=settings))
    positive = report.comparison.curves.prevalence
    assert share == pytest.approx(56 * positive / (56 * positive + 11 * (1 - positive)))


def test_the_store_keeps_the_curves_of_a_trial(report):
    trial = report.comparison.trials[0]
    assert from_row(to_row(trial)).curves == trial.curves
    assert set(trial.curves) == {"roc", "pr", "prg", "cost", "points", "money"}
