"""``imbtool predict``."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from imbtool.cli.base import Command, Setting
from imbtool.cli.options import common_options
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.report.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.cli.terminal import Terminal

EPILOG = """
MODEL was written by `imbtool fit`. DATA is a CSV, TSV, Parquet or Feather file (also
compressed), or - for standard input; it may be larger than memory. The answer has
the columns `decision` and `probability_<class>`, one row for each row of DATA.

Examples:
  imbtool predict model.imb new.csv --keep policy -o scored.csv
  zcat new.csv.gz | imbtool predict model.imb - | head
"""


@click.command(cls=Command, epilog=EPILOG)
@click.argument("model", metavar="MODEL", type=click.Path())
@click.argument("data", metavar="DATA", type=click.Path(allow_dash=True))
@click.option(
    "--keep",
    cls=Setting,
    section="Output",
    metavar="COLUMN",
    multiple=True,
    help="Carry a column of DATA over; may be repeated.",
)
@click.option(
    "--output",
    "-o",
    cls=Setting,
    section="Output",
    metavar="FILE",
    show_default="standard output",
    help="Parquet where it ends in .parquet, else CSV; whole or not at all.",
)
@common_options
@click.pass_obj
def predict(terminal: Terminal, /, model: str, data: str, keep: tuple[str, ...], output: str | None) -> None:
    """Score a table with a model."""
    begun = time.monotonic()
    to_file = output not in (None, "-")
    with progress(terminal, f"scoring {'standard input' if data == '-' else data}") as shown:
        from imbtool.bundle.files import load
        from imbtool.bundle.scoring import score_table

        with _sink(output if to_file else None) as file:
            loaded = load(model)
            parquet = Path(output or "").suffix.lower() in (".parquet", ".pq")
            scored = score_table(loaded, data, file, keep=keep, parquet=parquet, progress=shown)
    for note in (*loaded.version_notes, *scored.notes):
        terminal.say(note)
    took = duration(time.monotonic() - begun)
    terminal.say(f"{scored.rows:,} rows scored in {took}{f', written to {output}' if to_file else ''}")


@contextmanager
def _sink(output: str | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with Destination(output).stream() as file:
        yield file
