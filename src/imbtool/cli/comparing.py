"""Running a comparison and telling its result: what ``compare`` and ``runs resume`` share."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imbtool.cli.output import Destination
from imbtool.core.clock import command_start
from imbtool.core.errors import DataError, ExitCode, ImbtoolError
from imbtool.core.quantities import seconds_of, spell_bytes, spell_seconds
from imbtool.engine.alarm import Overtime, can_ring, until_started
from imbtool.evaluation.ahead import comparison_ahead
from imbtool.report.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.api import ComparisonReport
    from imbtool.cli.terminal import Terminal
    from imbtool.core.progress import Progress

WORK = ("learners", "jobs", "engine", "scheduler", "budget", "max_memory", "method_timeout")
"""Settings that decide who works, and what workers import."""


def compare_and_tell(
    terminal: Terminal,
    data: str,
    *,
    as_json: bool,
    output: str | None,
    plot: str | None = None,
    **settings: Any,
) -> int:
    """Compare, write the report to `output` if there is one, show it, and return the exit code."""
    begun = time.monotonic()
    destination = Destination(output) if output else None
    picture = Destination(plot, "--plot") if plot else None
    ahead = {name: settings[name] for name in WORK if name in settings}
    until = _end_of(settings.get("budget"))
    with (
        comparison_ahead(**ahead),
        _progress(terminal, f"reading {'standard input' if data == '-' else data}", until) as shown,
        _in_time(settings.get("budget"), kept=settings.get("store") is not None),
    ):
        from imbtool.api import compare as run

        report = run(data, progress=shown, **settings)
    drawn = report.comparison.curves is not None
    try:
        if destination:
            destination.write(_rendered(report, Path(output or "").suffix.lower()))
        if picture and drawn:
            picture.write(report.to_svg())
    except ImbtoolError:
        if not as_json:  # what was found is not lost with the file
            _answer(report, terminal, as_json=False)
        raise
    _answer(report, terminal, as_json=as_json)
    if picture and not drawn:
        terminal.say("--plot: there are no curves to draw.")
    places = [place for place in (output, plot if drawn else None) if place]
    written = f", written to {', '.join(places)}" if places else ""
    peak = report.comparison.environment.get("peak_memory")
    memory = f", {spell_bytes(peak)} at most in memory" if peak else ""
    terminal.say(f"{duration(time.monotonic() - begun)} in all{memory}{written}")
    return _exit_code(report)


@contextmanager
def _progress(terminal: Terminal, step: str, until: float | None) -> Iterator[Progress]:
    from imbtool.cli.progress import progress  # takes a while to import, in which workers can start

    with progress(terminal, step, until=until) as shown:
        yield shown


def _end_of(budget: str | float | None) -> float | None:
    """Return the moment of `time.monotonic` at which a budget ends that counts from the command's start."""
    if budget is None:
        return None
    start = command_start()
    return (time.monotonic() if start is None else start) + seconds_of(budget, "budget")


@contextmanager
def _in_time(budget: str | float | None, *, kept: bool) -> Iterator[None]:
    """End a command whose budget is over before its work has begun."""
    start = command_start()
    if budget is None or start is None or not can_ring():
        yield
        return
    seconds = seconds_of(budget, "budget")
    try:
        with until_started(start + seconds):
            yield
    except Overtime:
        raise DataError(
            f"Starting and reading took the whole budget of {spell_seconds(seconds)}.",
            hint="Give more time with --budget." + (" What earlier runs kept is used again." if kept else ""),
            code="nothing-finished",
        ) from None


def _rendered(report: ComparisonReport, suffix: str) -> str:
    if suffix in (".html", ".htm"):
        return report.to_html()
    return report.to_markdown() if suffix == ".md" else report.to_json()


def _answer(report: ComparisonReport, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.answer(report.to_json())
        return
    from imbtool.report.terminal import render

    terminal.show(lambda out: render(report.comparison, out, verbose=terminal.verbose))


def _exit_code(report: ComparisonReport) -> int:
    if not report.comparison.complete:
        return ExitCode.INTERRUPTED
    broken = any(trial.status in ("failed", "cut-off") for trial in report.comparison.trials)
    return ExitCode.PARTIAL if broken else ExitCode.OK
