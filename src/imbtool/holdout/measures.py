"""What can be measured and gated: the metrics of the catalogue, and points of the precision-recall curve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imbtool import registry
from imbtool.core.errors import UsageError

if TYPE_CHECKING:
    from imbtool.core.metric_info import MetricInfo

Kind = Literal["metric", "recall@precision", "precision@recall", "precision@top", "recall@top"]

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_AT_LEAST = re.compile(rf"(recall@precision|precision@recall)\s*>=\s*({_NUMBER})\s*(%?)")
_TOP = re.compile(rf"(precision@|recall@)top[\s_]*({_NUMBER})\s*(%?)")
_FORMS = "recall@precision>=0.9, precision@recall>=0.5, precision@top5%, recall@top100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The rows with the highest scores: so many, or such a share of all."""

    amount: float
    share: bool

    def __str__(self) -> str:
        return f"{_plain(100 * self.amount)}%" if self.share else _plain(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number that rows and scores have.

    Parameters
    ----------
    kind : {"metric", "recall@precision", "precision@recall", "precision@top", "recall@top"}
    name : str
        Canonical text; the key of the value everywhere.
    level : float
        The precision or recall to be held.
    top : Top, optional
    """

    kind: Kind
    name: str
    level: float = 0.0
    top: Top | None = None

    @property
    def info(self) -> MetricInfo | None:
        """The row of the catalogue; None for a point of the curve."""
        known = {**registry.metrics(), **registry.asked()}
        return known.get(self.name, known.get(self.name.removesuffix("_default")))

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value there can be."""
        return (0.0, 1.0) if self.info is None else self.info.limits

    def apart(self, factor: float) -> tuple[float, float]:
        """Return the least and the greatest that a value minus `factor` (at least 0) times another can be."""
        low, high = self.limits
        return (low - factor * high, high - factor * low) if factor else self.limits


def top_of(text: str) -> Top:
    """Return the meaning of ``100`` or ``5%``; raise `UsageError` (``bad-top``)."""
    found = re.fullmatch(rf"\s*({_NUMBER})\s*(%?)\s*", text)
    amount = float(found[1]) if found else 0.0
    share = bool(found and found[2])
    if amount <= 0 or (share and amount > 100) or (not share and amount != int(amount)):
        raise UsageError(
            f"{text.strip()!r} is no number of rows and no share of them",
            hint="Write 100 for a hundred rows, or 5% for a share.",
            code="bad-top",
        )
    return Top(amount=amount / 100 if share else amount, share=share)


def at_top(kind: Literal["precision@top", "recall@top"], top: Top) -> Measure:
    """Return precision or recall among the rows with the highest scores."""
    return Measure(kind=kind, name=f"{kind}{top}", top=top)


def take_measure(text: str) -> tuple[Measure, str]:
    """Read a measure at the beginning of `text`; return it and what follows.

    Raises
    ------
    UsageError
        For a metric that is not known, and a level out of range.
    """
    text = text.strip()
    level = _AT_LEAST.match(text)
    if level:
        return _held(level[1], float(level[2]) / (100 if level[3] else 1)), text[level.end() :]
    top = _TOP.match(text)
    if top:
        kind: Literal["precision@top", "recall@top"] = (
            "recall@top" if top[1] == "recall@" else "precision@top"
        )
        return at_top(kind, top_of(top[2] + top[3])), text[top.end() :]
    word = re.match(r"[^\s<>=!:]+", text)
    if not word:
        raise UsageError("there is no metric before the sign", code="bad-gate")
    return metric_named(word[0]), text[word.end() :]


def metric_named(word: str) -> Measure:
    """Return a metric of the catalogue, or a decision metric at the default threshold."""
    if "@" in word:
        raise UsageError(f"{word!r} is not known", hint=f"Points of the curve: {_FORMS}.", code="bad-gate")
    default = word.casefold().endswith("_default")
    stem = word[: -len("_default")] if default else word
    try:
        row = registry.metric(stem)
    except UsageError as error:
        listing = f"Metrics: {', '.join(registry.metrics())}; points of the curve: {_FORMS}."
        raise UsageError(
            f"unknown metric {word!r}",
            hint=error.hint if "Did you mean" in error.hint else listing,
            code="unknown-metric",
        ) from error
    if default and row.family != "decision":
        raise UsageError(
            f"{row.name!r} does not depend on the threshold", hint=f"Write {row.name}.", code="bad-gate"
        )
    return Measure(kind="metric", name=f"{row.name}_default" if default else row.name)


def _held(kind: str, level: float) -> Measure:
    if not 0 < level <= 1:
        raise UsageError(f"{level:g} must lie above 0 and be at most 1", code="bad-gate")
    if kind == "recall@precision":
        return Measure(kind="recall@precision", name=f"recall@precision>={level:g}", level=level)
    return Measure(kind="precision@recall", name=f"precision@recall>={level:g}", level=level)


def _plain(value: float) -> str:
    return f"{value:.10g}"
