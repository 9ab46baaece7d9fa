"""``imbtool eval``."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.base import Command, Setting
from imbtool.cli.common import common_options, json_option
from imbtool.cli.options import price_options, store_option
from imbtool.cli.output import Destination
from imbtool.cli.progress import progress
from imbtool.cli.storage import looking_store
from imbtool.cli.terminal import write
from imbtool.core.errors import ExitCode, UsageError
from imbtool.report.words import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.cli.terminal import Terminal
    from imbtool.report.holdout.outcome import EvaluationReport

EPILOG = """
MODEL was written by `imbtool fit`; HOLDOUT is a table with the classes of its rows, read
as by `imbtool predict`, or - for standard input. Instead of both, --scores names a table
that holds scores already.

A gate passes or fails when its whole 95 % interval does; between the two it is
inconclusive, which counts as --inconclusive says. Exit code 1 when a gate fails.
  pr_auc >= 0.4                     any metric, also with >, <=, <
  recall@precision>=0.9 >= 0.25     also precision@recall>=x
  precision@top5% >= 0.5            also recall@top100
  pr_auc >= baseline - 0.01         also 0.95 * baseline
  region=north: recall >= 0.5       on a slice; `each region: ...` on each of them

Examples:
  imbtool eval model.imb holdout.csv --gate "pr_auc >= 0.4" --slice region
  imbtool eval model.imb holdout.csv --baseline old.json --gate "pr_auc >= baseline - 0.01" -o new.json
  imbtool eval --scores scored.csv --target fraud --score p --top 100
