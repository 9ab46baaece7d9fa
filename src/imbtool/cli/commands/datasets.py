"""``imbtool datasets``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command, LazyGroup
from imbtool.cli.common import common_options, json_option
from imbtool.cli.listing import aligned
from imbtool.cli.types import dataset_names

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

HERE = "imbtool.cli.commands.datasets"
TABLE = {
    "list": (f"{HERE}:list_", "List the data sets that are known by name."),
    "path": (f"{HERE}:path", "Print where the file of a data set is."),
    "fetch": (f"{HERE}:fetch", "Download a data set, unless it is there already."),
}
EPILOG = """
Examples:
  imbtool datasets list
  imbtool datasets fetch mammography
"""
COLUMNS = ("name", "rows", "features", "classes", "imbalance", "target", "where", "summary")


@click.group(cls=LazyGroup, table=TABLE, epilog=EPILOG)
def datasets() -> None:
    """List, locate and fetch data sets."""


@click.command("list", cls=Command, epilog=EPILOG)
@json_option
@common_options
@click.pass_obj
def list_(terminal: Terminal, /, as_json: bool) -> None:
    """List the data sets that are known by name."""
    from imbtool.data.bundled import list_datasets

    rows = [asdict(info) for info in list_datasets()]
    if as_json:
        terminal.answer(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        terminal.answer(aligned(COLUMNS, [_line(row) for row in rows], right=(1, 2, 3, 4)))


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    where = "bundled" if row["bundled"] else "to fetch"
    numbers = (f"{row['rows']:,}", str(row["features"]), str(row["classes"]), f"{row['imbalance']:.0f}:1")
    return row["name"], *numbers, row["target"], where, row["summary"]


@click.command(cls=Command, epilog=EPILOG)
@click.argument("name", metavar="NAME", shell_complete=dataset_names)
@common_options
@click.pass_obj
def path(terminal: Terminal, /, name: str) -> None:
    """Print where the file of a data set is."""
    from imbtool.data.bundled import dataset_path

    terminal.answer(f"{dataset_path(name)}\n")


@click.command(cls=Command, epilog=EPILOG)
@click.argument("name", metavar="NAME", shell_complete=dataset_names)
@common_options
@click.pass_obj
def fetch(terminal: Terminal, /, name: str) -> None:
    """Download a data set, unless it is there already."""
    from imbtool.data.fetch import fetch as download

    terminal.say(f"fetching {name}")
    terminal.answer(f"{download(name)}\n")
