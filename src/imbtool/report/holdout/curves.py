"""The curves of an evaluation as one picture: ROC, precision-recall, gain and cost curves, and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.errors import UsageError
from imbtool.report import svg, words
from imbtool.report.holdout.money import Picture
from imbtool.report.panel import GAP, HIGH, LEFT, WIDE, Panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.holdout.bands import Band, ClassCurves, HoldoutCurves
    from imbtool.holdout.result import Evaluation

_SHOWN = len(svg.COLOURS)
_BANDS = 2
_HEAD = 58


def to_svg(evaluation: Evaluation) -> str:
    """Return the picture: of two classes the positive one's curves, of several a curve a class.

    Of more than six classes the six rarest are in colour, the others grey. Bands are drawn for at most two
    curves. Where a price was asked about two classes, the money of acting on a growing share of the rows
    stands below; it stands alone where the evaluation was made without curves.

    Raises
    ------
    UsageError
        Code ``nothing-to-plot``: there is neither.
    """
    curves, facts = evaluation.curves, evaluation.money
    money = Picture(evaluation, facts) if facts is not None and facts.curve else None
    if curves is None and money is None:
        raise UsageError(
            "There are no curves to draw.",
            hint="Evaluate with --plot FILE, in Python with curves=True.",
            code="nothing-to-plot",
        )
    parts, wide, high = ([], 0.0, 0.0) if curves is None else _panels(evaluation, curves)
    if money is not None:
        parts += [f'<g transform="translate(0 {high:.0f})">', *money.parts(), "</g>"]
        wide, high = max(wide, money.wide), high + money.high_pixels
    return svg.page(parts, wide, high, f"{evaluation.data.name}: curves")


def _panels(evaluation: Evaluation, curves: HoldoutCurves) -> tuple[list[str], float, float]:
    """Return the four panels with their head, and how much room they take."""
    shown = _styled(curves)
    top = _HEAD + 22 * min(len(shown), _SHOWN + 1) + 40
    right = LEFT + WIDE + GAP + 14
    below = top + HIGH + GAP + 26
    under = f"bands: 95 % of {curves.resamples} resamples, at each place by itself"
    if len(shown) > _BANDS:
        under = "each class against the rest; the file of the evaluation has bands"
    parts = [
        svg.text(LEFT - 40, 28, f"{words.safe(evaluation.data.name)}: curves", size=16, bold=True),
        svg.text(LEFT - 40, 48, under, quiet=True),
        *_key(shown),
        *_roc(Panel(x=LEFT, y=top, title="ROC curves", across="false positive rate", up="true positive rate"),
              curves, shown),
        *_precision(Panel(x=right, y=top, title="Precision and recall", across="recall", up="precision"),
                    curves, shown),
        *_cost(Panel(x=LEFT, y=below, high=0.5, title="Cost curves", up="expected cost (1: all wrong)",
                     across="share of the cost due to positives if all were wrong"),
               curves, shown, curves.asked),
        *_lines(Panel(x=right, y=below, title="Precision-recall gain", across="recall gain",
                      up="precision gain"), "prg", curves.even, shown),
    ]  # fmt: skip
    return parts, right + WIDE + 26, below + HIGH + GAP + 4


Styled = list[tuple["ClassCurves", str, str]]


def _styled(curves: HoldoutCurves) -> Styled:
    """Return the classes with colour and dashes, the rarest first; beyond six they are grey."""
    rising = sorted(curves.classes, key=lambda one: one.prevalence)
    plain = [("#b6bec7", "")] * max(0, len(rising) - _SHOWN)
    styles = [*zip(svg.COLOURS, svg.DASHES, strict=True), *plain]
    return [(one, *style) for one, style in zip(rising, styles, strict=False)]


def _key(shown: Styled) -> Iterator[str]:
    for number, (one, colour, dash) in enumerate(shown[: _SHOWN + 1]):
        at = _HEAD + 16 + 22 * number
        told = f"{words.safe(one.label)[:60]}, {100 * one.prevalence:.3g} % of the rows"
        if number == _SHOWN and len(shown) > _SHOWN + 1:
            told = words.plural(len(shown) - _SHOWN, "other class", "other classes")
        yield svg.path([(LEFT - 40, at - 4), (LEFT - 6, at - 4)], colour, dash=dash, width=2.4)
        yield svg.text(LEFT + 4, at, told)


def _lines(panel: Panel, kind: str, grid: tuple[float, ...], shown: Styled) -> Iterator[str]:
    yield from panel.frame()
    for one, colour, _ in shown if len(shown) <= _BANDS else []:
        band: Band = getattr(one, kind)
        ends = [*panel.places(grid, band.low), *reversed(panel.places(grid, band.high))]
        yield svg.area(ends, colour, 0.13)
    for one, colour, dash in reversed(shown):
        yield svg.path(panel.places(grid, getattr(one, kind).value), colour, dash=dash)


def _roc(panel: Panel, curves: HoldoutCurves, shown: Styled) -> Iterator[str]:
    yield from _lines(panel, "roc", curves.fpr, shown)
    yield svg.line(*panel.at(0, 0), *panel.at(1, 1), colour=svg.QUIET, dash="3 3")
    decided = [(one.decided, colour) for one, colour, _ in shown if one.decided is not None]
    for place, colour in reversed(decided):
        yield svg.dot(*panel.at(*place), colour)
    if decided:
        yield svg.text(*panel.at(0.97, 0.05), "dots: as decided", anchor="end", quiet=True)


def _precision(panel: Panel, curves: HoldoutCurves, shown: Styled) -> Iterator[str]:
    yield from _lines(panel, "pr", curves.even, shown)
    for one, colour, _ in shown:
        ends = panel.at(0, one.prevalence), panel.at(1, one.prevalence)
        yield svg.line(*ends[0], *ends[1], colour=svg.QUIET if len(shown) == 1 else colour, dash="3 3")


def _cost(panel: Panel, curves: HoldoutCurves, shown: Styled, asked: float | None) -> Iterator[str]:
    yield from _lines(panel, "cost", curves.even, shown)
    triangle = [panel.at(0, 0), panel.at(0.5, 0.5), panel.at(1, 0)]
    yield svg.path(triangle, svg.QUIET, width=1, dash="3 3")
    yield svg.text(*panel.at(0.2, 0.27), "act on none", anchor="end", quiet=True)
    yield svg.text(*panel.at(0.8, 0.27), "act on all", quiet=True)
    if asked is not None:
        yield from panel.mark(asked, "the costs asked about")
