"""What an evaluation says about money: sentences, a small picture in characters, and the curve as SVG."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from imbtool.evaluation.phrases import money
from imbtool.report import svg, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.holdout.result import CurvePoint, Evaluation, Measured, MoneyFacts

_STEPS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=+*#@"
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 360, 92, 58, 24, 62
_SHOWN = 9


def sentences(evaluation: Evaluation) -> Iterator[str]:
    """Yield what was asked, what decisions bring of it, and what policies that look at no row would."""
    facts = evaluation.money
    if facts is None:
        return
    yield f"asked: {facts.asked}"
    for name, what in (
        (facts.unit, "the decisions"),
        (f"{facts.unit}_at_top", "acting on the rows of the highest scores"),
    ):
        found = evaluation.metrics.get(name)
        if facts.unit and found is not None and isfinite(found.value):
            ends = f"{money(found.low)} to {money(found.high)}"
            yield f"{facts.unit} of {what}: {money(found.value)} per 1,000 rows ({ends})"
            yield from _against(facts, found.value)
    for name in ("savings", "savings_at_top"):
        found = evaluation.metrics.get(name)
        if found is not None and isfinite(found.value):
            yield (
                f"{words.percent(found.value)} ({_percents(found)}) of the way from the best of these to "
                "knowing every class"
            )
    best = best_point(facts)
    if best is not None:
        yield (
            f"best on these rows, which flatters: acting on the first {words.percent(best.share)}, "
            f"{facts.unit} {money(best.value)} per 1,000 rows ({money(best.low)} to {money(best.high)})"
        )


def _percents(found: Measured) -> str:
    return f"{words.percent(found.low)} to {words.percent(found.high)}"


def _against(facts: MoneyFacts, value: float) -> Iterator[str]:
    known = {"acting on none": facts.treat_none, "acting on all": facts.treat_all}
    if not isfinite(facts.treat_none):
        known = {"the same class for all rows": facts.trivial}
    elif isfinite(facts.rate) and facts.trivial != facts.treat_none:
        known["as many by lot"] = facts.trivial
    sign = -1.0 if facts.unit == "cost" else 1.0
    for policy, there in known.items():
        gain = sign * (value - there)
        better = "less" if (gain >= 0) == (facts.unit == "cost") else "more"
        yield f"{money(abs(gain))} {better} than {policy} ({money(there)})"


def best_point(facts: MoneyFacts) -> CurvePoint | None:
    """Return the best point of the curve on these rows."""
    if not facts.curve:
        return None
    sign = -1.0 if facts.unit == "cost" else 1.0
    return max(facts.curve, key=lambda point: sign * point.value)


def sparkline(curve: Sequence[CurvePoint], *, unicode: bool = True) -> str:
    """Return the curve in one line of characters, from acting on none to acting on all."""
    values = [point.value for point in curve]
    low, span = min(values), max(values) - min(values)
    steps = _STEPS if unicode else _ASCII
    return "".join(steps[min(int(8 * (v - low) / span), 7) if span > 0 else 0] for v in values)


def curve_rows(facts: MoneyFacts) -> list[list[str]]:
    """Return some points of the curve as cells: share, money per 1,000 rows, its band."""
    step = max(1, (len(facts.curve) - 1) // (_SHOWN - 1))
    return [
        [words.percent(p.share), money(p.value), f"{money(p.low)} to {money(p.high)}"]
        for p in facts.curve[::step]
    ]


class Picture:
    """The curve of acting on a growing share of the rows, with its band: parts of an SVG page."""

    wide, high_pixels = _WIDTH, _HEIGHT

    def __init__(self, evaluation: Evaluation, facts: MoneyFacts) -> None:
        self.evaluation, self.facts = evaluation, facts
        ends = [x for p in facts.curve for x in (p.low, p.high, p.value)]
        if self._acted() is not None:
            decided = self._decided()
            ends += [x for x in (decided.low, decided.high, decided.value) if isfinite(x)]
        self.low, self.high = min(ends), max(ends)
        self.span = (self.high - self.low) or 1.0

    def x(self, share: float) -> float:
        """Return the pixel of a share."""
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Return the pixel of money."""
        return _TOP + (self.high - value) / self.span * (_HEIGHT - _TOP - _BOTTOM)

    def parts(self) -> list[str]:
        """Return the parts, the upper left corner at 0, 0."""
        facts = self.facts
        title = f"{facts.unit.capitalize()} of acting on a share of the rows, the highest scores first"
        band = [(self.x(p.share), self.y(p.high)) for p in facts.curve]
        band += [(self.x(p.share), self.y(p.low)) for p in reversed(facts.curve)]
        line = [(self.x(p.share), self.y(p.value)) for p in facts.curve]
        return [
            *self._axes(),
            svg.area(band, "#0969da"),
            svg.path(line, "#0969da", width=2.2),
            *self._marks(),
            svg.text(_LEFT, 24, title, size=14, bold=True),
            svg.text(_LEFT, 43, _cut(facts.asked), quiet=True),
        ]

    def _axes(self) -> Iterator[str]:
        bottom = self.y(self.low)
        for i in range(6):
            share = i / 5
            yield svg.line(self.x(share), bottom, self.x(share), bottom + 5)
            yield svg.text(self.x(share), bottom + 20, f"{100 * share:.0f} %", anchor="middle")
        for value in svg.ticks(self.low, self.high):
            yield svg.line(_LEFT, self.y(value), self.x(1.0), self.y(value), colour="#d8dee4")
            yield svg.text(_LEFT - 8, self.y(value) + 4, money(value), anchor="end")
        yield svg.line(_LEFT, bottom, self.x(1.0), bottom)
        under = f"share of the rows acted on; {self.facts.unit} per 1,000 rows, band of 95 %"
        yield svg.text(self.x(0.5), _HEIGHT - 14, under, anchor="middle", quiet=True)

    def _marks(self) -> Iterator[str]:
        best, share = best_point(self.facts), self._acted()
        if share is not None:
            found = self._decided()
            yield svg.line(
                self.x(share), self.y(found.low), self.x(share), self.y(found.high), colour="#bc4c00", width=2
            )
            yield svg.dot(self.x(share), self.y(found.value), "#bc4c00")
            yield from self._label(share, found.value, "as decided", "#bc4c00", above=True)
        if best is not None and (share is None or abs(best.share - share) > 0.02):
            yield svg.dot(self.x(best.share), self.y(best.value), "#1f2328")
            yield from self._label(best.share, best.value, "best on these rows", "#1f2328", above=False)

    def _label(self, share: float, value: float, text: str, colour: str, *, above: bool) -> Iterator[str]:
        left = share > 0.6
        at = self.x(share) + (-9 if left else 9)
        y = min(max(self.y(value) + (-10 if above else 20), _TOP + 10), _HEIGHT - _BOTTOM - 4)
        yield svg.text(at, y, text, anchor="end" if left else "start", colour=colour)

    def _decided(self) -> Measured:
        """Return the money of the decisions, with its interval."""
        name = f"{self.facts.unit}_at_top" if isfinite(self.facts.rate) else self.facts.unit
        return self.evaluation.metrics[name]

    def _acted(self) -> float | None:
        """Return the share of the rows that is acted on."""
        if isfinite(self.facts.rate):
            return self.facts.rate
        cells = self.evaluation.confusion
        total = sum(map(sum, cells)) if cells else 0.0
        return sum(line[1] for line in cells) / total if cells and total else None


def _cut(text: str) -> str:
    text = words.safe(text)
    return text if len(text) <= 80 else f"{text[:77]}..."
