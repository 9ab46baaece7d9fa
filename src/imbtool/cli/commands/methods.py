"""``imbtool methods``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click

from imbtool import registry
from imbtool.cli.base import Command, Setting
from imbtool.cli.common import common_options, json_option
from imbtool.cli.listing import aligned, method_row, parameter_line
from imbtool.core.kinds import MethodKind

if TYPE_CHECKING:
    from imbtool.cli.terminal import Terminal

EPILOG = """
Examples:
  imbtool methods --kind sampler --max-cost 1
  imbtool methods --find noise
  imbtool methods smote
"""


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    from imbtool.cli.types import completions

    return completions([(row.name, row.summary) for row in registry.methods().values()], incomplete)


@click.command(cls=Command, epilog=EPILOG)
@click.argument("name", required=False, metavar="[NAME]", shell_complete=_complete)
@click.option(
    "--kind",
    cls=Setting,
    section="What to compare",
    type=click.Choice(get_args(MethodKind)),
    help="Only methods of this kind.",
)
@click.option(
    "--max-cost",
    cls=Setting,
    section="What to compare",
    type=click.IntRange(0, 3),
    help="Only methods of this cost class or a lower one.",
)
@click.option(
    "--find",
    cls=Setting,
    section="What to compare",
    metavar="TEXT",
    help="Only methods whose name, summary, use or source has this text.",
)
@json_option
@common_options
@click.pass_obj
def methods(
    terminal: Terminal,
    /,
    name: str | None,
    kind: str | None,
    max_cost: int | None,
    find: str | None,
    as_json: bool,
) -> None:
    """List the catalogue of methods, or explain one."""
    rows = [registry.method(name)] if name else list(registry.methods().values())
    rows = [row for row in rows if _asked_for(row, kind, max_cost, find)]
    if as_json:
        import json

        # a line a method: indenting them all takes longer than listing them
        lines = [json.dumps(method_row(row), ensure_ascii=False) for row in rows]
        terminal.answer("[\n" + ",\n".join(lines) + "\n]\n")
    elif name:
        for row in rows:
            terminal.answer(explain(row, terminal.width))
    else:
        header = ("name", "kind", "cost", "summary")
        terminal.answer(aligned(header, [_line(row) for row in rows], width=terminal.width))
        terminal.say("cost: 0 free, 1 one training, 2 a few, 3 many; `imbtool methods NAME` explains one")


def _asked_for(row: Any, kind: str | None, max_cost: int | None, find: str | None) -> bool:
    text = " ".join((row.name, *row.aliases, row.summary, row.when, row.paper)).casefold()
    cheap = max_cost is None or row.cost <= max_cost
    return kind in (None, row.kind) and cheap and (find or "").casefold() in text


def _line(row: Any) -> tuple[str, ...]:
    return row.name, row.kind, str(row.cost), row.summary


def explain(row: Any, width: int | None = None) -> str:
    """Return everything the catalogue knows about a method, as text of at most `width` columns."""
    facts = [
        ("helps when", row.when),
        ("kind", row.kind),
        ("cost", f"{row.cost} (0 free to 3 many trainings)"),
        ("paper", row.paper),
    ]
    compared = "by default" if row.default else "when named, or with --methods all"
    if "row-money" in row.needs:
        compared = f"with --value-column or --cost-column; {compared}"
    facts.append(("compared", compared))
    facts += [("needs", ", ".join(row.needs)), ("also called", ", ".join(row.aliases))]
    facts += [("parameters" if i == 0 else "", parameter_line(p)) for i, p in enumerate(row.params)]
    facts.append(("use it", f"imbtool compare DATA --target COLUMN --methods {row.name}"))
    lines = aligned((), [(f"  {label}", text) for label, text in facts if text], width=width)
    return f"{row.name}: {row.summary}\n\n{lines}"
