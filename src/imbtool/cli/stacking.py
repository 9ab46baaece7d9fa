"""How options are made and added to a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from imbtool.cli.base import Setting

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


class Decorator(Protocol):
    """Adds options to a command function."""

    def __call__(self, function: F) -> F:
        """Return the function with its options."""


def option(*names: str, variable: bool = False, **attrs: Any) -> Callable[[F], F]:
    """Return an option; with `variable` it can also be set by ``IMBTOOL_<NAME>``."""
    long = max(names, key=len)
    if variable:
        attrs["envvar"] = "IMBTOOL_" + long.lstrip("-").replace("-", "_").upper()
    return click.option(*names, cls=Setting, **attrs)


def stack(*options: Callable[[Any], Any]) -> Decorator:
    """Return one decorator that adds the options in reading order."""

    def decorate(function: F) -> F:
        for add in reversed(options):
            function = add(function)
        return function

    return decorate


def flat(_ctx: click.Context, _param: click.Parameter, value: Any) -> tuple[str, ...]:
    """Join the lists of a repeated option."""
    return tuple(name for part in value or () for name in part)
