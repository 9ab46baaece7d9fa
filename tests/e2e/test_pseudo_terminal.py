"""The report on a real (pseudo-)terminal: boxes, bars, progress and colour."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

from tests.e2e.process import CHEAP, clean_environment

PLAIN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")


def on_terminal(*argv: str, columns: int = 80, **env: str) -> tuple[int, str]:
    """Run imbtool with both outputs on a terminal; return its exit code and what was shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "imbtool", *argv],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=clean_environment(TERM="xterm-256color", **env),
        close_fds=True,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(timeout=30), shown.decode("utf-8")


def compare(*more: str, columns: int = 80, **env: str) -> str:
    code, shown = on_terminal("compare", "claims.csv", "-t", "fraud", *CHEAP, *more, columns=columns, **env)
    assert code == 0, shown
    return shown


def test_a_terminal_gets_boxes_bars_colour_and_progress(claims) -> None:
    shown = compare()
    plain = PLAIN.sub("", shown).replace("\r", "")
    report = plain[plain.index("╭─ Verdict") : plain.index("To fit")]
    assert max(map(len, report.splitlines())) <= 80
    assert "●" in shown
    assert COLOUR.search(shown)
    assert "reading claims.csv" in shown
    assert re.search(r"\d+/\d+", shown)


def test_colour_can_be_turned_off_by_an_option_whatever_the_environment_wants(claims) -> None:
    shown = compare("--color", "never", FORCE_COLOR="1")
    assert not COLOUR.search(shown)
    assert "╭─ Verdict" in shown


def test_without_colour_the_shapes_stay_and_the_report_uses_the_width_it_has(claims) -> None:
    shown = compare(columns=160, NO_COLOR="1")
    assert not COLOUR.search(shown)
    assert "╭─ Verdict" in shown
    report = PLAIN.sub("", shown).replace("\r", "")
    table = report[report.index("Methods") : report.index("To repeat")]
    assert 110 <= max(map(len, table.splitlines())) <= 160


def test_an_error_on_a_terminal_is_three_lines(claims) -> None:
    code, shown = on_terminal("compare", "claims.csv", "-t", "froud", "--color", "never", "-q")
    assert code == 3
    assert shown.replace("\r", "") == (
        "imbtool: error: There is no column 'froud' for the target.\n"
        "  Did you mean 'fraud'?\n"
        "  [target-missing] docs/errors.md#target-missing\n"
    )
