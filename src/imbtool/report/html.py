"""The report as one self-contained HTML page: no script, no network, everything escaped."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from imbtool.report import view, words
from imbtool.report.terminal.table import nothing_mean

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from imbtool.evaluation.result import Comparison, MethodResult

BAR_WIDTH = 120
_BREAKS = re.compile(r"(?<=[_+,])|(?=\()")


def to_html(comparison: Comparison, *, page: bool = True) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    comparison : Comparison
    page : bool
        A whole document (the default), or a fragment for notebooks.
    """
    rows = view.ranked(comparison)
    data = comparison.dataset
    return _template().render(
        page=page,
        bar_width=BAR_WIDTH,
        comparison=comparison,
        data=data,
        settings=comparison.settings,
        verdict=comparison.verdict,
        words=words,
        classes=sorted(
            zip(data.classes, data.counts, strict=True), key=lambda c: (c[0] != data.classes[data.rare], c[1])
        ),
        split=view.split(comparison.settings),
        tested=view.tested(comparison.settings),
        warnings=view.findings(data, "warning"),
        notes=(*view.findings(data, "note"), *comparison.notes),
        kinds=view.kinds(data.columns),
        roles=view.roles(data.columns),
        left_out=view.left_out(data.columns),
        rows=[_row(comparison, rows, row) for row in rows],
        class_metrics=view.classes(comparison)[0],
        class_lines=view.classes(comparison)[1],
        footnotes=view.footnotes(comparison),
        problems=view.problems(comparison),
        doubt=view.unproven(comparison),
        leaks=view.proof_warnings(comparison),
        heading=view.heading(comparison),
        metric=words.metric_name(comparison.settings.metric),
        decision=words.metric_name(comparison.settings.threshold_metric),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("imbtool.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["breakable"] = _breakable
    return environment.get_template("comparison.html")


def _breakable(name: str) -> Markup:
    """Return the name of a recipe, escaped, with places where a line may end."""
    from markupsafe import Markup

    return Markup("<wbr>").join(_BREAKS.split(name))


def _row(comparison: Comparison, rows: tuple[MethodResult, ...], row: MethodResult) -> dict[str, Any]:
    settings = comparison.settings
    standing = view.standing(row)
    return {
        "of": row,
        "standing": standing,
        "chosen": row is view.recommended(comparison),
        "mark": view.MARKS[standing],
        "mean": words.judged(row, settings.metric),
        "gain": row.versus_nothing.get(settings.metric),
        "decision": words.estimate_of(row, settings.threshold_metric),
        "skill": words.estimate_of(row, "brier_skill"),
        "slope": words.estimate_of(row, "calibration_slope"),
        "bar": _bar(comparison, rows, row),
    }


def _bar(
    comparison: Comparison, rows: tuple[MethodResult, ...], row: MethodResult
) -> dict[str, float] | None:
    """Return where the marks of an interval lie in its picture, in pixels."""
    found = words.judged(row, comparison.settings.metric)
    if found is None:
        return None
    scale = view.scale(rows, comparison.settings.metric)

    def at(value: float) -> float:
        return round(4 + scale.place(value, BAR_WIDTH - 8), 1)

    nothing = nothing_mean(comparison)
    known = {"low": found.low, "high": found.high, "mean": found.mean, "nothing": nothing}
    return {name: at(value) for name, value in known.items() if value is not None and value == value}  # noqa: PLR0124
