"""``imbtool completion``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imbtool.cli.base import Command
from imbtool.cli.common import common_options

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
Examples:
  eval "$(imbtool completion bash)"
  imbtool completion fish > ~/.config/fish/completions/imbtool.fish
"""


@click.command(cls=Command, epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="bash|zsh|fish")
@common_options
@click.pass_obj
def completion(terminal: Terminal, /, shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is not None:
        script = kind(click.Command("imbtool"), {}, "imbtool", "_IMBTOOL_COMPLETE")
        terminal.answer(script.source_template % script.source_vars() + "\n")
