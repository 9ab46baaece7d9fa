"""The command that repeats a run, whatever its settings came from."""

from __future__ import annotations

import shlex
from typing import Any

import click
from click.core import ParameterSource

from imbtool.cli.terminal import SHARED
from imbtool.core.quantities import spell_number

NO_INFLUENCE = (
    *SHARED,
    *("as_json", "output", "csv", "junit", "markdown", "plot", "dry_run", "store", "no_store", "help"),
)


def command_line(ctx: click.Context) -> str:
    """Return the command with every setting that is not a default, from wherever it came."""
    words = [ctx.command_path]
    options: list[str] = []
    for param in ctx.command.params:
        name = param.name or ""
        if name in NO_INFLUENCE or ctx.get_parameter_source(name) is ParameterSource.DEFAULT:
            continue
        value = ctx.params.get(name)
        if isinstance(param, click.Argument):
            words.append(shlex.quote(str(value)))
        elif value not in (None, ()):
            options += _option(param.opts[0], value, comma=hasattr(param.type, "check"))
    return " ".join([*words, *options])


def _option(name: str, value: Any, *, comma: bool) -> list[str]:
    if isinstance(value, bool):
        return [name] if value else []
    if not isinstance(value, tuple):
        return [name, shlex.quote(spell_number(value) if isinstance(value, float) else str(value))]
    if comma:
        return [name, shlex.quote(",".join(value))]
    return [word for item in value for word in (name, shlex.quote(item))]
