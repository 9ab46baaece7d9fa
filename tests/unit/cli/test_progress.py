import io

from imbtool.cli.progress import LineProgress, progress
from imbtool.cli.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(*, quiet: bool = False) -> tuple[Terminal, io.StringIO]:
    err = io.StringIO()
    return Terminal(io.StringIO(), err, quiet=quiet), err


def test_lines_come_at_the_start_and_then_every_few_seconds() -> None:
    now = [0.0]
    shown, err = terminal()
    lines = LineProgress(shown, "reading x.csv", clock=lambda: now[0])
    lines.start(100, "comparing")
    for _ in range(6):
        now[0] += 2
        lines.advance(1, "smote, fold 1")
    assert err.getvalue().splitlines() == [
        "imbtool: reading x.csv",
        "imbtool: comparing: 0/100",
        "imbtool: 2/100 smote, fold 1, about 3 min 16 s left",
        "imbtool: 4/100 smote, fold 1, about 3 min 12 s left",
        "imbtool: 6/100 smote, fold 1, about 3 min 08 s left",
    ]


def test_no_more_time_is_left_than_the_budget_has() -> None:
    now = [0.0]
    shown, err = terminal()
    lines = LineProgress(shown, "reading x.csv", 20.0, clock=lambda: now[0])
    lines.start(100, "comparing")
    for now[0] in (4.0, 8.0, 19.5):
        lines.advance(1, "smote, fold 1")
    assert [line.rpartition(", ")[2] for line in err.getvalue().splitlines()[2:]] == [
        "about 16 s left",
        "about 12 s left",
        "about 0.50 s left",
    ]


def test_quiet_shows_nothing() -> None:
    shown, err = terminal(quiet=True)
    with progress(shown, "reading") as bar:
        bar.start(3, "x")
        bar.advance(1, "y")
        bar.note("z")
    assert err.getvalue() == ""


def test_no_bar_moves_on_the_terminal_that_the_answer_is_written_to(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for out, moves in ((Screen(), False), (io.StringIO(), True)):
        err = Screen()
        with progress(Terminal(out, err, "never"), "scoring", answering=True):
            pass
        assert ("\x1b[" in err.getvalue()) is moves


def test_the_bar_on_a_terminal_is_gone_at_the_end(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    err = Screen()
    shown = Terminal(io.StringIO(), err, "never")
    monkeypatch.setattr(shown.err, "_width", 80)
    with progress(shown, "reading") as bar:
        bar.start(3, "comparing [red]")
        bar.advance(1, "x" * 300)
        bar.note("a [bold]note[/bold] \x1b[2J")
    assert "a [bold]note[/bold] \\x1b[2J" in err.getvalue()
    assert "1/3" in err.getvalue()
    assert err.getvalue().endswith("\x1b[2K")
