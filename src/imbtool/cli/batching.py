"""Running a suite and telling its result."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.cli.listing import aligned
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.core.errors import ExitCode, ImbtoolError, UsageError
from imbtool.report.words import duration, plural, safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.batches.suite import Entry, Suite
    from imbtool.cli.terminal import Terminal
    from imbtool.report.batch.face import BatchReport

_SUFFIXES: dict[str, Callable[[BatchReport], str]] = {
    ".json": lambda report: report.to_json(),
    ".md": lambda report: report.to_markdown(),
    ".csv": lambda report: report.to_csv(),
    ".xml": lambda report: report.to_junit(),
    ".svg": lambda report: report.to_svg(),
}
_FILES = {"csv": ".csv", "junit": ".xml", "markdown": ".md", "plot": ".svg"}


def run_and_tell(terminal: Terminal, suite: Suite, *, as_json: bool, command: str, **settings: Any) -> int:
    """Run the suite, write the files that were asked for, show the report, and return the exit code."""
    begun = time.monotonic()
    files = _files({name: settings.pop(name) for name in ("output", *_FILES)})
    told = f"{plural(len(suite.entries), 'data set')}, {plural(suite.n_comparisons, 'comparison')}"
    with progress(terminal, f"reading {suite.name}: {told}") as shown:
        from imbtool.api import batch as run

        report = run(suite, progress=shown, command=command, **settings)
    try:
        for destination, write in files:
            destination.write(write(report))
    except ImbtoolError:
        if not as_json:  # what was found is not lost with the file
            _answer(report, terminal, as_json=False)
        raise
    _answer(report, terminal, as_json=as_json)
    written = "".join(f", written to {destination.given}" for destination, _ in files)
    terminal.say(f"{duration(time.monotonic() - begun)} in all{written}")
    return _exit_code(report)


def _files(asked: dict[str, str | None]) -> list[tuple[Destination, Callable[[BatchReport], str]]]:
    """Return where to write what; whether that is possible is checked here, before the run."""
    files = []
    for name, path in asked.items():
        if path is None:
            continue
        suffix = Path(path).suffix.lower()
        if name == "plot" and suffix != ".svg":
            raise UsageError(
                f"--plot draws SVG; got {path}.",
                hint=f"Name it {Path(path).with_suffix('.svg')}; browsers, GitHub and LaTeX read it.",
                code="plot-format",
            )
        kind = _FILES.get(name, suffix if suffix in _SUFFIXES else ".json")
        files.append((Destination(path, f"--{name}"), _SUFFIXES[kind]))
    return files


def _answer(report: BatchReport, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.answer(report.to_json())
        return
    from imbtool.report.batch.terminal import render

    terminal.show(lambda out: render(report.batch, out, verbose=terminal.verbose))


def _exit_code(report: BatchReport) -> int:
    if not report.batch.complete:
        return ExitCode.INTERRUPTED
    broken = any(run.status != "ok" or run.failed_trials for run in report.batch.data)
    return ExitCode.PARTIAL if broken else ExitCode.OK


def listed(suite: Suite, *, as_json: bool) -> str:
    """Return what would run, as lines or as one JSON document."""
    if as_json:
        shared = {name: getattr(suite, name) for name in ("metric", "threshold_metric", "rope")}
        data = [
            {"name": e.name, "path": e.data, "seeds": e.seeds, "tags": e.tags, **e.arguments}
            for e in suite.entries
        ]
        return json.dumps({"name": suite.name, **shared, "data": data}, indent=2, ensure_ascii=False) + "\n"
    header = ("data set", "path", "target", "learners", "methods", "folds", "seeds", "tags")
    table = aligned(header, [_line(entry) for entry in suite.entries])
    told = f"{plural(len(suite.entries), 'data set')}, {plural(suite.n_comparisons, 'comparison')}"
    return f"{table}\n{told}, ranked by {suite.metric}, equal within {suite.rope:g}\n"


def _line(entry: Entry) -> tuple[str, ...]:
    asked = entry.arguments
    methods = asked.get("methods")
    cells = (
        entry.name,
        entry.data,
        str(asked.get("target", "")),
        ",".join(entry.learners),
        "the whole catalogue" if methods is None else ",".join(methods),
        f"{asked.get('folds', 'auto')} x {asked.get('repeats', 'auto')}",
        ",".join(map(str, entry.seeds)),
        ",".join(entry.tags),
    )
    return tuple(map(safe, cells))
