"""Which store a command works on, and what it holds as arguments and lines."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError, ImbtoolError
from imbtool.report.words import safe
from imbtool.store import default_place, open_store
from imbtool.store.faults import damaged, explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

    from imbtool.cli.terminal import Terminal
    from imbtool.store import RunFacts, Store

COLUMNS = ("run", "changed", "data", "target", "state", "trials", "verdict")
_TEXTS = (
    *("positive", "weight", "group", "time", "engine", "scheduler", "device", "together"),
    *("metric", "threshold_metric", "test", "correction"),
)
_LISTS = ("drop", "categorical", "learners")
_NUMBERS = ("max_rows", "folds", "inner_folds", "repeats", "seed", "jobs", "max_memory", "top_k")
_SPANS = ("budget", "method_timeout")
_SWITCHES = ("fast", "prove")
_MONEY = ("cost_fn", "cost_fp", "top_rate", "min_precision", "min_recall")
_MONEY_TEXTS = ("cost_matrix", "cost_column", "value_column", "emp")


@contextmanager
def writing_store(terminal: Terminal, named: str | None, *, off: bool) -> Iterator[Store | None]:
    """Give the store of a comparison.

    One that was named must work. Without a name it is the one in the user's folder; where that cannot
    be used the comparison goes on without it, and says so.
    """
    lost = "The trials of this run are not kept."
    store = None if off else (open_store(named) if named else _usable(terminal, default_place(), lost))
    try:
        yield store
    finally:
        if store is not None:
            store.close()


@contextmanager
def looking_store(terminal: Terminal, named: str | None, *, off: bool) -> Iterator[Store | None]:
    """Give the store that counts looks at hold-outs: that of comparisons, unless none are to be kept.

    Gates must be judged: where it cannot be used, named or not, the evaluation goes on and says so.
    """
    off = off or os.environ.get("IMBTOOL_NO_STORE", "") not in ("", "0")
    place, lost = Path(named) if named else default_place(), "Looks at this hold-out are not counted."
    store = None if off else _usable(terminal, place, lost, mine=not named)
    try:
        yield store
    finally:
        if store is not None:
            store.close()


@contextmanager
def planning_store(named: str | None, *, off: bool) -> Iterator[Store | None]:
    """Give the store that a comparison would use, if it is there: a plan makes none."""
    place = Path(named) if named else default_place()
    store = open_store(place, create=False) if not off and place.exists() else None
    try:
        yield store
    finally:
        if store is not None:
            store.close()


def _usable(terminal: Terminal, place: Path, lost: str, *, mine: bool = True) -> Store | None:
    """Return the store if it can be used, else say what is lost; the folder of `mine` is made."""
    try:
        if mine:
            with explained(place):
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open_store(place)
    except ImbtoolError as error:
        terminal.say(f"{error.message} {lost}")
        return None


@contextmanager
def reading_store(ctx: click.Context, named: str | None) -> Iterator[Store]:
    """Give a store that is there: the one named, that of ``compare`` in the configuration, or the usual."""
    configured = (ctx.find_root().default_map or {}).get("compare", {}).get("store")
    store = open_store(named or configured or default_place(), create=False)
    try:
        yield store
    finally:
        store.close()


def arguments(run: RunFacts, store: Store) -> dict[str, Any]:
    """Return the arguments of `imbtool.compare` that repeat a run; raise `DataError` when there are none."""
    if run.request is None:
        raise DataError(
            f"Run {run.id} is about data in memory or from standard input, which the store does not hold.",
            hint="Repeat the call or the command that made it; it resumes by itself.",
            code="run-in-memory",
        )
    asked = dict(run.request)
    if not _sound(asked):
        raise damaged(store.path, f"the request of run {run.id} cannot be read")
    file, data = asked.pop("file"), asked.pop("data")
    here = file is None or (Path(data).is_file() and str(Path(data).resolve()) == file)
    asked["data"] = data if here else file
    if "learners" in asked:
        asked["learners"] = tuple(asked["learners"])
    return asked


def _sound(asked: dict[str, Any]) -> bool:
    texts = ("data", "target", "command")
    kinds: dict[str, tuple[type, ...]] = dict.fromkeys(texts, (str,))
    kinds |= dict.fromkeys(("file", *_TEXTS, *_MONEY_TEXTS), (str, type(None)))
    kinds |= dict.fromkeys(_LISTS, (list,)) | {"methods": (list, type(None)), "rope": (int, float)}
    kinds |= dict.fromkeys(_NUMBERS, (int, type(None))) | dict.fromkeys(_SPANS, (float, int, type(None)))
    kinds |= dict.fromkeys(_SWITCHES, (bool,)) | dict.fromkeys(_MONEY, (float, int, type(None)))
    if not {"data", "target", "file"} <= asked.keys() <= kinds.keys():
        return False
    if not all(isinstance(value, kinds[name]) for name, value in asked.items()):
        return False
    return all(isinstance(item, str) for v in asked.values() if isinstance(v, list) for item in v)


def line(run: RunFacts) -> tuple[str, ...]:
    """Return a run as a line of the list."""
    trials = f"{run.done}/{run.planned}" + (f", {run.failed} failed" if run.failed else "")
    cells = (run.id, when(run.changed), run.name, run.target, run.state, trials, run.verdict)
    return tuple(map(safe, cells))


def details(run: RunFacts) -> list[tuple[str, str]]:
    """Return what is known of a run as names and values."""
    settings = {k: v for k, v in run.settings.items() if v is not None}
    versions = run.facts.get("versions", {})
    found = [
        ("run", run.key),
        ("data", f"{run.source}, target {run.target}"),
        ("begun", f"{when(run.begun)}, last changed {when(run.changed)}"),
        ("state", run.state),
        ("trials", f"{run.done} of {run.planned} finished, {run.failed} failed"),
        *((name, _text(value)) for name, value in sorted(settings.items())),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("verdict", run.verdict or "none yet"),
    ]
    return [(safe(name), safe(value)) for name, value in found]


def when(stamp: str) -> str:
    """Return a time of the store in the user's own zone."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return stamp


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
