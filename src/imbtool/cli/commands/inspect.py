"""``imbtool inspect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imbtool.cli.base import Command
from imbtool.cli.common import common_options, json_option

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
The file is checked whole, as before predicting; nothing in it is executed.

Examples:
  imbtool inspect model.imb
  imbtool inspect model.imb --json | jq .metrics.cross_validated
"""


@click.command(cls=Command, epilog=EPILOG)
@click.argument("model", metavar="MODEL", type=click.Path())
@json_option
@common_options
@click.pass_obj
def inspect(terminal: Terminal, /, model: str, as_json: bool) -> None:
    """Show what a model is and how good it was."""
    from imbtool.bundle.describe import describe
    from imbtool.bundle.files import load

    loaded = load(model)
    if as_json:
        terminal.answer(loaded.manifest.to_json())
        return
    terminal.answer(describe(loaded.manifest, verbose=terminal.verbose))
    for note in loaded.version_notes:
        terminal.say(note)
