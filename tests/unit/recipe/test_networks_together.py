"""The outer and the inner networks of a recipe train together and become what each becomes alone."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.data.splits import inner_splits
from imbtool.learners.torch import trainer
from imbtool.recipe import parse_learner, parse_recipe
from imbtool.recipe.ahead import train_ahead
from imbtool.recipe.trained import train
from imbtool.recipe.training import key_of, score
from imbtool.recipe.workspace import Part, Workspace

LEARNER = parse_learner("torch(members=2, epochs=3, width=16)")


def workspace() -> Workspace:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(240, 3)), rng.integers(0, 4, 240)])
    X[rng.random(X.shape) < 0.05] = np.nan
    y = (np.nan_to_num(X[:, 0]) + rng.normal(size=240) > 1.2).astype(np.int64)
    return Workspace(
        Part(X=X[:200], y=y[:200]),
        X[200:],
        layout=Layout(names=("a", "b", "c", "d"), levels=(0, 0, 0, 4)),
        n_classes=2,
        inner=inner_splits(y[:200], folds=3, seed=1),
        seed=7,
    )


@pytest.mark.parametrize(("recipe", "networks"), [("none", 8), ("smote", 8), ("under_bagging(n_bags=3)", 24)])
def test_all_networks_of_a_recipe_on_a_fold_train_in_one_call(monkeypatch, recipe, networks) -> None:
    calls: list[int] = []
    real = trainer.train

    def counted(plans):
        calls.append(len(plans))
        return real(plans)

    monkeypatch.setattr(trainer, "train", counted)
    found = score(workspace(), parse_recipe(recipe), LEARNER)
    assert calls == [networks]

    alone = workspace()
    model = train(alone, parse_recipe(recipe), str(LEARNER), alone.learner(LEARNER))
    proba = model.predict_proba(alone.picture(str(LEARNER), alone.learner(LEARNER), "target"))
    np.testing.assert_array_equal(found.target, proba)


def test_what_a_network_says_of_its_training_is_part_of_the_scores(monkeypatch) -> None:
    from torch.cuda import OutOfMemoryError

    real = trainer._run

    def scarce(members):
        if members[0].plan.training.batch_size > 16:
            raise OutOfMemoryError("no memory")
        return real(members)

    monkeypatch.setattr(trainer, "_run", scarce)
    found = score(workspace(), parse_recipe("none"), LEARNER)
    assert found.note == "Out of memory on the device: trained with batches of 16 rows."


RECIPES = [parse_recipe(text) for text in ("none", "smote", "focal", "self_paced(n_members=2)", "rs2")]


@pytest.fixture
def calls(monkeypatch) -> list[int]:
    """How many networks each call of the trainer was given."""
    found: list[int] = []
    real = trainer.train

    def counted(plans):
        found.append(len(plans))
        return real(plans)

    monkeypatch.setattr(trainer, "train", counted)
    return found


def test_the_recipes_of_a_fold_train_in_one_call_and_become_what_each_becomes_alone(calls) -> None:
    space = workspace()
    plain = [recipe for recipe in RECIPES if not recipe.of("ensemble")]
    train_ahead(space, [(recipe, LEARNER) for recipe in plain])
    assert calls == [8 * len(plain)]
    for recipe in plain:
        found, alone = score(space, recipe, LEARNER), score(workspace(), recipe, LEARNER)
        np.testing.assert_array_equal(found.target, alone.target)
        np.testing.assert_array_equal(found.oof, alone.oof)
        assert found.seconds > 0.0


def test_a_recipe_that_asks_early_is_no_other_for_it() -> None:
    space = workspace()
    train_ahead(space, [(recipe, LEARNER) for recipe in RECIPES])
    found, alone = (score(s, RECIPES[3], LEARNER) for s in (space, workspace()))
    np.testing.assert_array_equal(found.target, alone.target)
    assert set(space.scores) == {key_of(recipe, LEARNER) for recipe in RECIPES}


def test_what_cannot_be_applied_or_trained_fails_alone_with_its_reason(calls) -> None:
    space, wild = (
        workspace(),
        parse_learner("torch(members=1, epochs=30, learning_rate=10, weight_decay=100)"),
    )
    two, plain = parse_recipe("weight_balancing+batch_former"), parse_recipe("none")
    train_ahead(space, [(two, LEARNER), (plain, wild), (plain, LEARNER)])
    done = len(calls)
    with pytest.raises(NotApplicableError, match="all change the network"):
        score(space, two, LEARNER)
    with pytest.raises(ArithmeticError, match="not a number in epoch"):
        score(space, plain, wild)
    np.testing.assert_array_equal(
        score(space, plain, LEARNER).target, score(workspace(), plain, LEARNER).target
    )
    assert len(calls) == done + 1  # of the last one, alone


def test_an_error_while_all_train_is_nobodys_until_each_was_tried_alone(
    monkeypatch,
) -> None:
    def broken(*_):
        raise ZeroDivisionError("in this loss")

    monkeypatch.setattr("imbtool.methods.loss.focal.FocalObjective.derivatives", broken)
    space, focal, plain = workspace(), parse_recipe("focal"), parse_recipe("none")
    with pytest.raises(ZeroDivisionError):
        train_ahead(space, [(plain, LEARNER), (focal, LEARNER)])
    assert not space.scores
    assert not space.failures
    assert score(space, plain, LEARNER).seconds > 0.0
    with pytest.raises(ZeroDivisionError):
        score(space, focal, LEARNER)


@pytest.mark.parametrize("sampler", ["", "smote+", "under_bagging(n_bags=2)+"])
def test_groups_of_a_column_are_those_of_the_rows_that_train(sampler) -> None:
    found = score(workspace(), parse_recipe(f"{sampler}group_dro(group=d)"), LEARNER)
    plain = score(workspace(), parse_recipe(f"{sampler}group_dro"), LEARNER)
    assert np.isfinite(found.target).all()
    assert (found.target != plain.target).any()
