"""``imbtool compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command
from imbtool.cli.common import common_options, json_option
from imbtool.cli.comparing import compare_and_tell
from imbtool.cli.options import (
    comparison_options,
    data_options,
    dry_run_option,
    no_store_option,
    output_option,
    plot_option,
    store_option,
)
from imbtool.cli.planning import plan_and_tell
from imbtool.cli.repeat import command_line
from imbtool.cli.storage import planning_store, writing_store

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
DATA is a CSV, TSV, Parquet or Feather file (also compressed: gz, zip, zst), - for
standard input, or the name of a data set that comes with imbtool.

Every trial is kept as soon as it is done: the same command again resumes.

Examples:
  imbtool compare claims.csv --target fraud
  imbtool compare claims.csv --target fraud --dry-run
  imbtool compare digits8 -t is_eight --methods "class_weight,smote(k_neighbors=3)" -o report.html
"""


@click.command(cls=Command, epilog=EPILOG)
@data_options
@comparison_options
@dry_run_option
@json_option
@output_option
@plot_option
@store_option
@no_store_option
@common_options
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    output: str | None,
    plot: str | None,
    store: str | None,
    no_store: bool,
    dry_run: bool,
    **settings: Any,
) -> int:
    """Compare treatments of a rare class, give a verdict."""
    terminal: Terminal = ctx.obj
    settings["learners"] = settings["learners"] or ("auto",)
    settings["methods"] = settings["methods"] or None
    if dry_run:
        with planning_store(store, off=no_store) as kept:
            return plan_and_tell(terminal, store=kept, **settings)
    with writing_store(terminal, store, off=no_store) as kept:
        return compare_and_tell(
            terminal, output=output, plot=plot, command=command_line(ctx), store=kept, **settings
        )
