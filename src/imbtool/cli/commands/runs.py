"""``imbtool runs``."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command, LazyGroup
from imbtool.cli.common import common_options, json_option
from imbtool.cli.comparing import compare_and_tell
from imbtool.cli.listing import aligned
from imbtool.cli.options import export_option, jobs_option, output_option, store_option
from imbtool.cli.output import Destination
from imbtool.cli.pruning import doomed, prune_options
from imbtool.cli.storage import COLUMNS, arguments, details, line, reading_store
from imbtool.core.errors import DataError, ImbtoolError

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal
    from imbtool.store import RunFacts, Store

HERE = "imbtool.cli.commands.runs"
TABLE = {
    "list": (f"{HERE}:list_", "List the runs in the store, the latest first."),
    "show": (f"{HERE}:show", "Show what a run is, how far it came and its report."),
    "resume": (f"{HERE}:resume", "Run what is missing of a run."),
    "export": (f"{HERE}:export", "Print the JSON document of a run."),
    "prune": (f"{HERE}:prune", "Remove runs and the trials only they need."),
}
EPILOG = """
RUN is the name of a run in `imbtool runs list`, or its beginning; the latest without it.

Examples:
  imbtool runs list
  imbtool runs resume 3f2a9c1b
  imbtool runs export 3f2a9c1b -o comparison.json
  imbtool runs prune --older-than 30
"""
NO_LATEST = EPILOG.replace("; the latest without it", "")
"""For what takes no run that was not named."""

run_argument = click.argument("run", metavar="[RUN]", required=False)


@click.group(cls=LazyGroup, table=TABLE, epilog=EPILOG)
def runs() -> None:
    """List, show, resume, export and prune stored runs."""


@click.command("list", cls=Command, epilog=EPILOG)
@json_option
@store_option
@common_options
@click.pass_context
def list_(ctx: click.Context, /, as_json: bool, store: str | None) -> None:
    """List the runs in the store, the latest first."""
    terminal: Terminal = ctx.obj
    with reading_store(ctx, store) as kept:
        found = kept.runs()
    if as_json:
        terminal.answer(_json([_plain(run) for run in found]))
    else:
        terminal.answer(aligned(COLUMNS, [line(run) for run in found], width=terminal.width))


@click.command(cls=Command, epilog=EPILOG)
@run_argument
@json_option
@store_option
@common_options
@click.pass_context
def show(ctx: click.Context, /, run: str | None, as_json: bool, store: str | None) -> None:
    """Show what a run is, how far it came and its report."""
    terminal: Terminal = ctx.obj
    with reading_store(ctx, store) as kept:
        found = kept.find(run)
        document = kept.document(found.key)
    if as_json:
        terminal.answer(_json(_plain(found)))
        return
    terminal.answer(aligned((), details(found), width=terminal.width))
    if document is not None:
        from imbtool.report.jsonread import from_json
        from imbtool.report.terminal import render

        comparison = from_json(document)
        terminal.show(lambda out: render(comparison, out, verbose=terminal.verbose))


@click.command(cls=Command, epilog=EPILOG)
@run_argument
@jobs_option
@json_option
@output_option
@store_option
@common_options
@click.pass_context
def resume(ctx: click.Context, /, run: str | None, jobs: int | None, store: str | None, **how: Any) -> int:
    """Run what is missing of a run."""
    with reading_store(ctx, store) as kept:
        asked = arguments(kept.find(run), kept)
        asked["jobs"] = jobs or asked.get("jobs")
        return compare_and_tell(ctx.obj, asked.pop("data"), store=kept, **how, **asked)


@click.command(cls=Command, epilog=EPILOG)
@run_argument
@export_option
@store_option
@common_options
@click.pass_context
def export(ctx: click.Context, /, run: str | None, output: str | None, store: str | None) -> None:
    """Print the JSON document of a run."""
    terminal: Terminal = ctx.obj
    destination = Destination(output) if output else None
    with reading_store(ctx, store) as kept:
        text = _document(kept, kept.find(run))
    if destination:
        destination.write(text)
    else:
        terminal.answer(text)


@click.command(cls=Command, epilog=NO_LATEST)
@click.argument("run", metavar="[RUN]...", nargs=-1)
@prune_options
@json_option
@store_option
@common_options
@click.pass_context
def prune(ctx: click.Context, /, as_json: bool, store: str | None, **which: Any) -> None:
    """Remove runs and the trials only they need."""
    terminal: Terminal = ctx.obj
    with reading_store(ctx, store) as kept:
        gone = doomed(kept, **which)
        n_runs, n_trials = kept.remove(run.key for run in gone)
        with suppress(ImbtoolError):  # removed they are; another process may keep the file from shrinking
            kept.shrink()
    if as_json:
        terminal.answer(_json({"runs": [run.key for run in gone], "trials": n_trials}))
    else:
        terminal.answer(f"removed: {n_runs} runs, {n_trials} trials\n")


def _document(store: Store, run: RunFacts) -> str:
    found = store.document(run.key)
    if found is None:
        raise DataError(
            f"Run {run.id} has no report yet: {run.done} of {run.planned} trials are finished.",
            hint=f"Finish it first: imbtool runs resume {run.id}",
            code="run-without-report",
        )
    return found


def _plain(run: RunFacts) -> dict[str, Any]:
    return {"id": run.id} | asdict(run)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
