"""Telling what a comparison would do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from imbtool.cli.listing import aligned
from imbtool.cli.progress import progress
from imbtool.core.errors import ExitCode
from imbtool.core.quantities import spell_bytes, spell_seconds
from imbtool.report.words import count, plural, safe

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal
    from imbtool.evaluation.forecast import Plan

HEADER = ("learner", "recipe", "trials", "stored", "time", "memory", "")


def plan_and_tell(terminal: Terminal, data: str, *, as_json: bool, **settings: Any) -> int:
    """Plan, show the plan as a table or as JSON, and return the exit code."""
    with progress(terminal, f"reading and sampling {'standard input' if data == '-' else data}"):
        from imbtool.api import plan
        from imbtool.report.jsondoc import plain

        found = plan(data, **settings)
    if as_json:
        terminal.answer(json.dumps(plain(found), indent=2, ensure_ascii=False) + "\n")
    else:
        terminal.answer(_text(found))
    return ExitCode.OK


def _text(found: Plan) -> str:
    rows = [
        (
            safe(row.learner),
            safe(row.recipe),
            str(row.trials),
            str(row.stored),
            _seconds(row.seconds) if row.trials and not row.reason else "",
            spell_bytes(row.memory) if row.memory else "",
            safe(row.reason),
        )
        for row in found.rows
    ]
    repeats = f", {plural(found.repeats, 'repeat')}" if found.repeats > 1 else ""
    head = (
        f"{safe(found.name)}  {plural(found.n_rows, 'row')}, {plural(found.n_features, 'feature')}; "
        f"{plural(found.folds, 'fold')}{repeats}\n\n"
    )
    stored = f", {count(found.stored)} of them in the store" if found.stored else ""
    left = (
        f"{plural(found.trials, 'trial')}{stored}: about {spell_seconds(found.wall)} with "
        f"{plural(found.jobs, 'worker')} and nothing else on their cores, "
        f"{spell_bytes(found.memory)} at most\n"
    )
    notes = "".join(f"note: {safe(note)}\n" for note in found.notes)
    return head + aligned(HEADER, rows, right=(2, 3, 4, 5)) + "\n" + left + notes


def _seconds(value: float) -> str:
    return "<0.1 s" if 0 < value < 0.05 else spell_seconds(value)
