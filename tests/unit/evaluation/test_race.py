"""Which treatments a race drops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from imbtool.evaluation import plan
from imbtool.evaluation.design import Design
from imbtool.evaluation.options import Options
from imbtool.evaluation.race import Race
from imbtool.evaluation.result import Trial
from imbtool.recipe.parser import parse_recipe
from imbtool.recipe.spec import LearnerSpec

LEARNER = LearnerSpec("logistic")
PLACES = [(repeat, fold) for repeat in range(2) for fold in range(5)]


@pytest.fixture(scope="module")
def race() -> Race:
    import pandas as pd

    from imbtool.data.load import load_dataset

    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "y": np.arange(200) % 10 == 0})
    return Race(Design.of(load_dataset(frame, target="y"), Options(repeats=2).checked()))


def trials(values: dict[str, list[float]]):
    return {
        (str(LEARNER), recipe, *place): Trial(
            learner=str(LEARNER),
            recipe=recipe,
            repeat=place[0],
            fold=place[1],
            metrics={"pr_auc": value},
            n_train=160,
            n_test=40,
        )
        for recipe, row in values.items()
        for place, value in zip(PLACES, row, strict=False)
    }


def dropped(race: Race, values: dict[str, list[float]], n_done: int = 3) -> set[str]:
    rows = [plan.Candidate(LEARNER, parse_recipe(recipe)) for recipe in values]
    return {str(row.recipe) for row in race.dropped(rows, trials(values), PLACES[n_done:])}


def test_a_treatment_far_behind_on_every_fold_is_dropped(race: Race) -> None:
    found = dropped(race, {"none": [0.5, 0.52, 0.48], "smote": [0.21, 0.22, 0.2], "adasyn": [0.5, 0.5, 0.49]})
    assert found == {"smote"}


def test_one_that_is_behind_by_chance_stays(race: Race) -> None:
    assert not dropped(race, {"none": [0.5, 0.4, 0.6], "smote": [0.3, 0.42, 0.5]})


def test_differences_within_the_region_of_equivalence_do_not_matter(race: Race) -> None:
    assert not dropped(race, {"none": [0.5, 0.4, 0.6], "smote": [0.492, 0.392, 0.592]})


def test_controls_run_to_the_end(race: Race) -> None:
    assert not dropped(
        race, {"smote": [0.5, 0.52, 0.48], "none": [0.1, 0.1, 0.11], "class_weight": [0.1] * 3}
    )


def test_nothing_is_dropped_before_two_folds_or_at_the_end(race: Race) -> None:
    values = {"none": [0.5] * 10, "smote": [0.1, 0.11] * 5}
    assert not dropped(race, {k: v[:1] for k, v in values.items()}, n_done=1)
    assert dropped(race, {k: v[:2] for k, v in values.items()}, n_done=2) == {"smote"}
    assert not dropped(race, values, n_done=10)


def test_two_folds_that_agree_by_chance_do_not_make_a_row_certain(race: Race) -> None:
    """Its own spread is nearly 0; that of the others says what such a spread is worth."""
    values = {"none": [0.5, 0.42], "smote": [0.42, 0.341], "adasyn": [0.3, 0.6], "random_over": [0.55, 0.2]}
    assert not dropped(race, values, n_done=2)


def test_a_treatment_is_measured_against_the_best_row_of_its_own_learner(race: Race) -> None:
    other = LearnerSpec("forest")
    own = trials({"none": [0.5, 0.52, 0.48], "smote": [0.5, 0.5, 0.49]})
    better = {
        (str(other), *key[1:]): replace(trial, learner=str(other), metrics={"pr_auc": 0.9})
        for key, trial in own.items()
    }
    rows = [plan.Candidate(LEARNER, parse_recipe(recipe)) for recipe in ("none", "smote")]
    assert not race.dropped(rows, own | better, PLACES[3:])


def test_a_row_that_failed_on_a_fold_is_neither_dropped_nor_leads(race: Race) -> None:
    values = {"none": [0.5, 0.52, 0.48], "smote": [0.9, float("nan"), 0.9], "adasyn": [0.5, 0.5, 0.49]}
    assert not dropped(race, values)


@pytest.mark.parametrize("n", [2, 3, 5, 7, 10])
def test_the_batches_are_all_folds_once_in_order(race: Race, n: int) -> None:
    batches = list(race.batches(PLACES[:n]))
    assert [place for batch in batches for place in batch] == PLACES[:n]
    ends = [sum(map(len, batches[: i + 1])) for i in range(len(batches))]
    assert ends == [*(look for look in (2, 3, 5) if look < n), n]


def test_the_whole_run_says_what_was_traded() -> None:
    from imbtool import compare

    report = compare(
        "machines",
        target="failed",
        learners="lightgbm(n_estimators=10)",
        methods="random_under",
        repeats=1,
        max_rows=1500,
        fast=True,
        jobs=1,
    )
    assert report.comparison.settings.fast
    assert any("--fast" in note for note in report.comparison.notes)
    assert {row.learner for row in report.comparison.methods} == {"lightgbm(fast=true, n_estimators=10)"}
