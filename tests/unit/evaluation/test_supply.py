"""Who gets which task."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from imbtool.engine.supply import one_by_one
from imbtool.evaluation.joints import Joints
from imbtool.evaluation.options import Options
from imbtool.evaluation.plan import Joint, Task, joined, tasks_of
from imbtool.evaluation.supply import FoldSupply
from imbtool.recipe.spec import LearnerSpec, RecipeSpec, Step


def task(fold: int, name: str) -> Task:
    training = RecipeSpec((Step(name),))
    return Task(learner=LearnerSpec("lightgbm"), training=training, recipes=(training,), repeat=0, fold=fold)


TASKS = [task(fold, name) for fold in range(3) for name in ("smote", "adasyn", "tomek")]


def everything(_: Task) -> bool:
    return True


def test_a_worker_stays_with_its_fold_and_a_second_one_gets_another() -> None:
    supply = FoldSupply(TASKS, everything)
    one, two = supply.take(None), supply.take(None)
    assert (one.fold, two.fold) == (0, 1)
    assert [supply.take(two).fold, supply.take(one).fold, supply.take(one).fold] == [1, 0, 0]


def test_a_worker_without_a_fold_of_its_own_helps_where_most_is_left() -> None:
    supply = FoldSupply(TASKS, everything)
    one = two = None
    for _ in range(3):
        one = supply.take(one)
    two = supply.take(two)
    third = supply.take(one)
    assert (two.fold, third.fold) == (1, 2)
    two = supply.take(two)
    fourth = supply.take(None)
    assert fourth.fold == 2
    assert supply.take(two).fold == 1
    assert supply.take(two).fold == 2
    assert supply.take(two) is None


def test_every_task_is_handed_out_once_whoever_asks() -> None:
    supply = FoldSupply(TASKS, everything)
    lasts = [None, None, None]
    found = []
    for turn in range(20):
        given = supply.take(lasts[turn % 3])
        if given is not None:
            lasts[turn % 3] = given
            found.append(given)
    assert sorted(map(str, found)) == sorted(map(str, TASKS))
    assert supply.taken == found


def test_of_a_fold_the_unknown_come_first_and_then_the_longest() -> None:
    known = {t.words: s for t, s in zip(TASKS[1:3], (1.0, 2.0), strict=True)}
    supply = FoldSupply(TASKS, everything, known)
    last, names = None, []
    while (last := supply.take(last)) is not None:
        names.append((last.fold, str(last.training)))
    assert names == [(fold, name) for fold in range(3) for name in ("smote", "tomek", "adasyn")]


def test_a_task_that_is_not_wanted_any_more_is_passed_over() -> None:
    supply = FoldSupply(TASKS, lambda t: str(t.training) != "adasyn")
    last, names = None, []
    while (last := supply.take(last)) is not None:
        names.append((last.fold, str(last.training)))
    assert names == [(fold, name) for fold in range(3) for name in ("smote", "tomek")]


def net(fold: int, name: str, **params) -> Task:
    training = RecipeSpec((Step(name),))
    learner = LearnerSpec("torch", tuple(sorted(params.items())))
    return Task(learner=learner, training=training, recipes=(training,), repeat=0, fold=fold)


def test_only_networks_of_one_fold_are_put_together_and_not_more_than_so_many() -> None:
    nets = [net(fold, name) for fold in range(2) for name in ("smote", "adasyn", "tomek")]
    found = joined([*TASKS[:1], *nets], "fold", 2)
    assert found == [
        TASKS[0],
        Joint(tasks=(nets[0], nets[1])),
        nets[2],
        Joint(tasks=(nets[3], nets[4])),
        nets[5],
    ]
    assert joined(nets, "recipe", 9) == nets
    assert joined(nets, "fold", 1) == nets


def test_auto_puts_networks_together_where_they_train_on_a_gpu() -> None:
    on_cpu, on_gpu = (
        [net(0, name, **more) for name in ("smote", "adasyn")] for more in ({}, {"device": "cuda"})
    )
    assert joined(on_cpu, "auto", 9) == on_cpu
    assert joined(on_gpu, "auto", 9) == [Joint(tasks=tuple(on_gpu))]


def test_what_was_put_together_is_handed_out_as_one_without_what_is_not_wanted_any_more() -> None:
    nets = [net(0, name) for name in ("smote", "adasyn", "tomek")]
    work = [TASKS[0], Joint(tasks=tuple(nets))]
    assert list(one_by_one(FoldSupply(work, everything))) == work
    for lost, left in (({"adasyn"}, Joint(tasks=(nets[0], nets[2]))), ({"adasyn", "tomek"}, nets[0])):
        supply = FoldSupply(work[1:], lambda t, lost=lost: str(t.training) not in lost)
        assert list(one_by_one(supply)) == [left]
    assert list(one_by_one(FoldSupply(work[1:], lambda _: False))) == []


@pytest.mark.parametrize(("memory", "pieces"), [(None, 1), (4 << 20, 2), (100 << 10, 4)])
def test_little_memory_puts_fewer_networks_together(memory, pieces) -> None:
    options = Options(together="fold", max_memory=memory, jobs=2)
    design = SimpleNamespace(options=options, dataset=SimpleNamespace(X=np.zeros((1000, 2))))
    nets = [net(0, name) for name in ("smote", "adasyn", "tomek", "cnn")]
    joints = Joints(design)
    work = joints.of(nets, measured=False)
    assert len(work) == pieces
    assert [task for piece in work for task in tasks_of(piece)] == nets
    assert joints.of(nets, measured=True) == nets


def test_after_one_lot_was_stopped_no_other_is_made() -> None:
    options = Options(together="fold")
    joints = Joints(SimpleNamespace(options=options, dataset=SimpleNamespace(X=np.zeros((9, 2)))))
    nets = [net(0, name) for name in ("smote", "adasyn")]
    (lot,) = joints.of(nets, measured=False)
    assert joints.apart(lot) == tuple(nets)
    assert joints.of(nets, measured=False) == nets
