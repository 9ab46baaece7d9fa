"""Options of every command; apart from the others, whose types read the catalogues."""

from __future__ import annotations

from functools import partial

import click

from imbtool.cli.stacking import option, stack

_out = partial(option, section="Output")

json_option = _out("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")

common_options = stack(
    _out("--quiet", "-q", is_flag=True, variable=True, help="No progress and no notes on standard error."),
    _out("--verbose", "-v", is_flag=True, variable=True, help="Show every row and every note."),
    _out(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        variable=True,
        help="Colour; auto follows NO_COLOR, FORCE_COLOR and the terminal.",
    ),
    _out("--traceback", is_flag=True, variable=True, help="Show where an error was raised."),
)
