"""From comparisons to cells."""

from __future__ import annotations

from math import nan

import pytest
from tests.unit.batches.made import comparison

from imbtool.batches.cells import cells_of, outcomes, treated_with

LGBM, LOGISTIC = "lightgbm", "logistic"


def only(values, **how):
    return outcomes(comparison(values, **how), by_recipe=False)


def test_a_value_is_the_mean_over_the_folds():
    found = only({(LGBM, "none"): [0.2, 0.4]})[LGBM, "none"]
    assert (found.value, found.score, found.status) == (pytest.approx(0.3), pytest.approx(0.3), "ok")


def test_a_row_that_failed_on_a_fold_has_no_value():
    found = only({(LGBM, "none"): [0.2, 0.4], (LGBM, "smote"): [0.9, "failed: boom"]})
    assert found[LGBM, "smote"].status == "failed"
    assert found[LGBM, "smote"].reason == "boom (1 of 2 folds)"
    assert found[LGBM, "smote"].score != found[LGBM, "smote"].score


def test_a_fold_where_the_metric_is_undefined_for_all_is_left_out_for_all():
    found = only({(LGBM, "none"): [0.2, nan], (LGBM, "smote"): [0.3, nan]})
    assert found[LGBM, "none"].value == pytest.approx(0.2)


def test_a_fold_where_the_metric_is_undefined_for_one_row_is_a_gap_of_that_row():
    found = only({(LGBM, "none"): [0.2, 0.4], (LGBM, "smote"): [0.3, nan]})
    assert found[LGBM, "none"].value == pytest.approx(0.3)
    assert (found[LGBM, "smote"].status, found[LGBM, "smote"].reason) == (
        "undefined",
        "the metric is undefined on 1 of 2 folds",
    )


def test_a_loss_is_turned_round_and_measured_by_that_of_the_base_rate():
    found = only({(LGBM, "none"): [0.04, 0.06]}, metric="brier", counts=(900, 100))[LGBM, "none"]
    assert found.value == pytest.approx(0.05)
    assert found.score == pytest.approx(-0.05 / 0.09)  # 0.9 x 0.1: the loss of predicting one in ten


def test_a_slope_counts_by_its_distance_to_one():
    found = only({(LGBM, "none"): [0.8, 1.4]}, metric="calibration_slope")[LGBM, "none"]
    assert (found.value, found.score) == (pytest.approx(1.1), pytest.approx(-0.3))


def test_by_recipe_a_row_is_that_of_the_learner_the_treatments_ran_with():
    run = comparison(
        {
            (LGBM, "none"): [0.2, 0.4],
            (LOGISTIC, "none"): [0.5, 0.5],
            (LOGISTIC, "class_weight"): [0.6, 0.6],
            ("forest", "balanced_forest"): [0.1, 0.1],
        }
    )
    assert treated_with(run) == LOGISTIC
    found = outcomes(run, by_recipe=True)
    assert {row: o.value for row, o in found.items()} == {
        ("", "none"): 0.5,
        ("", "class_weight"): 0.6,
        ("", "balanced_forest"): 0.1,
    }


def test_cells_are_means_over_the_seeds_and_a_gap_in_one_is_a_gap():
    parts = {
        0: only({(LGBM, "none"): [0.2, 0.2], (LGBM, "smote"): [0.4, 0.4]}),
        1: only({(LGBM, "none"): [0.4, 0.4], (LGBM, "smote"): ["failed: boom", "failed: boom"]}),
    }
    none, smote = cells_of("claims", parts)
    assert (none.value, none.by_seed) == (pytest.approx(0.3), (pytest.approx(0.2), pytest.approx(0.4)))
    assert (smote.status, smote.reason) == ("failed", "boom (seed 1)")


def test_a_row_that_one_seed_lacks_was_not_asked_for_there():
    parts = {0: only({(LGBM, "none"): [0.2]}), 1: only({(LGBM, "none"): [0.2], (LGBM, "smote"): [0.2]})}
    assert cells_of("claims", parts)[1].reason == "not asked for (seed 0)"
