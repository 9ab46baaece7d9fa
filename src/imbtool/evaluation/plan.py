"""What will be run: recipes x learners x folds, grouped so that one training serves several recipes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.price import Price
from imbtool.recipe.parser import expanded, parse_learner, parse_recipe, split_list
from imbtool.recipe.spec import LearnerSpec, RecipeSpec, controls, unmet_need

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AUTO = "auto"
ALL = "all"
Together = Literal["auto", "recipe", "fold"]
BY_ROW = ("expected_gain", "sigmoid+expected_gain")
"""Recipes that train nothing and decide each row by its own money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One training on one fold and the recipes that it serves: the unit that an engine hands out."""

    learner: LearnerSpec
    training: RecipeSpec
    recipes: tuple[RecipeSpec, ...]
    repeat: int
    fold: int

    @property
    def words(self) -> str:
        """What is trained."""
        return f"{self.learner} {self.training}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Tasks of one fold whose networks train together: handed out as one."""

    tasks: tuple[Task, ...]

    @property
    def words(self) -> str:
        """What is trained."""
        learners = dict.fromkeys(str(task.learner) for task in self.tasks)
        return f"{', '.join(learners)}: {len(self.tasks)} trainings together"

    @property
    def repeat(self) -> int:
        """Of the fold."""
        return self.tasks[0].repeat

    @property
    def fold(self) -> int:
        """Of the fold."""
        return self.tasks[0].fold


Work: TypeAlias = Task | Joint


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner with a recipe: a row of the table."""

    learner: LearnerSpec
    recipe: RecipeSpec


def read_learners(
    given: str | Iterable[str], *, fast: bool = False, device: str | None = None
) -> tuple[tuple[LearnerSpec, ...], bool]:
    """Return the learners named, and whether ``auto`` was asked for.

    With `fast` those that have a parameter of that name train fast. ``auto`` means all that need no
    optional package. `device` is where those train that have a choice; it is tried out now (see
    `LearnerSpec.on`).

    Raises
    ------
    UsageError
    MissingExtraError
        A learner that is named needs a package that is not installed.
    """
    learners, auto = _named_learners(given)
    for learner in learners:
        registry.learner(learner.name).require()
    placed = tuple(learner.on(device) for learner in learners)
    return (tuple(map(_hurried, placed)) if fast else placed), auto


def _hurried(learner: LearnerSpec) -> LearnerSpec:
    able = any(param.name == "fast" for param in registry.learner(learner.name).params)
    params = {**dict(learner.params), "fast": True} if able else dict(learner.params)
    return LearnerSpec(learner.name, tuple(sorted(params.items())))


def _named_learners(given: str | Iterable[str]) -> tuple[tuple[LearnerSpec, ...], bool]:
    words = _words(given)
    if AUTO in [w.casefold() for w in words] or not words:
        if len(words) > 1:
            raise UsageError(
                f"'auto' cannot stand beside other learners: {', '.join(words)}.",
                hint="Give 'auto' alone, or name the learners.",
                code="bad-learner",
            )
        rows = registry.learners().values()
        return tuple(LearnerSpec(row.name) for row in rows if not row.extra), True
    return tuple(dict.fromkeys(parse_learner(w) for w in words)), False


def read_methods(given: str | Iterable[str] | None, price: Price | None = None) -> tuple[RecipeSpec, ...]:
    """Return the recipes to compare, the controls always first (law 2).

    ``all`` stands for every method of the catalogue by itself; other recipes may stand beside it. Where a
    `price` tells the money of each row, deciding by it belongs to the controls: it trains nothing.
    """
    usual = [name for name, info in registry.methods().items() if info.default]
    words = usual if given is None else _words(given)
    names = [n for w in words for n in (registry.methods() if w.casefold() == ALL else expanded(w))]
    by_row = () if price is None or price.not_by_row else BY_ROW
    return tuple(dict.fromkeys([*controls(), *map(parse_recipe, (*by_row, *names))]))


def candidates(recipes: Sequence[RecipeSpec], learners: Sequence[LearnerSpec]) -> tuple[Candidate, ...]:
    """Return the rows of the table: recipes that bring their own learner stand in it once, under it."""
    rows = [
        Candidate(LearnerSpec(r.own_learner) if r.own_learner else learner, r)
        for learner in learners
        for r in recipes
    ]
    return tuple(dict.fromkeys(rows))


def not_applicable(candidate: Candidate, inner_folds: int, *, price: Price | None) -> str:
    """Return why this learner cannot take this recipe, before any data is seen; empty when it can.

    `price` is what was asked of the decisions.
    """
    info = registry.learner(candidate.learner.name)
    chosen = candidate.recipe.of("calibrator", "threshold")
    if chosen and not inner_folds:
        return "without inner folds nothing comes after training: no calibrator, no threshold but the default"
    for step in candidate.recipe.steps:
        if "money" in step.info.needs and price is None:
            return f"{step.name} needs decisions counted in money, such as --cost-fn 10 --cost-fp 1"
        if "row-money" in step.info.needs and (reason := (price or Price()).not_by_row):
            return f"{step.name} {reason}"
    unmet = unmet_need(candidate.recipe, info)
    return "" if unmet is None else f"{unmet[0]} ({unmet[1]})"


def tasks(rows: Iterable[Candidate], folds: Sequence[tuple[int, int]]) -> list[Task]:
    """Group the rows that share a training, and lay the groups out fold by fold."""
    groups: dict[tuple[LearnerSpec, RecipeSpec], list[RecipeSpec]] = {}
    for row in rows:
        groups.setdefault((row.learner, row.recipe.training), []).append(row.recipe)
    return [
        Task(learner=learner, training=training, recipes=tuple(recipes), repeat=repeat, fold=fold)
        for repeat, fold in folds
        for (learner, training), recipes in groups.items()
    ]


def tasks_of(work: Work) -> tuple[Task, ...]:
    """Return the tasks of what is handed out as one."""
    return work.tasks if isinstance(work, Joint) else (work,)


def spell_fold(work: Work, repeats: int, joint: str) -> str:
    """Return the fold of a task in words, and after `joint` its repeat where there are several."""
    return f"fold {work.fold + 1}" + (f"{joint}repeat {work.repeat + 1}" if repeats > 1 else "")


def joined(tasks: Iterable[Task], together: Together, most: int) -> list[Work]:
    """Return the tasks, those of a fold put together whose networks may train at once.

    Parameters
    ----------
    tasks : iterable of Task
    together : {"auto", "recipe", "fold"}
        Whether all recipes of a fold train together; ``auto`` where they train on a GPU.
    most : int
        Tasks of a `Joint`.
    """
    found: list[Work] = []
    waiting: dict[tuple[int, int], list[Task]] = {}
    for task in tasks:
        if most > 1 and _joins(task.learner, together):
            waiting.setdefault((task.repeat, task.fold), []).append(task)
        else:
            found.append(task)
    for group in waiting.values():
        for at in range(0, len(group), most):
            part = tuple(group[at : at + most])
            found.append(Joint(tasks=part) if len(part) > 1 else part[0])
    return found


def _joins(learner: LearnerSpec, together: Together) -> bool:
    wanted = together == "fold" or (together == "auto" and dict(learner.params).get("device") == "cuda")
    return wanted and registry.learner(learner.name).promises


def _words(given: str | Iterable[str]) -> list[str]:
    texts = [given] if isinstance(given, str) else list(given)
    return [word for text in texts for word in split_list(text)]
