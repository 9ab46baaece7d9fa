"""The one door for methods, learners and metrics: ours and those of other packages.

A package offers its rows through the entry-point groups ``imbtool.methods``, ``imbtool.learners`` and
``imbtool.metrics``; the target of an entry point is a tuple of rows (`MethodInfo`, `LearnerInfo`,
`MetricInfo`). Our own catalogues come in through the same door. Listing imports no heavy package.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

from imbtool.core.doors import OURS, doors
from imbtool.core.errors import UsageError
from imbtool.core.info import MethodInfo
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.doors import Door
    from imbtool.core.learner_info import LearnerInfo
    from imbtool.core.metric_info import MetricInfo

Row = TypeVar("Row", bound="MethodInfo | LearnerInfo | MetricInfo")


@cache
def methods() -> Mapping[str, MethodInfo]:
    """Return every method by name, in catalogue order."""
    return _collect("imbtool.methods", MethodInfo)


@cache
def learners() -> Mapping[str, LearnerInfo]:
    """Return every learner by name, in catalogue order."""
    from imbtool.core.learner_info import LearnerInfo

    return _collect("imbtool.learners", LearnerInfo)


@cache
def metrics() -> Mapping[str, MetricInfo]:
    """Return every metric by name, in catalogue order."""
    from imbtool.core.metric_info import MetricInfo

    return _collect("imbtool.metrics", MetricInfo)


def method(name: str) -> MethodInfo:
    """Return the method called `name` (or an alias of it); raise `UsageError` with a suggestion."""
    return _find(name, methods(), "method", "`imbtool methods` lists them all.")


def learner(name: str) -> LearnerInfo:
    """Return the learner called `name`; raise `UsageError` with a suggestion."""
    return _find(name, learners(), "learner", f"Learners: {', '.join(learners())}.")


@cache
def asked() -> Mapping[str, MetricInfo]:
    """Return the metrics that are measured only where a price or a capacity was asked, by name."""
    from imbtool.core.asked import ASKED

    return {row.name: row for row in ASKED}


def metric(name: str) -> MetricInfo:
    """Return the metric called `name`, also one of `asked`; raise `UsageError` with a suggestion."""
    found = asked().get(_normal(name))
    return found or _find(name, metrics(), "metric", f"Metrics: {', '.join(metrics())}.")


def strangers(group: Literal["methods", "learners"]) -> frozenset[str]:
    """Return the names of the methods or learners that another package than imbtool offers."""
    from imbtool.core.learner_info import LearnerInfo

    kind: type[MethodInfo | LearnerInfo] = MethodInfo if group == "methods" else LearnerInfo
    found: set[str] = set()
    for door in doors(f"imbtool.{group}"):
        if door.package != OURS:
            found.update(row.name for row in _rows_of(door, kind))
    return frozenset(found)


def _normal(name: str) -> str:
    return name.strip().casefold().replace("-", "_")


def _find(name: str, rows: Mapping[str, Row], what: str, listing: str) -> Row:
    wanted = _normal(name)
    if wanted in rows:
        return rows[wanted]
    for row in rows.values():
        if wanted in row.aliases:
            return row
    known = [*rows, *(alias for row in rows.values() for alias in row.aliases)]
    raise UsageError(
        f"Unknown {what} {name!r}.",
        hint=did_you_mean(wanted, known, listing=listing),
        code=f"unknown-{what}",
    )


def _collect(group: str, kind: type[Row]) -> dict[str, Row]:
    """Gather the rows of a group; ours first, a broken plug-in costs one line on stderr."""
    found: dict[str, Row] = {}
    owner: dict[str, str] = {}
    for door in doors(group):
        for row in _rows_of(door, kind):
            _claim((row.name, *row.aliases), owner, door.package, group)
            found[row.name] = row
    return found


def _claim(words: tuple[str, ...], owner: dict[str, str], package: str, group: str) -> None:
    """Note whose these words are; raise when another package has one of them."""
    for word in words:
        if word in owner:
            raise UsageError(
                f"Two packages offer {word!r} in {group}: {owner[word]} and {package}.",
                hint=f"Uninstall one of them, for example: pip uninstall {package}",
                code="duplicate-name",
            )
        owner[word] = package


def _rows_of(door: Door, kind: type[Row]) -> tuple[Row, ...]:
    try:
        rows = tuple(door.load())
        wrong = [r for r in rows if not isinstance(r, kind)]
        if wrong:
            raise TypeError(f"expected rows of {kind.__name__}, got {type(wrong[0]).__name__}")
    except Exception as error:  # a plug-in may fail in any way; the rest must work
        if door.package == OURS:
            raise
        print(f"imbtool: plug-in {door.package} ({door.value}) left out: {error}", file=sys.stderr)  # noqa: T201
        return ()
    return rows
