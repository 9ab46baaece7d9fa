"""A comparison before it runs: the data, what is compared and on which folds, all resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imbtool.data.companion import read_companions, remarks, with_companions
from imbtool.data.splits import outer_splits, resolve_folds
from imbtool.evaluation import plan
from imbtool.evaluation.choice import check_positives, check_splits, named_test, notes_on
from imbtool.evaluation.errands import Shared
from imbtool.evaluation.result import IN_TIME, Settings
from imbtool.learners.nearness import search_device
from imbtool.recipe.aiming import stakes_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.types import FloatArray
    from imbtool.data.dataset import Dataset
    from imbtool.data.splits import Split
    from imbtool.evaluation.options import Options
    from imbtool.evaluation.plan import Candidate
    from imbtool.metrics.money import Stakes
    from imbtool.recipe.spec import LearnerSpec, RecipeSpec

_REPEATS = ((5_000, 3), (50_000, 2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """What is compared.

    Parameters
    ----------
    dataset : Dataset
    options : Options
        Checked.
    recipes, learners : tuple
    auto : bool
        Whether the learner that is given every treatment is chosen on the way.
    folds, repeats : int
    splits : tuple of Split
    notes : tuple of str
        What the reader should know about the folds.
    stakes : Stakes, optional
        What is at stake in each row, where a price was asked.
    device : {"cpu", "cuda"}
        What searches for neighbours.
    tables : mapping of str to ndarray of float64, shape (k, n_features)
        The second tables that recipes name, by their paths; the fingerprint of the data counts them in.
    """

    dataset: Dataset
    options: Options
    recipes: tuple[RecipeSpec, ...]
    learners: tuple[LearnerSpec, ...]
    auto: bool
    folds: int
    repeats: int
    splits: tuple[Split, ...]
    notes: tuple[str, ...]
    stakes: Stakes | None = None
    device: str = "cpu"
    tables: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: Dataset, options: Options) -> Design:
        """Resolve what was asked for; raise `DataError` when the data cannot be split so."""
        learners, auto = plan.read_learners(options.learners, fast=options.fast, device=options.device)
        device, slower = search_device(options.device)
        folds, notes = resolve_folds(dataset, options.folds)
        repeats = options.repeats
        if repeats is None:
            repeats = auto_repeats(dataset.n_rows, dataset.n_classes, fast=options.fast)
        splits, more = outer_splits(dataset, folds=folds, repeats=repeats, seed=options.seed)
        recipes = plan.read_methods(options.methods, options.price)
        tables = read_companions(dataset, (path for recipe in recipes for path in recipe.tables))
        test = named_test(options.test)
        check_splits(test, len(splits), in_time=dataset.time is not None)
        check_positives(test, dataset.counts[dataset.rare])
        about_test = notes_on(test, len(splits))
        return cls(
            dataset=with_companions(dataset, tables),
            options=options,
            recipes=recipes,
            learners=learners,
            auto=auto,
            folds=folds,
            repeats=1 + max(s.repeat for s in splits),
            splits=tuple(splits),
            notes=(*notes, *more, *about_test, *slower, *remarks(tables)),
            tables={path: table.X for path, table in tables.items()},
            stakes=stakes_in(dataset, options.price),
            device=device,
        )

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Repeat and fold of every split, in order."""
        return tuple((s.repeat, s.fold) for s in self.splits)

    @property
    def shares(self) -> list[float]:
        """Share of each class in the data."""
        counts = self.dataset.counts
        return [c / sum(counts) for c in counts]

    @property
    def reach(self) -> float:
        """What money there is to gain over the best policy that looks at no row, mean a row."""
        return 1.0 if self.stakes is None else self.stakes.reach()

    def first(self) -> tuple[Candidate, ...]:
        """Return the rows that do not depend on any result: with ``auto``, every learner untreated."""
        recipes = [r for r in self.recipes if r.cost == 0] if self.auto else self.recipes
        return plan.candidates(recipes, self.learners)

    def second(self, chosen: LearnerSpec) -> tuple[Candidate, ...]:
        """Return the rows that ``auto`` gives to the learner it has chosen."""
        return plan.candidates([r for r in self.recipes if r.cost > 0], (chosen,))

    def refusal(self, row: Candidate) -> str:
        """Return why a row is not run at all; empty when it is."""
        return plan.not_applicable(row, self.options.inner_folds, price=self.options.price)

    def settings(self) -> Settings:
        """Return the resolved settings."""
        return Settings(
            metric=self.options.ranks_by,
            threshold_metric=self.options.chooses_by,
            folds=self.folds,
            repeats=self.repeats,
            inner_folds=self.options.inner_folds,
            rope=self.options.rope,
            seed=self.options.seed,
            learners=(plan.AUTO,) if self.auto else tuple(map(str, self.learners)),
            methods=tuple(map(str, self.recipes)),
            splitter=_splitter(self.dataset),
            max_rows=self.options.max_rows,
            fast=self.options.fast,
            price=self.options.price,
            test=self.options.tests_by,
            correction=self.options.corrects_by,
        )

    def shared(self) -> Shared:
        """Return what every task needs."""
        d, options = self.dataset, self.options
        # The price too: what some losses train on is the money at stake.
        price = repr(options.price)
        key = (d.fingerprint, options.seed, self.folds, options.inner_folds, options.chooses_by, price)
        return Shared(
            run="/".join(map(str, key)),
            X=d.X,
            y=d.y,
            weight=d.weight,
            group=d.group,
            time=d.time,
            layout=d.layout,
            classes=d.classes,
            splits=self.splits,
            inner_folds=options.inner_folds,
            threshold_metric=options.chooses_by,
            seed=options.seed,
            price=options.price,
            stakes=self.stakes,
            device=self.device,
            tables=self.tables,
        )


def _splitter(dataset: Dataset) -> str:
    if dataset.time is not None:
        return IN_TIME + (", groups apart" if dataset.group is not None else "")
    return "stratified by class, groups apart" if dataset.group is not None else "stratified by class"


def auto_repeats(n_rows: int, n_classes: int = 2, *, fast: bool = False) -> int:
    """Return how often the folds are redrawn: small data is noisy and cheap, large is neither.

    Each class beyond two costs half as much as the table of two did. Where speed is asked for there is one
    repeat less, but one.
    """
    work = n_rows * n_classes / 2
    repeats = next((repeats for bound, repeats in _REPEATS if work <= bound), 1)
    return max(1, repeats - 1) if fast else repeats
