"""The outer and the inner networks of a recipe train together and become what each becomes alone."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="imbtool[torch] is not installed")

from imbtool.core.types import Layout
from imbtool.data.splits import inner_splits
from imbtool.learners.torch import trainer
from imbtool.recipe import parse_learner, parse_recipe
from imbtool.recipe.training import score, train
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
