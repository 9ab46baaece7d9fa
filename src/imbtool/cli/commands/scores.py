"""``imbtool scores``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command, Setting
from imbtool.cli.common import common_options
from imbtool.cli.options import score_options
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.report.words import duration

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
The answer is CSV, one row for each row of DATA in its order: row, class, el2n and
grand (large: hard early on), aum (low: often wrong), forgetting (how often right
turned wrong), dvgs (low: its gradient disagrees with the others' - a suspect label).
Compare rows of one class with each other. Needs PyTorch: pip install "imbtool[torch]".

Examples:
  imbtool scores claims.csv -t fraud -o scores.csv
  imbtool scores claims.csv -t fraud --runs 10 | sort -t, -gk7 | head
"""


@click.command(cls=Command, epilog=EPILOG)
@score_options
@click.option(
    "--output",
    "-o",
    cls=Setting,
    section="Output",
    metavar="FILE",
    show_default="standard output",
    help="CSV; whole or not at all.",
)
@common_options
@click.pass_obj
def scores(terminal: Terminal, /, data: str, output: str | None, **settings: Any) -> None:
    """Score how hard each row is and how suspect its label."""
    begun = time.monotonic()
    destination = Destination(output) if output not in (None, "-") else None
    with progress(terminal, f"training networks on {'standard input' if data == '-' else data}"):
        from imbtool.evaluation.rowscores import row_scores

        found = row_scores(data, **settings)
    found.insert(0, "row", range(1, len(found) + 1))
    text = found.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    if destination is None:
        terminal.answer(text)
    else:
        destination.write(text)
    terminal.say(f"{len(found):,} rows scored in {duration(time.monotonic() - begun)}")
