"""``imbtool fit``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from imbtool.cli.base import Command, Setting
from imbtool.cli.common import common_options, json_option
from imbtool.cli.options import engine_options, fit_options
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.core.errors import UsageError
from imbtool.core.price import NAMES
from imbtool.report.words import duration

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal
    from imbtool.evaluation.result import Comparison

EPILOG = """
DATA is read as by `imbtool compare`. Calibrator and threshold are chosen on inner
out-of-fold scores and are part of the model. With --scheduler DATA is a folder or a
pattern of files that the workers read; see docs/spread.md.

Examples:
  imbtool compare claims.csv -t fraud -o comparison.json
  imbtool fit claims.csv --from comparison.json -o model.imb
  imbtool fit claims.csv -t fraud --recipe "smote+isotonic+threshold" --learner logistic -o model.imb
"""


@click.command(cls=Command, epilog=EPILOG)
@fit_options
@engine_options
@json_option
@click.option(
    "--output",
    "-o",
    cls=Setting,
    section="Output",
    required=True,
    metavar="FILE",
    help="The model; whole or not at all.",
)
@common_options
@click.pass_context
def fit(
    ctx: click.Context, /, data: str, comparison: str | None, as_json: bool, output: str, **settings: Any
) -> None:
    """Fit a recipe on all rows and write the model to a file."""
    terminal: Terminal = ctx.obj
    begun = time.monotonic()
    destination = Destination(output)
    found = _read_comparison(ctx, comparison, data, settings)
    with progress(terminal, f"reading and fitting {'standard input' if data == '-' else data}"):
        from imbtool.bundle.face import fit as run

        model = run(data, comparison=found, **settings)
    whole = model.manifest.conformal is None  # without the rows held back it is another table
    if found and whole and found.dataset.fingerprint != model.manifest.data.fingerprint:
        terminal.say("the table is not the one of the comparison")
    with destination.stream() as file:
        file.write(model.to_bytes())
    from imbtool.bundle.describe import describe

    manifest = model.manifest
    terminal.answer(manifest.to_json() if as_json else describe(manifest, verbose=terminal.verbose))
    terminal.say(f"{duration(time.monotonic() - begun)} in all, written to {output}")


def _read_comparison(
    ctx: click.Context, source: str | None, data: str, settings: dict[str, Any]
) -> Comparison | None:
    """Return the comparison, which goes before settings that do not stand on the command line."""
    if source is None:
        return None
    if settings["recipe"] or settings["learner"]:
        raise UsageError(
            "--from brings its recipe and learner with it.",
            hint="Leave out --from, or --recipe and --learner.",
            code="what-to-fit",
        )
    if source == data == "-":
        raise UsageError(
            "Table and comparison cannot both come from standard input.",
            hint="Give one of them as a file.",
            code="what-to-fit",
        )
    for name in ("seed", "threshold_metric", "max_rows", *NAMES):
        if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            settings[name] = None
    from imbtool.data.sources import read_bytes
    from imbtool.report.jsonread import from_json

    return from_json(read_bytes(source).decode("utf-8", errors="replace"))
