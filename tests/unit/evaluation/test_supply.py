"""Who gets which task."""

from __future__ import annotations

from imbtool.evaluation.plan import Task
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


def test_a_task_that_is_not_wanted_any_more_is_passed_over() -> None:
    supply = FoldSupply(TASKS, lambda t: str(t.training) != "adasyn")
    last, names = None, []
    while (last := supply.take(last)) is not None:
        names.append((last.fold, str(last.training)))
    assert names == [(fold, name) for fold in range(3) for name in ("smote", "tomek")]
