"""``imbtool compare``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command
from imbtool.cli.options import common_options, comparison_options, data_options, json_option, output_option
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.cli.repeat import command_line
from imbtool.core.errors import ExitCode
from imbtool.report.words import duration

if TYPE_CHECKING:
    from imbtool.api import ComparisonReport
    from imbtool.cli.terminal import Terminal

EPILOG = """
DATA is a CSV, TSV, Parquet or Feather file (also compressed: gz, zip, zst), - for
standard input, or the name of a data set that comes with imbtool.

Examples:
  imbtool compare claims.csv --target fraud
  imbtool compare digits8 -t is_eight --methods "class_weight,smote(k_neighbors=3)" -o report.html
"""


@click.command(cls=Command, epilog=EPILOG)
@data_options
@comparison_options
@json_option
@output_option
@common_options
@click.pass_context
def compare(ctx: click.Context, /, data: str, as_json: bool, output: str | None, **settings: Any) -> int:
    """Compare treatments of a rare class, give a verdict."""
    terminal: Terminal = ctx.obj
    begun = time.monotonic()
    destination = Destination(output) if output else None
    settings["learners"] = settings["learners"] or ("auto",)
    settings["methods"] = settings["methods"] or None
    with progress(terminal, f"reading {'standard input' if data == '-' else data}") as shown:
        from imbtool.api import compare as run

        report = run(data, progress=shown, command=command_line(ctx), **settings)
    if destination:
        destination.write(_rendered(report, Path(output or "").suffix.lower()))
    _answer(report, terminal, as_json=as_json)
    written = f", written to {output}" if output else ""
    terminal.say(f"{duration(time.monotonic() - begun)} in all{written}")
    return _exit_code(report)


def _rendered(report: ComparisonReport, suffix: str) -> str:
    if suffix in (".html", ".htm"):
        return report.to_html()
    return report.to_markdown() if suffix == ".md" else report.to_json()


def _answer(report: ComparisonReport, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.answer(report.to_json())
        return
    from imbtool.report.terminal import render

    terminal.show(lambda out: render(report.comparison, out, verbose=terminal.verbose))


def _exit_code(report: ComparisonReport) -> int:
    if not report.comparison.complete:
        return ExitCode.INTERRUPTED
    broken = any(trial.status in ("failed", "cut-off") for trial in report.comparison.trials)
    return ExitCode.PARTIAL if broken else ExitCode.OK
