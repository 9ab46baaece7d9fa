"""``imbtool predict``."""

from __future__ import annotations

import errno
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from imbtool.cli.base import Command, Setting
from imbtool.cli.common import common_options, json_option
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.cli.terminal import gone
from imbtool.core.errors import UsageError
from imbtool.report.words import duration, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.cli.terminal import Terminal

EPILOG = """
MODEL was written by `imbtool fit`. DATA is a CSV, TSV, Parquet or Feather file (also
compressed), or - for standard input; it may be larger than memory. The answer has
the columns `decision` and `probability_<class>`, one row for each row of DATA. A
model that decides rows by their own money (docs/money.md) needs its columns in DATA.

With --fdr X also `selected` (true or false) and `p_value`: of the rows selected as the
positive class, at most a share X is of another class, on average. That needs a model of
`imbtool fit --calibration-rows`, and new rows like those: see docs/fdr.md.

Examples:
  imbtool predict model.imb new.csv --keep policy -o scored.csv
  zcat new.csv.gz | imbtool predict model.imb - | head
  imbtool predict model.imb new.csv --fdr 0.1 -o to_act_on.csv
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
@click.option(
    "--fdr",
    cls=Setting,
    section="What to select",
    type=click.FloatRange(min=0, max=1, min_open=True, max_open=True),
    metavar="X",
    help="Select rows with at most this false-discovery rate.",
)
@click.option(
    "--fdr-class",
    cls=Setting,
    section="What to select",
    metavar="LABEL",
    show_default="the positive class",
    help="Class whose rows are selected.",
)
@click.option(
    "--fdr-model",
    cls=Setting,
    section="What to select",
    metavar="FILE",
    multiple=True,
    help="Also select with this model, fitted without the same calibration rows; may be repeated.",
)
@json_option
@common_options
@click.pass_obj
def predict(
    terminal: Terminal,
    /,
    model: str,
    data: str,
    keep: tuple[str, ...],
    output: str | None,
    fdr: float | None,
    fdr_class: str | None,
    fdr_model: tuple[str, ...],
    as_json: bool,
) -> None:
    """Score a table with a model."""
    begun = time.monotonic()
    to_file = output not in (None, "-")
    _check(fdr, fdr_class, fdr_model, to_file=to_file, as_json=as_json)
    source = "standard input" if data == "-" else data
    with progress(terminal, f"scoring {source}", answering=not to_file) as shown:
        from imbtool.bundle.files import load
        from imbtool.bundle.scoring import score_table

        with _sink(output if to_file else None) as file:
            loaded = load(model)
            parquet = Path(output or "").suffix.lower() in (".parquet", ".pq")
            selector = None
            if fdr is not None:
                from imbtool.bundle.selecting import Selector

                rivals = {path: load(path) for path in fdr_model}
                selector = Selector({model: loaded} | rivals, fdr, fdr_class)
            scored = score_table(
                *(loaded, data, file), keep=keep, parquet=parquet, progress=shown, selector=selector
            )
    if as_json:
        terminal.answer(scored.to_json())
    for note in (*loaded.version_notes, *scored.notes):
        terminal.say(note)
    for sentence in () if scored.selection is None else scored.selection.sentences():
        terminal.say(sentence)
    took = duration(time.monotonic() - begun)
    terminal.say(
        f"{plural(scored.rows, 'row')} scored in {took}{f', written to {output}' if to_file else ''}"
    )


def _check(
    fdr: float | None, label: str | None, models: tuple[str, ...], *, to_file: bool, as_json: bool
) -> None:
    if fdr is None and (label is not None or models):
        raise UsageError(
            "--fdr-class and --fdr-model say how to select rows; they need --fdr.",
            hint="Add for example --fdr 0.1.",
            code="bad-fdr",
        )
    if as_json and not to_file:
        raise UsageError(
            "--json prints a summary where the scored table would go.",
            hint="Name a file for the table: -o scored.csv",
            code="usage",
        )


@contextmanager
def _sink(output: str | None) -> Iterator[IO[bytes]]:
    if output is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            gone(sys.stdout, error)
        return
    with Destination(output).stream() as file:
        yield file
