"""The curves of a comparison as one picture: ROC with its hull, precision-recall, gain, cost, levels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import UsageError
from imbtool.evaluation.curves import ends_of
from imbtool.report import svg, words
from imbtool.report.panel import GAP, HIGH, LEFT, WIDE, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imbtool.evaluation.curves import Curves, RowCurves
    from imbtool.evaluation.result import Comparison

SHOWN = 5
"""Rows in colour; the others are grey."""
_TOP = 84
_LONGEST = 72


def to_svg(comparison: Comparison) -> str:
    """Return the picture.

    In colour: the verdict's row, doing nothing, the best row, then those with most corners on the convex hull
    of all ROC curves; of rows with one and the same ROC curve, such as calibrated ones, the first. Bands
    hold 95 percent at each place by itself; they are drawn for the first two.

    Raises
    ------
    UsageError
        Code ``nothing-to-plot``: the comparison was kept without curves.
    """
    curves = comparison.curves
    if curves is None:
        raise UsageError(
            "There are no curves to draw.",
            hint="The comparison was kept by an older version: run it again.",
            code="nothing-to-plot",
        )
    return _Picture(comparison, curves).drawn()


class _Picture:
    def __init__(self, comparison: Comparison, curves: Curves) -> None:
        self.comparison, self.curves = comparison, curves
        self.shown = _shown(comparison, curves)
        drawn = {(row.learner, row.recipe) for row in self.shown}
        self.rest = [row for row in curves.rows if (row.learner, row.recipe) not in drawn]
        self.styles = list(zip(self.shown, svg.COLOURS, svg.DASHES, strict=False))

    def drawn(self) -> str:
        top = _TOP + 22 * (len(self.styles) + bool(self.rest)) + 12
        right = LEFT + WIDE + GAP + 14
        places = [(x, top + row * (HIGH + GAP + 26)) for row in range(4) for x in (LEFT, right)]
        drawn: list[Callable[[float, float], Iterator[str]]] = [
            *(self._roc, self._precision, self._cost, self._gain),
            *([self._money] if self.shown[0].money is not None else []),
            *([self._levels, self._family_names] if self.curves.families else []),
        ]
        parts = [part for (x, y), panel in zip(places, drawn, strict=False) for part in panel(x, y)]
        alone = bool(self.curves.families) and len(drawn) % 2 == 1  # names in a line of their own
        bottom = places[len(drawn) - 1][1] + (40 * min(len(self.curves.families), 7) if alone else HIGH + GAP)
        key, settings = list(self._key(LEFT - 40, 58)), self.comparison.settings
        title = f"{words.safe(self.comparison.dataset.name)}: curves on unseen rows"
        over, classes = f"{settings.repeats} x {settings.folds} folds", len(self.comparison.dataset.classes)
        told = f"prevalence {100 * self.curves.prevalence:.3g} %"
        if classes > 2:
            over, told = f"{classes} classes, each against the rest, and {over}", "a plain mean over classes"
        under = f"means over {over}; bands: 95 % at each place by itself; {told}"
        head = [
            svg.text(LEFT - 40, 28, title, size=16, bold=True),
            svg.text(LEFT - 40, 48, under, quiet=True),
        ]
        return svg.page([*head, *key, *parts], right + WIDE + 26, bottom + 4, title)

    def _lines(self, panel: Panel, kind: str, grid: Sequence[float], times: float = 1.0) -> Iterator[str]:
        yield from panel.frame()
        for row in self.rest:
            yield svg.path(
                panel.places(grid, times * np.array(getattr(row, kind).mean)), "#b6bec7", width=0.8
            )
        for row, colour, _ in self.styles[:2]:
            low, high = ends_of(getattr(row, kind), kind)
            ends = [*panel.places(grid, times * low), *reversed(panel.places(grid, times * high))]
            yield svg.area(ends, colour, 0.13)
        for row, colour, dash in reversed(self.styles):
            yield svg.path(panel.places(grid, times * np.array(getattr(row, kind).mean)), colour, dash=dash)

    def _roc(self, x: float, y: float) -> Iterator[str]:
        panel = Panel(
            x=x,
            y=y,
            title="ROC curves and their convex hull",
            across="false positive rate",
            up="true positive rate",
        )
        yield from self._lines(panel, "roc", self.curves.fpr)
        yield svg.line(*panel.at(0, 0), *panel.at(1, 1), colour=svg.QUIET, dash="3 3")
        corners = [(0.0, 0.0), *((p.fpr, p.tpr) for p in self.curves.hull), (1.0, 1.0)]
        yield svg.path([panel.at(*c) for c in corners], svg.INK, width=1.1)
        for row, colour, _ in reversed(self.styles):
            yield svg.dot(*panel.at(row.decided.fpr, row.decided.tpr), colour)
        yield svg.text(*panel.at(0.97, 0.12), f"hull: area {self.curves.hull_auc:.3f}", anchor="end")
        yield svg.text(*panel.at(0.97, 0.05), "dots: as decided", anchor="end", quiet=True)

    def _precision(self, x: float, y: float) -> Iterator[str]:
        panel = Panel(x=x, y=y, title="Precision and recall", across="recall", up="precision")
        yield from self._lines(panel, "pr", self.curves.even)
        level = self.curves.prevalence
        yield svg.line(*panel.at(0, level), *panel.at(1, level), colour=svg.QUIET, dash="3 3")

    def _gain(self, x: float, y: float) -> Iterator[str]:
        panel = Panel(x=x, y=y, title="Precision-recall gain", across="recall gain", up="precision gain")
        yield from self._lines(panel, "prg", self.curves.even)

    def _cost(self, x: float, y: float) -> Iterator[str]:
        panel = Panel(
            x=x, y=y, high=0.5, title="Cost curves", up="expected cost (1: all wrong)",
            across="share of the cost due to positives if all were wrong",
        )  # fmt: skip
        yield from panel.frame()
        triangle = [panel.at(0, 0), panel.at(0.5, 0.5), panel.at(1, 0)]
        yield svg.path(triangle, svg.QUIET, width=1, dash="3 3")
        yield from list(self._lines(panel, "cost", self.curves.even))[len(list(panel.frame())) :]
        yield svg.text(*panel.at(0.2, 0.27), "act on none", anchor="end", quiet=True)
        yield svg.text(*panel.at(0.8, 0.27), "act on all", quiet=True)
        here = operating_share(self.comparison)
        if here is not None:
            yield from panel.mark(here, "the costs asked about")

    def _money(self, x: float, y: float) -> Iterator[str]:
        price = self.comparison.settings.price
        unit = "profit" if price is None else price.unit
        known = [np.concatenate(ends_of(row.money, "money")) for row in self.shown[:2] if row.money]
        known += [np.array(row.money.mean) for row in self.curves.rows if row.money]
        values = 1000 * np.concatenate(known)
        panel = Panel(
            x=x,
            y=y,
            low=float(values.min()),
            high=float(values.max()) or 1.0,
            title=f"{unit.capitalize()} per 1,000 rows",
            across="share of the rows acted on, highest scores first",
            up="",
        )
        yield from self._lines(panel, "money", self.curves.even, 1000.0)

    def _levels(self, x: float, y: float) -> Iterator[str]:
        panel = Panel(
            x=x, y=y, title="Decisions at the default threshold, by level", up="true positive rate",
            across="false positive rate",
        )  # fmt: skip
        yield from panel.frame()
        hull = [(0.0, 0.0), *((p.fpr, p.tpr) for p in self.curves.decision_hull), (1.0, 1.0)]
        yield svg.path([panel.at(*c) for c in hull], svg.INK, width=1.1)
        for family, colour, dash in zip(self.curves.families, svg.COLOURS, svg.DASHES, strict=False):
            places = [panel.at(p.fpr, p.tpr) for p in family.points]
            yield svg.path(places, colour, dash=dash, width=1.6)
            yield from (svg.dot(*place, colour, 3.2) for place in places)

    def _family_names(self, x: float, y: float) -> Iterator[str]:
        yield svg.text(x, y - 12, "One curve a family of recipes", size=13, bold=True)
        for number, family in enumerate(self.curves.families[:10]):
            colour = svg.COLOURS[number] if number < len(svg.COLOURS) else svg.QUIET
            at = y + 14 + 38 * number if len(self.curves.families) < 7 else y + 14 + 26 * number
            yield svg.dot(x + 6, at - 4, colour)
            yield svg.text(x + 18, at, _short(f"{family.name} ({family.learner})", 46))
            told = f"area {family.auc:.3f}; {family.on_hull} of {len(family.points)} points on the hull"
            yield svg.text(x + 18, at + 14, told, quiet=True, size=11)

    def _key(self, x: float, y: float) -> Iterator[str]:
        on = _corners(self.curves)
        for number, (row, colour, dash) in enumerate(self.styles):
            at = y + 16 + 22 * number
            yield svg.path([(x, at - 4), (x + 34, at - 4)], colour, dash=dash, width=2.4)
            yield svg.text(x + 44, at, _short(f"{row.recipe} ({row.learner}){self._role(row)}", _LONGEST))
            yield svg.text(
                x + 500,
                at,
                f"{on.get((row.learner, row.recipe), 0)} of {len(self.curves.hull)} hull corners",
                quiet=True,
            )
        at = y + 16 + 22 * len(self.styles)
        if self.rest:
            yield svg.path([(x, at - 4), (x + 34, at - 4)], "#b6bec7", width=0.8)
            yield svg.text(x + 44, at, words.plural(len(self.rest), "other row"), quiet=True)

    def _role(self, row: RowCurves) -> str:
        chosen = self.comparison.verdict
        plain = [r for r in self.curves.rows if (r.learner, r.recipe) == (row.learner, "none")]
        same = any(r.roc.mean == row.roc.mean for r in plain)
        said = ["doing nothing" if row.recipe == "none" else "as doing nothing"] if same else []
        if (row.learner, row.recipe) == (chosen.learner, chosen.recipe):
            said.append("the choice of the verdict")
        return ", ".join(["", *said])


def operating_share(comparison: Comparison) -> float | None:
    """Return the share of the greatest cost that is due to positives, at the costs that were asked about."""
    price, curves = comparison.settings.price, comparison.curves
    return None if price is None or curves is None else price.operating_share(curves.prevalence)


def _corners(curves: Curves) -> dict[tuple[str, str], int]:
    """Return how many corners lie on the ROC curve of each row; rows with one and the same share them."""
    own = Counter((corner.learner, corner.recipe) for corner in curves.hull)
    shared: Counter[tuple[float, ...]] = Counter()
    for row in curves.rows:
        shared[row.roc.mean] += own[row.learner, row.recipe]
    return {(row.learner, row.recipe): shared[row.roc.mean] for row in curves.rows}


def _shown(comparison: Comparison, curves: Curves) -> list[RowCurves]:
    """Return the rows in colour."""
    verdict, on = comparison.verdict, _corners(curves)
    first = [row for row in curves.rows if (row.learner, row.recipe) == (verdict.learner, verdict.recipe)]
    plain = [row for row in curves.rows if row.recipe == "none" and row.learner == verdict.learner]
    by_hull = sorted(curves.rows, key=lambda row: -on.get((row.learner, row.recipe), 0))
    kept: list[RowCurves] = []
    for row in (*first, *plain, *curves.rows[:1], *by_hull):
        same = any(np.array_equal(row.roc.mean, other.roc.mean) for other in kept)
        if not same and len(kept) < SHOWN:
            kept.append(row)
    return kept


def _short(text: str, longest: int) -> str:
    text = words.safe(text)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
