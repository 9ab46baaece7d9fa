"""Gates as annotations that GitHub shows on the run: workflow commands, one a line.

The format is GitHub's "Workflow commands": ``%``, CR and LF are percent-encoded everywhere, ``:`` and
``,`` in properties too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.report import words

if TYPE_CHECKING:
    from imbtool.holdout.result import Evaluation


def workflow_commands(evaluation: Evaluation) -> str:
    """Return a line for each gate that did not pass; nothing when all did."""
    lines = []
    for gate in evaluation.gates:
        if gate.outcome == "pass":
            continue
        command = "warning" if gate.passed else "error"
        word = "failed" if gate.outcome == "fail" else "is inconclusive"
        lines.append(workflow_command(command, f"Gate {word}: {gate.gate}", gate.sentence))
    return "".join(f"{line}\n" for line in lines)


def workflow_command(command: str, title: str, message: str) -> str:
    """Return ``::error title=...::message`` with everything escaped."""
    title = _escape(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{command} title={title}::{_escape(message)}"


def _escape(text: str) -> str:
    encoded = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return words.safe(encoded)
