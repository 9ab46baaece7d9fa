"""Help pages are golden files; with UPDATE_GOLDEN=1 in the environment these tests write them anew."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from imbtool.cli.app import COMMANDS, cli
from imbtool.cli.base import LazyGroup

GOLDEN = Path(__file__).parent / "golden"
PAGES = ["", "compare", "methods", "datasets", "datasets list", "datasets path", "datasets fetch"]
PAGES += ["config", "config show", "completion"]


def groups_and_commands() -> list[tuple[str, click.Command, str]]:
    found = []

    def walk(group: LazyGroup, prefix: str) -> None:
        ctx = click.Context(group)
        for name, (_, summary) in group.table.items():
            command = group.get_command(ctx, name)
            assert command is not None
            found.append((f"{prefix}{name}", command, summary))
            if isinstance(command, LazyGroup):
                walk(command, f"{prefix}{name} ")

    walk(cli, "")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_help_page_is_the_one_that_was_looked_at(page: str, imbtool) -> None:
    shown = imbtool(*page.split(), "--help")
    golden = GOLDEN / f"{page.replace(' ', '-') or 'imbtool'}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(shown.out, encoding="utf-8")
    assert shown.out == golden.read_text(encoding="utf-8")
    assert (shown.code, shown.err) == (0, "")


def test_there_is_a_golden_page_for_every_command() -> None:
    assert {name for name, _, _ in groups_and_commands()} | {""} == set(PAGES)


@pytest.mark.parametrize(("name", "command", "summary"), groups_and_commands())
def test_every_command_loads_and_its_summary_is_its_own_first_line(name, command, summary) -> None:
    assert command.get_short_help_str(limit=200) == summary
    assert len(summary) < 60
    assert command.name == name.split()[-1]


@pytest.mark.parametrize(("name", "command", "summary"), groups_and_commands())
def test_every_command_has_two_examples_and_every_option_a_help_text(name, command, summary) -> None:
    assert command.epilog.count("\n  ") >= 2
    assert "imbtool" in command.epilog
    for param in command.params:
        assert isinstance(param, click.Argument) or param.help


def test_the_exit_codes_in_the_help_are_all_there_are(imbtool) -> None:
    from imbtool.core.errors import ExitCode

    text = imbtool("--help").out
    listed = text[text.index("Exit codes:") :].splitlines()[1:]
    assert [int(line.split()[0]) for line in listed] == [int(code) for code in ExitCode]


def test_the_version_is_one_line(imbtool) -> None:
    from imbtool import __version__

    assert imbtool("--version").out == f"imbtool {__version__}\n"


def test_without_arguments_the_help_goes_to_standard_error(imbtool) -> None:
    shown = imbtool()
    assert (shown.code, shown.out) == (2, "")
    assert "Commands:" in shown.err


def test_commands_that_exist_are_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    assert set(COMMANDS) <= {word for word in COMMANDS if f"`imbtool {word}" in text}
