import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from tests.unit.report import fixtures

from imbtool.data.dataset import Finding
from imbtool.evaluation.result import Comparison
from imbtool.report.terminal import render
from imbtool.report.terminal.bars import interval_bar, share_bar
from imbtool.report.terminal.columns import folded
from imbtool.report.view import Scale

EVERY = [fixtures.binary, fixtures.inconclusive, fixtures.multiclass]


def on_terminal(run: Comparison, width: int = 80, *, verbose: bool = False, colour: bool = False) -> str:
    file = io.StringIO()
    system = "truecolor" if colour else None
    render(run, Console(file=file, force_terminal=True, width=width, color_system=system), verbose=verbose)
    return file.getvalue()


def in_pipe(run: Comparison, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    render(run, Console(file=file, force_terminal=False, width=100, color_system=None))
    file.flush()
    return file.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined] # BytesIO


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("width", [60, 80, 100, 160, 300])
def test_no_line_of_the_report_is_wider_than_the_terminal(make, width: int) -> None:
    run = replace(make(), command="", fit_command="")  # commands are never broken, so that they can be copied
    assert max(map(len, on_terminal(run, width).splitlines())) <= width


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize("width", [80, 160])
def test_nothing_is_cut_off(make, width: int) -> None:
    assert "…" not in on_terminal(make(), width)
    assert "…" not in in_pipe(make())


@pytest.mark.parametrize("make", EVERY)
def test_a_pipe_gets_plain_lines_without_boxes_bars_or_trailing_blanks(make) -> None:
    text = in_pipe(make())
    assert not re.search("[─-▟●]", text)
    assert "\x1b" not in text
    assert not re.search(r" $", text, re.MULTILINE)
    assert max(len(line) for line in text.splitlines() if not line.startswith("  imbtool")) <= 100


@pytest.mark.parametrize("make", EVERY)
def test_the_report_opens_with_data_then_verdict_then_methods(make) -> None:
    text = on_terminal(make())
    places = [text.index(make().dataset.name), text.index("Verdict"), text.index("Methods")]
    assert places == sorted(places)
    assert make().verdict.headline.split()[0] in text


def test_colour_adds_nothing_but_escape_sequences() -> None:
    plain = on_terminal(fixtures.binary())
    coloured = on_terminal(fixtures.binary(), colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured != plain


def test_marks_tell_verdict_best_tied_worse_and_control() -> None:
    lines = on_terminal(fixtures.binary(), 160).splitlines()
    assert any(re.match(r">=c +\d+ +lightgbm +threshold ", line) for line in lines)
    assert any(line.startswith(" *") for line in lines)
    assert any(line.startswith(" - ") for line in lines)


def test_the_exact_commands_are_on_one_line_each() -> None:
    run = fixtures.binary()
    for text in (on_terminal(run, 60), in_pipe(run)):
        assert f"  {run.command}\n" in text
        assert f"  {run.fit_command}\n" in text


def test_long_tables_are_shortened_with_a_count_and_verbose_shows_all() -> None:
    run = fixtures.binary()
    ranked = sum(1 for row in run.methods if row.rank)
    assert f"{ranked - 15} more rows: --verbose shows all" in on_terminal(run)
    whole = on_terminal(run, 160, verbose=True)
    assert "--verbose" not in whole
    lines = [line for line in whole.splitlines() if re.match(r"[> ][*=-][c ] ", line)]
    assert len(lines) == ranked


def test_everything_that_did_not_run_is_named_with_its_reason() -> None:
    text = in_pipe(fixtures.binary())
    assert "cooldown+threshold (logistic): logistic is not trained in stages" in text
    assert "the time limit of 60 s was" in text


def test_a_column_that_gives_the_target_away_is_a_loud_warning() -> None:
    assert "WARNING    Column 'payout_stopped'" in in_pipe(fixtures.binary())


def test_an_interrupted_run_says_so() -> None:
    assert "Verdict so far (the run was interrupted)" in on_terminal(fixtures.inconclusive())


def test_several_classes_get_a_table_of_their_own() -> None:
    text = in_pipe(fixtures.multiclass())
    table = text[text.index("Classes") :]
    assert re.search(r"fatal +318 +0\.300 +0\.180 +0\.288 +0\.306 +0\.276 +0\.180\n", table)


def test_nothing_in_the_data_can_steer_the_terminal_or_the_markup() -> None:
    run = fixtures.multiclass()
    evil = "\x1b[2J[red]x[/red]\r\n"
    finding = Finding(level="warning", code="x", message=evil)
    run = replace(run, dataset=replace(run.dataset, name=evil, classes=("a", evil, "c"), findings=(finding,)))
    for text in (on_terminal(run), in_pipe(run)):
        assert "\x1b[2J" not in text
        assert "\\x1b[2J[red]x[/red]\\r\\n" in text


def test_an_output_that_knows_only_ascii_gets_ascii() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    render(fixtures.binary(), Console(file=file, force_terminal=True, width=100, color_system=None))
    file.flush()


def test_a_comparison_without_any_estimate_is_still_reported() -> None:
    run = fixtures.binary()
    rows = tuple(
        replace(r, status="failed", reason="boom", rank=0, estimates={}, n_trials=0) for r in run.methods
    )
    assert "nothing could be estimated" in in_pipe(replace(run, methods=rows))


def test_interval_bars_place_ends_mean_and_reference() -> None:
    estimate = fixtures.binary().methods[0].estimates["pr_auc"]
    estimate = replace(estimate, low=0.2, mean=0.5, high=0.8)
    scale = Scale(low=0.0, high=1.0)
    assert interval_bar(estimate, scale, 11) == "  ├──●──┤  "
    assert interval_bar(estimate, scale, 11, reference=0.0) == "┊ ├──●──┤  "
    assert interval_bar(estimate, scale, 11, reference=0.4, unicode=False) == "  [-+o--]  "
    undefined = replace(estimate, low=float("nan"), high=float("nan"))
    assert interval_bar(undefined, scale, 11) == "     ●     "


def test_a_share_above_nothing_is_always_visible() -> None:
    assert share_bar(0.0001, 20) == "━"
    assert share_bar(0.0, 20) == ""


def test_recipes_break_after_a_step_only() -> None:
    assert (
        folded("smote(k_neighbors=3)+isotonic+threshold", 24) == "smote(k_neighbors=3)\n+isotonic+threshold"
    )


def test_a_metric_is_shown_once_also_when_it_ranks_the_table() -> None:
    run = fixtures.binary()
    text = on_terminal(replace(run, settings=replace(run.settings, metric="f1")), 160)
    header = text[text.index("Methods") :].split("recipe")[1].split("\n")[0]
    assert header.split()[0] == "F1"
    assert "chosen" not in header
