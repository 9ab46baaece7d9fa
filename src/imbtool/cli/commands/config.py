"""``imbtool config``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from imbtool.cli.base import Command, LazyGroup
from imbtool.cli.common import common_options, json_option
from imbtool.cli.listing import aligned
from imbtool.cli.origin import settings_of

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
Examples:
  imbtool config show
  IMBTOOL_SEED=7 imbtool config show --json
"""


@click.group(
    cls=LazyGroup,
    table={"show": ("imbtool.cli.commands.config:show", "Print each setting, its value and its origin.")},
    epilog=EPILOG,
)
def config() -> None:
    """Show the settings in force and where they come from."""


@click.command(cls=Command, epilog=EPILOG)
@json_option
@common_options
@click.pass_context
def show(ctx: click.Context, /, as_json: bool) -> None:
    """Print each setting, its value and its origin."""
    terminal: Terminal = ctx.obj
    rows = settings_of(ctx.find_root())
    if as_json:
        terminal.answer(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    lines = [(row["command"], row["name"], row["text"], row["origin"]) for row in rows]
    terminal.answer(aligned(("command", "setting", "value", "origin"), lines))
