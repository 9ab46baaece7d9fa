"""The one error handler: what is told about a failure, where, and the exit code."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast, get_args

import click
from rich.text import Text

import imbtool
from imbtool.cli.terminal import Colour, console, write
from imbtool.core.errors import ExitCode, ImbtoolError, OutputError
from imbtool.report.words import safe

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, ready to be told."""

    code: str
    message: str
    hint: str = ""
    exit_code: ExitCode = ExitCode.INTERNAL


def describe(error: BaseException, argv: Sequence[str]) -> Failure:
    """Return what users are told about `error`."""
    if isinstance(error, ImbtoolError):
        return Failure(code=error.code, message=error.message, hint=error.hint, exit_code=error.exit_code)
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "imbtool"
        return Failure(
            code="usage",
            message=error.format_message(),
            hint=f"`{path} --help` shows what can be given.",
            exit_code=ExitCode.USAGE,
        )
    if isinstance(error, click.ClickException):
        return Failure(code="usage", message=error.format_message(), exit_code=ExitCode.USAGE)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return Failure(code="interrupted", message="Interrupted.", exit_code=ExitCode.INTERRUPTED)
    if isinstance(error, MemoryError):
        return Failure(
            code="out-of-memory",
            message="There is not enough memory for this.",
            hint="Use fewer rows (--max-rows 100000) or fewer processes (--jobs 1).",
            exit_code=ExitCode.DATA,
        )
    return Failure(
        code="internal",
        message=f"A bug in imbtool: {type(error).__name__}: {error}".rstrip(": "),
        hint=f"Please report it with the log: {log(error, argv)} (--traceback shows it here)",
    )


def tell(error: BaseException, argv: Sequence[str], *, as_json: bool, show_traceback: bool) -> int:
    """Tell about `error` on standard error (and as one document on standard output); return the code."""
    failure = describe(error, argv)
    if as_json:
        document = {"error": {"code": failure.code, "message": failure.message, "hint": failure.hint}}
        with suppress(OutputError):  # the failure goes before
            write(sys.stdout, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    if show_traceback:
        write(sys.stderr, "".join(traceback.format_exception(error)))
    _print(failure, sys.stderr, argv)
    return int(failure.exit_code)


def _print(failure: Failure, stream: TextIO, argv: Sequence[str]) -> None:
    colour = console(stream, _wanted_colour(argv))
    line = Text("imbtool: ")
    if failure.code != "interrupted":
        line.append("error: ", style="bold red")
    line.append(_safe_lines(failure.message))
    if failure.hint:
        line.append(f"\n  {_safe_lines(failure.hint)}")
    if failure.code not in ("interrupted", "internal"):
        line.append(f"\n  [{failure.code}] docs/errors.md#{failure.code}", style="dim")
    try:
        colour.print(line, soft_wrap=True)
    except BrokenPipeError:
        write(stream, "")


def _wanted_colour(argv: Sequence[str]) -> Colour:
    """Return what ``--color`` says; the arguments may be too broken for Click to tell."""
    words = " ".join(argv).replace("--color=", "--color ").split()
    found = words[words.index("--color") + 1 :] if "--color" in words else [os.environ.get("IMBTOOL_COLOR")]
    for choice in get_args(Colour):
        if found and found[0] == choice:
            return cast(Colour, choice)
    return "auto"


def _safe_lines(text: str) -> str:
    return "\n  ".join(safe(line) for line in text.splitlines())


def log(error: BaseException, argv: Sequence[str]) -> Path | str:
    """Write what a bug report needs to a file of its own and return its path."""
    facts = [
        f"imbtool {imbtool.__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"arguments: {list(argv)!r}",
        "".join(traceback.format_exception(error)),
    ]
    try:
        handle, name = tempfile.mkstemp(prefix="imbtool-", suffix=".log", text=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(facts))
    except OSError as reason:
        return f"(no log could be written: {reason})"
    return Path(name)
