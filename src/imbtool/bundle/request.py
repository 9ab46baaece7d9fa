"""What is to be fitted: given outright, or taken from a comparison."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.price import NAMES
from imbtool.core.quantities import spell_number
from imbtool.data.infer import CATEGORIES_AS_ASKED, LEFT_OUT_AS_ASKED
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.price import Price
    from imbtool.core.types import Device
    from imbtool.evaluation.result import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRequest:
    """How to read a table and what to fit on it; None where nothing was said."""

    target: Any = None
    positive: str | None = None
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    drop: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    max_rows: int | None = None
    recipe: str | None = None
    learner: str | None = None
    threshold_metric: str | None = None
    seed: int | None = None
    price: Price | None = None
    device: Device | None = None
    calibration_rows: float | None = None
    bootstrap: int | None = None

    @property
    def reading(self) -> dict[str, Any]:
        """The arguments of `load_dataset`."""
        money = (
            {} if self.price is None else {"cost": self.price.cost_column, "value": self.price.value_column}
        )
        names = ("target", "positive", "weight", "group", "time", "drop", "categorical", "max_rows")
        return {name: getattr(self, name) for name in names} | {"seed": self.seed or 0} | money

    def filled(self, comparison: Comparison | None) -> FitRequest:
        """Return the request with what a comparison says wherever nothing was said, then defaults.

        Raises
        ------
        UsageError
            Code ``what-to-fit`` when there is neither a comparison nor a recipe, or no target.
        """
        base = FitRequest() if comparison is None else of_comparison(comparison)
        given: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        said = {k: v for k, v in given.items() if v is not None and not (isinstance(v, tuple) and not v)}
        request = replace(base, **said)
        if request.recipe is None:
            raise UsageError(
                "It is not said what to fit.",
                hint="Give --recipe, for example --recipe threshold, or --from comparison.json.",
                code="what-to-fit",
            )
        if request.target is None:
            raise UsageError(
                "It is not said which column is the target.",
                hint="Name it: --target COLUMN",
                code="what-to-fit",
            )
        asked = None if request.price is None else request.price.threshold_metric
        defaults = {"learner": "lightgbm", "threshold_metric": asked or "f1", "seed": 0}
        missing: dict[str, Any] = {
            name: value for name, value in defaults.items() if getattr(request, name) is None
        }
        return replace(request, **missing)

    def command(self, data: str) -> str:
        """Return the shell command that fits this."""
        words = ["imbtool", "fit", data, *self._reading_words()]
        if self.threshold_metric not in (None, "f1"):
            words += ["--threshold-metric", str(self.threshold_metric)]
        if self.price is not None:
            for name in NAMES:
                value = getattr(self.price, name)
                if value is not None:
                    words += [f"--{name.replace('_', '-')}", _spelt(value)]
        if self.seed:
            words += ["--seed", str(self.seed)]
        words += ["--recipe", str(self.recipe), "--learner", str(self.learner), "-o", "model.imb"]
        return shlex.join(words)

    def _reading_words(self) -> list[str]:
        """Return the options that say how the table is read, and which rows are held back."""
        words: list[str] = []
        for name in ("target", "positive", "weight", "group", "time"):
            if getattr(self, name) is not None:
                words += [f"--{name}", str(getattr(self, name))]
        for name in ("drop", "categorical"):
            words += [word for column in getattr(self, name) for word in (f"--{name}", column)]
        for name in ("max_rows", "calibration_rows"):
            if getattr(self, name) is not None:
                words += [f"--{name.replace('_', '-')}", spell_number(getattr(self, name))]
        return words


def to_fit(recipe: str, price: Price | None, metric: str) -> str:
    """Return the recipe that decides as it was judged by a metric: decisions were judged at a threshold.

    A recipe that neither trains otherwise nor moves the threshold was judged at the default one, but for
    a capacity and for floors. Where rows were ranked by what reads no decisions, and nothing was asked of
    them, the recipe stays what it is.
    """
    spec = parse_recipe(recipe)
    decided = price is not None or registry.metric(metric).family == "decision"
    if not decided or spec.of("threshold"):
        return recipe
    moved = spec.training.steps or (price is not None and (price.capacity or price.floors))
    return str(parse_recipe("threshold" if not spec.steps else f"{recipe}+threshold")) if moved else recipe


def _spelt(value: float | str) -> str:
    return value if isinstance(value, str) else spell_number(value)


def of_comparison(comparison: Comparison) -> FitRequest:
    """Return the request to fit the verdict of a comparison on a table read the same way."""
    data, settings = comparison.dataset, comparison.settings
    roles: Mapping[str, str] = {column.role: column.name for column in data.columns}
    asked = {column.name: column.reason for column in data.columns}
    return FitRequest(
        target=data.target,
        positive=data.classes[-1] if data.task == "binary" else None,
        weight=roles.get("weight"),
        group=roles.get("group"),
        time=roles.get("time"),
        drop=tuple(name for name, reason in asked.items() if reason == LEFT_OUT_AS_ASKED),
        categorical=tuple(name for name, reason in asked.items() if reason == CATEGORIES_AS_ASKED),
        max_rows=settings.max_rows,
        recipe=to_fit(comparison.verdict.recipe, settings.price, settings.metric),
        learner=comparison.verdict.learner,
        threshold_metric=settings.threshold_metric,
        seed=settings.seed,
        price=settings.price,
    )
