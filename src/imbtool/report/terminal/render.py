"""The order of the report: data, verdict, methods, classes, what is missing, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from imbtool.report import view, words
from imbtool.report.terminal.data import show_data
from imbtool.report.terminal.paper import Paper
from imbtool.report.terminal.table import show_classes, show_methods

if TYPE_CHECKING:
    from rich.console import Console

    from imbtool.evaluation.result import Comparison

_COLOURS = {"inconclusive": "yellow", "too-few-positives": "yellow"}


def render(comparison: Comparison, console: Console, *, verbose: bool = False) -> None:
    """Write the report of a comparison to a console.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console
        When it is not a terminal the report has no boxes, no bars and 100 columns.
    verbose : bool
        Show every row of the table instead of the first 15.
    """
    paper = Paper(console, plain=not console.is_terminal)
    verdict = comparison.verdict
    show_data(comparison, paper)
    _show_doubts(comparison, paper)
    title = "Verdict" if comparison.complete else "Verdict so far (the run was interrupted)"
    paper.panel(title, verdict.headline, verdict.sentences, _COLOURS.get(verdict.kind, "green"))
    _show_proof(comparison, paper)
    show_methods(comparison, paper, verbose=verbose)
    show_classes(comparison, paper)
    _show_problems(comparison, paper, most=1000 if verbose else 6)
    _show_commands(comparison, paper)


def _show_doubts(comparison: Comparison, paper: Paper) -> None:
    """Print the leaks that were found, above the verdict that they put in doubt."""
    doubt = view.unproven(comparison)
    if not doubt:
        return
    red = "bold red"
    paper.write("")
    label = Text("WARNING", style=f"not dim {red}")
    told = [Text(words.safe(text), style=red) for text in (doubt, *view.proof_warnings(comparison))]
    paper.pairs([(label, text) if n == 0 else ("", text) for n, text in enumerate(told)])


def _show_proof(comparison: Comparison, paper: Paper) -> None:
    if comparison.proof is not None:
        paper.write("")
        paper.pairs([("proof", comparison.proof.summary)])


def _show_problems(comparison: Comparison, paper: Paper, most: int) -> None:
    found = view.problems(comparison)
    if not found:
        return
    paper.heading("Not in the table, or not in full")
    paper.write("")
    paper.pairs([(p.status, f"{p.who(most)}: {p.reason}") for p in found])


def _show_commands(comparison: Comparison, paper: Paper) -> None:
    for title, command in (
        ("To fit the verdict", comparison.fit_command),
        ("To repeat this run", comparison.command),
    ):
        if command:
            paper.heading(title)
            paper.write(Text(f"  {words.safe(command)}", style="cyan"), wrap=False)
    paper.write("")
