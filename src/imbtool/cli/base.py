# ruff: noqa: ARG002 - the signatures are those of Click
"""Click, with lazy commands, options in sections and a terminal for every command."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from imbtool.cli.config import apply_config
from imbtool.cli.terminal import Terminal
from imbtool.core.errors import UsageError
from imbtool.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTIONS = (
    "Data",
    "What to compare",
    "What to fit",
    "What to judge",
    "What to select",
    "Price",
    "Protocol",
    "Work",
    "Output",
    "General",
)
HELP = {"help_option_names": ["-h", "--help"]}


class Setting(click.Option):
    """An option that knows its section of the help page and shows its default and variable."""

    def __init__(self, *args: Any, section: str, **attrs: Any) -> None:
        attrs.setdefault("show_default", True)
        attrs.setdefault("show_envvar", True)
        super().__init__(*args, **attrs)
        self.section = section


class Command(click.Command):
    """A command whose help groups options by section and keeps its examples as written."""

    def __init__(self, *args: Any, **attrs: Any) -> None:
        attrs.setdefault("context_settings", HELP)
        super().__init__(*args, **attrs)

    def invoke(self, ctx: click.Context) -> Any:
        """Take the options that every command shares, and hand on a terminal in their place."""
        gc.enable()  # off while modules were imported: see `imbtool.__main__`
        ctx.obj = Terminal.of(ctx.params)
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list of options a section."""
        sections: dict[str, list[tuple[str, str]]] = {name: [] for name in SECTIONS}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record and isinstance(param, click.Option):  # arguments are explained below the options
                sections[getattr(param, "section", "General")].append(record)
        for name, records in sections.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples line by line."""
        write_lines(self.epilog, formatter)


class LazyGroup(click.Group):
    """A group that knows its commands by ``name -> (target, summary)`` and loads only the one asked for."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **attrs: Any) -> None:
        attrs.setdefault("context_settings", HELP)
        super().__init__(*args, **attrs)
        self.table = dict(table)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.table.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the epilog line by line."""
        write_lines(self.epilog, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command or suggest one; then let the configuration fill its defaults."""
        # Click suggests from the commands it has loaded, which in a lazy group is none of them.
        if args[0] not in self.table and not ctx.resilient_parsing:
            raise UsageError(
                f"No such command {args[0]!r}.",
                hint=did_you_mean(args[0], self.table, listing=f"Commands: {', '.join(self.table)}."),
                code="unknown-command",
            )
        found = super().resolve_command(ctx, args)
        if ctx.parent is None and not ctx.resilient_parsing and not {"-h", "--help"} & set(args):
            apply_config(ctx, self)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete command names from the table, options as Click does."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=summary)
            for name, (_, summary) in self.table.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


def write_lines(text: str | None, formatter: click.HelpFormatter) -> None:
    """Write text as it is, after an empty line."""
    if text:
        formatter.write_paragraph()
        for line in text.strip("\n").splitlines():
            formatter.write(f"{line}\n")