"""


def _option(section: str, *names: str, variable: bool = False, **attrs: Any) -> Callable[[Any], Any]:
    if variable:
        long = max(names, key=len)
        attrs["envvar"] = "IMBTOOL_" + long.lstrip("-").replace("-", "_").upper()
    return click.option(*names, cls=Setting, section=section, **attrs)


@click.command(cls=Command, name="eval", epilog=EPILOG)
@click.argument("model", metavar="[MODEL", type=click.Path(), required=False)
@click.argument("data", metavar="HOLDOUT]", type=click.Path(allow_dash=True), required=False)
@_option("Data", "--scores", metavar="FILE", help="Table with scores, instead of MODEL and HOLDOUT.")
@_option(
    "Data",
    "--target",
    "-t",
    metavar="COLUMN",
    show_default="that of MODEL",
    help="Column with the class of each row.",
)
@_option(
    "Data",
    "--score",
    metavar="COLUMN",
    multiple=True,
    show_default="all called probability_<class>",
    help="Score of the positive class; with several classes repeated, one a class.",
)
@_option(
    "Data", "--positive", metavar="LABEL", show_default="the rarer class", help="Class that --score is of."
)
@_option(
    "Data",
    "--weight",
    metavar="COLUMN",
    show_default="that of training",
    help="Column with row weights.",
)
@_option(
    "Data",
    "--threshold",
    type=float,
    metavar="X",
    show_default="that of MODEL, or 0.5",
    help="Score from which the positive class is decided on.",
)
@_option(
    "What to judge",
    "--slice",
    metavar="COLUMN",
    multiple=True,
    help="Cut rows by it; may be repeated.",
)
@_option(
    "What to judge",
    "--top",
    metavar="K",
    multiple=True,
    show_default="1%, 5%, 10%",
    help="Rows with the highest scores: 100, or 5%; may be repeated.",
)
@_option("What to judge", "--gate", metavar="CONDITION", multiple=True, help="See below; may be repeated.")
@_option(
    "What to judge",
    "--baseline",
    metavar="FILE",
    help="Earlier evaluation written as JSON; on the same rows the comparison is paired.",
)
@_option(
    "What to judge",
    "--rival",
    "rivals",
    metavar="FILE",
    multiple=True,
    help="Evaluation of the same rows by another model, as JSON; compared with all; may be repeated.",
)
@_option(
    "What to judge",
    "--inconclusive",
    type=click.Choice(["fail", "pass"]),
    default="fail",
    variable=True,
    help="What a gate counts as that these rows cannot decide.",
)
@_option(
    "Protocol",
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    variable=True,
    help="Same seed, same numbers.",
)
@_option(
    "Protocol",
    "--resamples",
    type=click.IntRange(min=100),
    metavar="N",
    default=2000,
    variable=True,
    help="Bootstrap resamples; very many rows get fewer.",
)
@_option(
    "Protocol",
    "--reusable-holdout",
    "reusable",
    is_flag=True,
    help="Answer the gates so that the same rows can be asked many times; nothing else of them is shown.",
)
@_option(
    "Protocol",
    "--holdout-budget",
    "budget",
    type=click.IntRange(min=1),
    metavar="N",
    show_default="20, or as its first use said",
    help="How often a reusable hold-out may disagree with training.",
)
@_option(
    "Protocol",
    "--no-count",
    is_flag=True,
    variable=True,
    help="Do not count this look at the hold-out; IMBTOOL_NO_STORE=1 does the same.",
)
@price_options
@json_option
@_option("Output", "--output", "-o", metavar="FILE", help="Also write the JSON document, a later --baseline.")
@_option("Output", "--junit", metavar="FILE", help="Also write the gates as JUnit XML.")
@_option("Output", "--markdown", metavar="FILE", help="Also write the report as Markdown.")
@_option(
    "Output",
    "--plot",
    metavar="FILE",
    help="Also draw ROC, precision-recall, gain and cost curves, and money, as SVG.",
)
@_option(
    "Output",
    "--no-row-scores",
    is_flag=True,
    variable=True,
    help="Leave scores and fingerprints of single rows out of the document.",
)
@store_option
@common_options
@click.pass_obj
def evaluate(
    terminal: Terminal,
    /,
    model: str | None,
    data: str | None,
    scores: str | None,
    as_json: bool,
    output: str | None,
    junit: str | None,
    markdown: str | None,
    plot: str | None,
    no_row_scores: bool,
    no_count: bool,
    store: str | None,
    **settings: Any,
) -> int:
    """Judge a model or scores on rows with known classes."""
    begun = time.monotonic()
    files = {"--output": output, "--junit": junit, "--markdown": markdown, "--plot": plot}
    sinks = {option: Destination(path, option) for option, path in files.items() if path}
    _check_one_stdin(model, data, scores, settings["baseline"], *settings["rivals"])
    source = scores if scores is not None else data
    with progress(terminal, f"reading {'standard input' if source == '-' else source}") as shown:
        from imbtool.report.holdout.face import evaluate as run

        settings |= {"slices": settings.pop("slice"), "gates": settings.pop("gate")}
        with looking_store(terminal, store, off=no_count) as kept:
            settings |= {
                "keep_rows": not no_row_scores,
                "curves": plot is not None,
                "progress": shown,
                "store": kept,
            }
            report = run(model, data, scores=scores, **settings)
    _write(report, sinks)
    _answer(report, terminal, as_json=as_json)
    _annotate(report)
    written = [path for path in files.values() if path]
    told = f", written to {', '.join(written)}" if written else ""
    terminal.say(f"{duration(time.monotonic() - begun)} in all{told}")
    return ExitCode.OK if report.passed else ExitCode.CHECK_FAILED


def _check_one_stdin(*sources: str | None) -> None:
    if sum(source == "-" for source in sources) > 1:
        raise UsageError(
            "Only one thing can come from standard input.",
            hint="Give the others as files.",
            code="what-to-judge",
        )


def _write(report: EvaluationReport, sinks: dict[str, Destination]) -> None:
    from datetime import UTC, datetime

    texts: dict[str, Callable[[], str]] = {
        "--output": report.to_json,
        "--junit": lambda: report.to_junit(when=datetime.now(UTC)),
        "--markdown": report.to_markdown,
        "--plot": report.to_svg,
    }
    for option, sink in sinks.items():
        sink.write(texts[option]())


def _answer(report: EvaluationReport, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.answer(report.to_json())
        return
    from imbtool.report.holdout import render

    terminal.show(lambda out: render(report.evaluation, out, verbose=terminal.verbose))


def _annotate(report: EvaluationReport) -> None:
    """Tell GitHub about gates that did not pass; it reads standard error too, which holds no answer."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from imbtool.report.holdout import workflow_commands

        write(sys.stderr, workflow_commands(report.evaluation))
