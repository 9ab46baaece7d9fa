"""Help pages are golden files; with UPDATE_GOLDEN=1 in the environment these tests write them anew."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from imbtool.cli.app import COMMANDS, cli
from imbtool.cli.base import LazyGroup

GOLDEN = Path(__file__).parent / "golden"
DOCS = Path(__file__).parents[3] / "docs" / "cli.md"
HEADING = "## Help pages\n"
PAGES = ["", "compare", "methods", "datasets", "datasets list", "datasets path", "datasets fetch"]
PAGES += ["fit", "predict", "eval", "inspect", "scores", "batch"]
PAGES += ["runs", "runs list", "runs show", "runs resume", "runs export", "runs prune"]
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


def test_the_documentation_holds_every_help_page() -> None:
    pages = [
        (GOLDEN / f"{page.replace(' ', '-') or 'imbtool'}.txt").read_text(encoding="utf-8") for page in PAGES
    ]
    blocks = [
        f"```text\n$ imbtool {page} --help\n{text}```\n" for page, text in zip(PAGES, pages, strict=True)
    ]
    blocks = [block.replace("imbtool  --help", "imbtool --help") for block in blocks]
    text = DOCS.read_text(encoding="utf-8")
    head = text[: text.index(HEADING) + len(HEADING)]
    if os.environ.get("UPDATE_GOLDEN"):
        DOCS.write_text(head + "\n" + "\n".join(blocks), encoding="utf-8")
    assert DOCS.read_text(encoding="utf-8") == head + "\n" + "\n".join(blocks)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_in_the_documentation(name: str) -> None:
    assert f"`imbtool {name}`" in DOCS.read_text(encoding="utf-8")


def test_every_environment_variable_is_in_the_documentation() -> None:
    text = (DOCS.parent / "configuration.md").read_text(encoding="utf-8")
    variables = {p.envvar for _, command, _ in groups_and_commands() for p in command.params if p.envvar}
    assert variables
    assert {v for v in variables if f"`{v}`" not in text} == set()
