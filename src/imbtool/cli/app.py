"""The table of commands."""

from __future__ import annotations

from typing import Any

import click

import imbtool
from imbtool.cli.base import LazyGroup

_C = "imbtool.cli.commands"

COMMANDS = {
    "compare": (f"{_C}.compare:compare", "Compare treatments of a rare class, give a verdict."),
    "fit": (f"{_C}.fit:fit", "Fit a recipe on all rows and write the model to a file."),
    "predict": (f"{_C}.predict:predict", "Score a table with a model."),
    "eval": (f"{_C}.eval:evaluate", "Judge a model or scores on rows with known classes."),
    "inspect": (f"{_C}.inspect:inspect", "Show what a model is and how good it was."),
    "scores": (f"{_C}.scores:scores", "Score how hard each row is and how suspect its label."),
    "batch": (f"{_C}.batch:batch", "Compare treatments over many data sets."),
    "runs": (f"{_C}.runs:runs", "List, show, resume, export and prune stored runs."),
    "methods": (f"{_C}.methods:methods", "List the catalogue of methods, or explain one."),
    "datasets": (f"{_C}.datasets:datasets", "List, locate and fetch data sets."),
    "config": (f"{_C}.config:config", "Show the settings in force and where they come from."),
    "completion": (f"{_C}.completion:completion", "Print the completion script of a shell."),
}

EPILOG = """
Examples:
  imbtool compare claims.csv --target fraud
  imbtool fit claims.csv --target fraud --recipe threshold -o model.imb
  imbtool methods smote

Settings come from the command line, then from environment variables IMBTOOL_*,
then from imbtool.toml or [tool.imbtool] in pyproject.toml, then from defaults.

Exit codes:
  0  done
  1  a check that was asked for failed
  2  wrong usage
  3  data, configuration or output file cannot be used
  4  a package that is needed is not installed
  5  some methods failed, but there is a report
  70 a bug in imbtool
  130 interrupted
"""


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        print(f"imbtool {imbtool.__version__}")  # noqa: T201
        ctx.exit()


@click.group(cls=LazyGroup, table=COMMANDS, epilog=EPILOG)
@click.option(
    "--config",
    metavar="FILE",
    envvar="IMBTOOL_CONFIG",
    show_envvar=True,
    help="Configuration file; the nearest imbtool.toml or pyproject.toml otherwise.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def cli(**_: Any) -> None:
    """Find out what to do about a rare class in a table.

    imbtool runs every sensible treatment on the same leak-free folds and gives
    a verdict: what to use, how much better than doing nothing it is, how sure
    that is, what it costs and what it does to the probabilities.
    """
