"""Recipes whose samplers return the same rows share a training, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from imbtool.core.types import Layout
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.recipe.training import Scores, score
from imbtool.recipe.workspace import Part, Workspace

LEARNER = parse_learner("lightgbm(n_estimators=3)")


def space(gap: float) -> Workspace:
    """Return two clouds: far apart, so that no Tomek link is there, or in one another."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [90, 30])
    X = rng.normal(size=(120, 2)) + gap * y[:, None]
    rows = np.arange(120)
    inner = [(rows[rows % 3 != k], rows[rows % 3 == k]) for k in range(3)]
    part = Part(X=X, y=y, number=rows)
    return Workspace(
        part,
        rng.normal(size=(9, 2)),
        layout=Layout(names=("a", "b"), levels=(0, 0)),
        n_classes=2,
        inner=inner,
        scored=np.arange(120, 129),
    )


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    done: list[int] = []
    fit = LightGBMLearner.fit

    def counted(self: Any, *given: Any, **named: Any) -> Any:
        done.append(1)
        return fit(self, *given, **named)

    monkeypatch.setattr(LightGBMLearner, "fit", counted)
    return done


def scores(workspace: Workspace, *recipes: str) -> list[Scores]:
    return [score(workspace, parse_recipe(recipe), LEARNER) for recipe in recipes]


def same(one: Scores, other: Scores) -> None:
    np.testing.assert_array_equal(one.target, other.target)
    np.testing.assert_array_equal(one.oof, other.oof)
    assert one.priors is not None
    assert other.priors is not None
    np.testing.assert_array_equal(one.priors.training, other.priors.training)
    plain = {"target": 0, "oof": 0, "oof_rows": 0, "priors": None, "seconds": 0.0}
    assert repr(replace(one, **plain)) == repr(replace(other, **plain))


def test_a_cleaner_that_finds_nothing_after_smote_costs_no_second_training(trainings: list[int]) -> None:
    apart = space(30.0)
    smote, tomek = scores(apart, "smote", "smote+tomek")
    assert len(trainings) == 4
    np.testing.assert_array_equal(tomek.oof, smote.oof)
    assert tomek.counts_by_sampler == {"smote": (90, 90), "tomek": (90, 90)}
    assert smote.counts_by_sampler == {"smote": (90, 90)}
    same(tomek, scores(space(30.0), "smote+tomek")[0])


def test_what_was_shared_counts_with_the_seconds_that_it_took() -> None:
    apart = space(30.0)
    scores(apart, "smote")
    took = sum(answer.seconds for part in (apart, *apart.inner) for answer in part.answers.values())
    assert took > 0.0
    assert scores(apart, "smote+tomek")[0].seconds > took


@pytest.mark.parametrize(
    "other",
    [
        "smote+tomek",
        "smote(k_neighbors=2)",
        "smote+focal",
        "smote+class_weight",
        "smote+cooldown",
        "random_over",
    ],
)
def test_other_rows_weights_or_steps_train_anew(other: str, trainings: list[int]) -> None:
    mixed = space(0.5)
    after = scores(mixed, "smote", other)[1]
    assert len(trainings) == 8
    same(after, scores(space(0.5), other)[0])


def test_nothing_is_kept_of_the_models() -> None:
    apart = space(30.0)
    scores(apart, "smote+tomek")
    assert [answer.trained.models for answer in apart.answers.values()] == [()]
