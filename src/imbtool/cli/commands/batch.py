"""``imbtool batch``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from imbtool.cli.base import Command, Setting
from imbtool.cli.batching import listed, run_and_tell
from imbtool.cli.common import common_options, json_option
from imbtool.cli.options import no_store_option, store_option, work_options
from imbtool.cli.repeat import command_line
from imbtool.cli.storage import writing_store
from imbtool.cli.types import MetricType

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.cli.terminal import Terminal

OVER = ("metric", "rope", "max_rows")
EPILOG = """
SUITE is a TOML file: data sets (paths, patterns, names of data sets), what is run on
each, and what is one for all. docs/batch.md describes it; paths are relative to it.

Every trial is kept as soon as it is done: the same command again goes on. A data set
that cannot be used is reported, and the others go on (exit code 5).

Examples:
  imbtool batch suite.toml
  imbtool batch suite.toml --dry-run
  imbtool batch suite.toml --json -o batch.md --csv batch.csv --junit batch.xml --plot ranks.svg
"""


def _file(name: str, help_text: str) -> Callable[[Any], Any]:
    return click.option(name, cls=Setting, section="Output", metavar="FILE", help=help_text)


def _over(name: str, help_text: str, **attrs: Any) -> Callable[[Any], Any]:
    variable = "IMBTOOL_" + name.lstrip("-").replace("-", "_").upper()
    return click.option(
        name,
        cls=Setting,
        section="What to compare",
        envvar=variable,
        show_default="that of the suite",
        help=help_text,
        **attrs,
    )


@click.command(cls=Command, epilog=EPILOG)
@click.argument("suite", metavar="SUITE", type=click.Path())
@_over("--metric", "Ranks the rows.", type=MetricType(), metavar="NAME")
@_over(
    "--rope",
    "Differences up to X count as equal, in units of the metric.",
    type=click.FloatRange(min=0, max=1, max_open=True),
    metavar="X",
)
@_over(
    "--max-rows",
    "Use a stratified sample of N rows of each data set.",
    type=click.IntRange(min=10),
    metavar="N",
)
@work_options
@click.option(
    "--dry-run", cls=Setting, section="Output", is_flag=True, help="Check the suite and list what would run."
)
@json_option
@click.option(
    "--output",
    "-o",
    cls=Setting,
    section="Output",
    metavar="FILE",
    help="Also write the report, by suffix: .json, .md, .csv, .xml, .svg, else JSON.",
)
@_file("--csv", "Also write the value of every row on every data set, and the ranks.")
@_file("--junit", "Also write what was carried out as JUnit XML.")
@_file("--markdown", "Also write the report as Markdown.")
@_file("--plot", "Also draw the mean ranks with the critical difference as SVG.")
@store_option
@no_store_option
@common_options
@click.pass_context
def batch(
    ctx: click.Context, /, suite: str, dry_run: bool, store: str | None, no_store: bool, **settings: Any
) -> int:
    """Compare treatments over many data sets."""
    from imbtool.batches.reading import read_suite

    terminal: Terminal = ctx.obj
    given = {name: settings.pop(name) for name in OVER}
    # The suite goes before a configuration file, and what was given for this call before the suite.
    near = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
    over = {n: v for n, v in given.items() if v is not None and ctx.get_parameter_source(n) in near}
    under = {n: v for n, v in given.items() if v is not None and n not in over}
    found = read_suite(suite, over=over, under=under)
    if dry_run:
        terminal.answer(listed(found, as_json=settings["as_json"]))
        return 0
    with writing_store(terminal, store, off=no_store) as kept:
        return run_and_tell(terminal, found, command=command_line(ctx), store=kept, **settings)
