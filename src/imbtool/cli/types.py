# ruff: noqa: ARG001, ARG002 - the signatures are those of Click
"""Types of option values: names from the catalogues, recipes; checked and completed without heavy imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.quantities import bytes_of, seconds_of
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.shell_completion import CompletionItem

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # takes no type argument before Click 8.3


def split_list(text: str) -> tuple[str, ...]:
    """Return the parts of a comma list; commas inside parentheses do not separate."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return tuple(part.strip() for part in parts if part.strip())


class ListType(ParamType):
    """A comma list; the option may also be repeated. With `single` one word, given back as text."""

    name = "list"

    def __init__(self, *, single: bool = False) -> None:
        self.single = single

    def split_envvar_value(self, rv: str) -> list[str]:
        """Keep the value of a variable in one piece; `convert` splits it."""
        return [rv]

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...] | str:
        """Split and check."""
        if isinstance(value, tuple):
            return value
        if self.single:
            self.check(str(value))
            return str(value)
        names = split_list(value)
        for name in names:
            self.check(name)
        return names

    def check(self, name: str) -> None:
        """Raise an error for a name that is not known."""

    def words(self) -> Iterable[tuple[str, str]]:
        """Return the words to complete with, and what they mean."""
        return ()

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Complete the last word of the list."""
        head, comma, last = incomplete.rpartition(",")
        step, plus, last = last.rpartition("+")
        return completions(self.words(), last, before=f"{head}{comma}{step}{plus}")


class RecipesType(ListType):
    """Recipes such as ``smote(k_neighbors=3)+threshold``."""

    name = "recipes"

    def check(self, name: str) -> None:
        """Raise what the recipe parser raises."""
        from imbtool.recipe.parser import expanded, parse_recipe

        if name.casefold() != "all" or self.single:
            for recipe in [name] if self.single else expanded(name):
                parse_recipe(recipe)

    def words(self) -> Iterable[tuple[str, str]]:
        """Return the methods."""
        every = [] if self.single else [("all", "Every method by itself")]
        return [*every, *((row.name, row.summary) for row in registry.methods().values())]


class LearnersType(ListType):
    """Names of learners, or ``auto``."""

    name = "learners"

    def check(self, name: str) -> None:
        """Raise what the learner parser raises."""
        if name != "auto" or self.single:
            from imbtool.recipe import parse_learner

            parse_learner(name)

    def words(self) -> Iterable[tuple[str, str]]:
        """Return the learners."""
        return [("auto", "Choose"), *((row.name, row.summary) for row in registry.learners().values())]


class MetricType(ParamType):
    """A metric of the catalogue; ``decision`` allows only those that thresholds can be chosen by."""

    name = "metric"

    def __init__(self, *, decision: bool = False) -> None:
        self.decision = decision

    def names(self) -> list[str]:
        """Return the names that may be given."""
        if not self.decision:
            return list(registry.metrics())
        from imbtool.methods.postprocess.aims import OWN_BEST

        return list(OWN_BEST)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the catalogue name."""
        name = registry.metric(str(value)).name
        if name not in self.names() and (self.decision or name not in registry.asked()):
            raise UsageError(
                f"--threshold-metric must be a metric that depends on the threshold; got {name!r}.",
                hint=did_you_mean(name, self.names(), listing=f"One of: {', '.join(self.names())}."),
                code="bad-threshold-metric",
            )
        return name

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,
        incomplete: str,
    ) -> list[CompletionItem]:
        """Complete from the catalogue."""
        return completions([(n, registry.metric(n).summary) for n in self.names()], incomplete)


class QuantityType(ParamType):
    """A duration or a size, checked and kept as it was written."""

    def __init__(self, kind: Literal["duration", "size"]) -> None:
        self.name = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text; raise what reading it raises."""
        name = (param and param.name) or self.name
        if self.name == "size":
            bytes_of(value, name)
        else:
            seconds_of(value, name)
        return str(value)


def completions(
    words: Iterable[tuple[str, str]], incomplete: str, *, before: str = ""
) -> list[CompletionItem]:
    """Return the words that begin with `incomplete`, each after `before`."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(before + w, help=text) for w, text in words if w.startswith(incomplete)]


def dataset_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of data sets."""
    from imbtool.data.bundled import list_datasets

    return completions([(info.name, info.summary) for info in list_datasets()], incomplete)


def data_sources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of data sets, or let the shell complete files."""
    from click.shell_completion import CompletionItem

    return dataset_names(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]
