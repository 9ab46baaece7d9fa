"""The one entry point with the one error handler."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from imbtool.cli.terminal import hush, write
from imbtool.core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str]) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str
        Arguments without the program name.

    Returns
    -------
    int
        The exit code, one of `imbtool.core.errors.ExitCode`.
    """
    argv = list(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _invoke(argv)
    except BrokenPipeError:
        hush(sys.stdout)
        return int(ExitCode.OK)
    except SystemExit:  # Click leaves like this after completing a word, and when nobody reads its help
        hush(sys.stdout)
        return int(ExitCode.OK)
    except BaseException as error:
        from imbtool.cli.failure import tell

        flags = argv[: argv.index("--")] if "--" in argv else argv
        show = "--traceback" in flags or os.environ.get("IMBTOOL_TRACEBACK", "0") not in ("", "0")
        return tell(error, argv, as_json="--json" in flags, show_traceback=show)


def _invoke(argv: list[str]) -> int:
    from click.exceptions import NoArgsIsHelpError

    from imbtool.cli.app import cli

    try:
        code = cli.main(args=argv, prog_name="imbtool", standalone_mode=False)
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)  # noqa: T201
        return int(ExitCode.USAGE)
    write(sys.stdout, "")
    return code if isinstance(code, int) else int(ExitCode.OK)
