"""What the data is: rows, classes, features, roles, what was left out, what to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from imbtool.report import view, words
from imbtool.report.terminal.bars import share_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.evaluation.result import Comparison, DatasetSummary
    from imbtool.report.terminal.paper import Paper

MOST_CLASSES = 12


def show_data(comparison: Comparison, paper: Paper) -> None:
    """Print the section about the data."""
    data = comparison.dataset
    size = f"{words.plural(data.n_rows, 'row')}, {words.plural(data.n_features, 'feature')}"
    paper.heading(words.safe(data.name), f"{size}, target {data.target}")
    paper.write("")
    facts: list[tuple[str | Text, str | Text]] = list(_classes(data, paper))
    facts.append(("features", _features(data)))
    facts += view.roles(data.columns)
    facts.append(("folds", view.split(comparison.settings)))
    facts.append(("test", view.tested(comparison.settings)))
    facts += [("left out", f"{names} ({reason})") for reason, names in view.left_out(data.columns)]
    facts += _findings(comparison)
    paper.pairs(facts)


def _classes(data: DatasetSummary, paper: Paper) -> Iterator[tuple[str, Text]]:
    order = sorted(range(len(data.classes)), key=lambda k: (k != data.rare, data.counts[k]))
    shown = order[:MOST_CLASSES]
    labels = {k: _fit(words.safe(data.classes[k]), 24) for k in shown}
    wide = max((len(words.count(data.counts[k])) for k in shown), default=0)
    label = max((len(text) for text in labels.values()), default=0)
    for k in shown:
        share = data.counts[k] / data.n_rows if data.n_rows else 0.0
        line = Text(f"{labels[k]:<{label}}  {words.count(data.counts[k]):>{wide}}  {words.percent(share):>7}")
        if not paper.plain:
            bar = share_bar(share, min(paper.width - 50, 40), unicode=paper.unicode)
            line.append(f"  {bar}", style="cyan" if k == data.rare else "dim")
        yield "classes", line
    if len(order) > MOST_CLASSES:
        yield "classes", Text(f"and {len(order) - MOST_CLASSES} more classes")


def _features(data: DatasetSummary) -> str:
    kinds = ", ".join(f"{words.count(n)} {kind}" for kind, n in view.kinds(data.columns))
    missing = f"; {words.plural(data.n_missing, 'cell')} missing" if data.n_missing else "; no missing cells"
    return f"{kinds or words.count(data.n_features)}{missing}"


def _findings(comparison: Comparison) -> list[tuple[str | Text, str | Text]]:
    """Return warnings, loud, then notes, each kind set off by an empty row."""
    loud = [words.safe(text) for text in view.findings(comparison.dataset, "warning")]
    calm = [*view.findings(comparison.dataset, "note"), *comparison.notes]
    red = "bold red"
    rows: list[tuple[str | Text, str | Text]] = []
    rows += [(Text("WARNING", style=f"not dim {red}"), Text(text, style=red)) for text in loud]
    rows += [("note", text) for text in calm]
    return [("", ""), *rows] if rows else []


def _fit(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
