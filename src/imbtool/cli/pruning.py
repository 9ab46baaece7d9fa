"""Which runs ``runs prune`` removes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from imbtool.cli.base import Setting
from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from imbtool.store import RunFacts, Store


def prune_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to remove."""
    older = click.option(
        "--older-than",
        cls=Setting,
        section="Data",
        type=click.FloatRange(min=0),
        metavar="DAYS",
        help="Runs that have not changed for so many days.",
    )
    every = click.option("--all", "every", cls=Setting, section="Data", is_flag=True, help="All runs.")
    return older(every(function))


def doomed(store: Store, *, run: tuple[str, ...], older_than: float | None, every: bool) -> list[RunFacts]:
    """Return the runs to remove: those named, those too old, or all."""
    if not run and older_than is None and not every:
        raise UsageError(
            "Nothing says what to remove.",
            hint="Name runs, or give --older-than DAYS or --all.",
            code="nothing-to-prune",
        )
    found = {one.key: one for one in map(store.find, run)}
    limit = datetime.now(UTC) - timedelta(days=older_than or 0)
    for one in store.runs():
        if every or (older_than is not None and _changed(one) < limit):
            found[one.key] = one
    return list(found.values())


def _changed(run: RunFacts) -> datetime:
    try:
        return datetime.fromisoformat(run.changed).astimezone(UTC)
    except ValueError:  # no time at all: older than anything
        return datetime.min.replace(tzinfo=UTC)
