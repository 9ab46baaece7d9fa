"""Which value each setting has, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator


def settings_of(root: click.Context) -> list[dict[str, Any]]:
    """Return one row an option of every command that has settings.

    Each row holds ``command``, ``name``, ``value`` (as given), ``text`` (as shown) and ``origin``:
    ``default``, the environment variable or the configuration file.
    """
    return list(_rows(root))


def _rows(root: click.Context) -> Iterator[dict[str, Any]]:
    group = root.command
    if not isinstance(group, click.Group):
        return
    config: Config = root.meta.get("imbtool.config", Config())
    for name in ("compare",):
        command = group.get_command(root, name)
        filled = (root.default_map or {}).get(name, {})
        for option in command.params if command else ():
            if isinstance(option, click.Option) and option.name not in ("as_json", "output", "traceback"):
                yield {
                    "command": name,
                    "name": option.opts[0].lstrip("-"),
                    **_value(option, filled, config, root),
                }


def _value(
    option: click.Option, filled: dict[str, Any], config: Config, root: click.Context
) -> dict[str, Any]:
    variable = option.resolve_envvar_value(root)
    if variable is not None:
        return {"value": variable, "text": variable, "origin": f"environment {option.envvar}"}
    if option.name in filled:
        value = filled[option.name]
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return {"value": value, "text": text, "origin": str(config.path)}
    value = option.to_info_dict()["default"]
    value = None if callable(value) or (value == ()) else value
    text = (
        option.show_default if isinstance(option.show_default, str) else "-" if value is None else str(value)
    )
    return {"value": value, "text": text, "origin": "default"}
