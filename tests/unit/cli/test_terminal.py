import io

import pytest

from imbtool.cli.terminal import console, write


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


CASES = [
    # --color, NO_COLOR, FORCE_COLOR, terminal -> colour
    ("auto", "", "", True, True),
    ("auto", "", "", False, False),
    ("auto", "1", "", True, False),
    ("auto", "x", "1", True, False),
    ("auto", "", "1", False, True),
    ("always", "1", "", False, True),
    ("never", "", "1", True, False),
]


@pytest.mark.parametrize(("flag", "no", "force", "terminal", "colour"), CASES)
def test_colour_follows_the_flag_then_the_variables_then_the_stream(
    flag, no, force, terminal, colour, monkeypatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no)
    monkeypatch.setenv("FORCE_COLOR", force)
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Screen() if terminal else io.StringIO()
    made = console(stream, flag)
    made.print("x", style="red")
    assert ("\x1b[" in stream.getvalue()) is colour
    assert made.is_terminal is terminal


def test_a_dumb_terminal_gets_no_colour(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Screen()
    console(stream).print("x", style="red")
    assert "\x1b" not in stream.getvalue()


def test_a_pipe_is_a_hundred_columns_wide_whatever_the_window(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert console(io.StringIO()).width == 100


def test_a_reader_that_went_away_is_no_error() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    write(Closed(), "text")
