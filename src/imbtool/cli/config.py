# ruff: noqa: PTH109, PTH113, PTH118, PTH120 - every command looks here, and pathlib would be the dearest part of it
"""Settings from ``imbtool.toml`` or ``[tool.imbtool]``: found, checked whole, then given to Click."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from imbtool.core.errors import ImbtoolError
from imbtool.core.settings import key_of, read_toml, refuse, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NOT_IN_FILE = (
    *("as_json", "output", "csv", "junit", "markdown", "plot", "dry_run", "traceback", "data", "help"),
)


class Config(NamedTuple):
    """What a configuration file says; `path` is None when there is none.

    No dataclass: making one takes longer than all else that a command without a file does here.
    """

    path: Path | None = None
    values: Mapping[str, Any] = MappingProxyType({})


def find(start: str) -> Config:
    """Return the nearest configuration, looking in the folder `start` and those above it."""
    folder = start
    while True:
        own, project = os.path.join(folder, "imbtool.toml"), os.path.join(folder, "pyproject.toml")
        if os.path.isfile(own):
            return read(own)
        if os.path.isfile(project):
            found = read(project)
            if found.values:
                return found
        above = os.path.dirname(folder)
        if above == folder:
            return Config()
        folder = above


def read(file: str) -> Config:
    """Return what a file says; raise `ConfigError` when it cannot be read."""
    from pathlib import Path

    path = Path(file)
    _, document = read_toml(path, what="configuration file", hint="Check --config and IMBTOOL_CONFIG.")
    if path.name == "pyproject.toml":
        tool = document.get("tool", {})
        document = tool.get("imbtool", {}) if isinstance(tool, dict) else {}
    return Config(path=path, values=document if isinstance(document, dict) else {})


def apply_config(ctx: click.Context, group: click.Group) -> None:
    """Fill the defaults of all commands of `group` from the configuration file."""
    given = ctx.params.get("config")
    config = read(given) if given else _nearest()
    ctx.meta["imbtool.config"] = config
    if config.values:
        ctx.default_map = defaults(config, ctx, group)


def _nearest() -> Config:
    """Return the configuration of the working folder; none when that folder has been deleted."""
    try:
        return find(os.getcwd())
    except FileNotFoundError:
        return Config()


def defaults(config: Config, ctx: click.Context, group: click.Group) -> dict[str, Any]:
    """Return Click's default map for a configuration; raise one error that names every fault."""
    commands = dict(_commands(ctx, group))
    faults: list[str] = []
    general = {k: v for k, v in config.values.items() if k not in commands}
    known = {name for command in commands.values() for name in _options(command)}
    faults += unknown(general, known | set(commands))
    result: dict[str, Any] = {}
    for name, command in commands.items():
        table = config.values.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"`{name}` must be a table, written [{name}].")
            continue
        faults += unknown(table, _options(command), f"{name}.")
        result[name] = _checked(command, general, table, ctx, faults)
    refuse(
        config.path,
        list(dict.fromkeys(faults)),
        hint="`imbtool config show` lists the settings; docs/configuration.md explains them.",
    )
    return result


def _commands(ctx: click.Context, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Return the commands that have settings of their own."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is not None and not isinstance(command, click.Group):
            yield name, command


def _options(command: click.Command) -> dict[str, click.Option]:
    return {
        p.name: p
        for p in command.params
        if isinstance(p, click.Option) and p.name and p.name not in NOT_IN_FILE
    }


def _checked(
    command: click.Command,
    general: Mapping[str, Any],
    table: Mapping[str, Any],
    ctx: click.Context,
    faults: list[str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    options = _options(command)
    for prefix, values in (("", general), (f"{command.name}.", table)):
        for name, value in values.items():
            option = options.get(key_of(name))
            if option is None:
                continue
            fault = _fault(option, value, ctx)
            if fault:
                faults.append(f"`{prefix}{name}`: {fault}")
            found[key_of(name)] = [value] if option.multiple and isinstance(value, str) else value
    return found


def _fault(option: click.Option, value: Any, ctx: click.Context) -> str:
    """Return what is wrong with a value, or nothing."""
    items = value if option.multiple and isinstance(value, list) else [value]
    for item in items:
        if isinstance(item, bool) is not option.is_flag or not isinstance(item, str | int | float):
            want = "true or false" if option.is_flag else f"a value like {option.opts[-1]} takes"
            return f"must be {want}; got {item!r}."
        try:
            option.type.convert(
                item if not isinstance(item, int) or option.is_flag else str(item), option, ctx
            )
        except click.BadParameter as error:
            return error.message
        except ImbtoolError as error:
            return f"{error.message} {error.hint}".rstrip()
    return ""
