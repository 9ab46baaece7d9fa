"""Gates: conditions on measures, written as text and read by hand.

::

    gate    = [scope ":"] measure sign bound
    scope   = "each" column | column "=" level
    measure = metric | "recall@precision>=" x | "precision@recall>=" x
            | "precision@top" amount | "recall@top" amount
    sign    = ">=" | "<=" | ">" | "<"
    bound   = number | [number "*"] "baseline" [("+" | "-") number]

Columns and levels that hold ``:`` or ``=`` are written in quotes. Numbers may be percentages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imbtool.core.errors import UsageError
from imbtool.holdout.measures import Measure, take_measure

if TYPE_CHECKING:
    from collections.abc import Sequence

Sign = Literal[">=", "<=", ">", "<"]
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})\s*(%?)")
_RELATIVE = re.compile(
    rf"(?:({_NUMBER})\s*(%?)\s*\*\s*)?baseline(?:\s*([+-])\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?))?", re.IGNORECASE
)
_HINT = (
    "A gate looks like: pr_auc >= 0.4, recall@precision>=0.9 >= 0.25, pr_auc >= baseline - 0.01, "
    "region=north: recall >= 0.5, each region: recall >= 0.5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """``factor * baseline + plain``; without a baseline `factor` is 0."""

    plain: float
    factor: float = 0.0

    def __str__(self) -> str:
        if not self.factor:
            return f"{self.plain:g}"
        head = "baseline" if self.factor == 1 else f"{self.factor:g} * baseline"
        return f"{head} {'+' if self.plain > 0 else '-'} {abs(self.plain):g}" if self.plain else head


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition.

    Parameters
    ----------
    measure : Measure
    sign : {">=", "<=", ">", "<"}
    bound : Bound
    column : str
        The slice column; empty for all rows.
    level : str or None
        The slice; None for each of them.
    """

    measure: Measure
    sign: Sign
    bound: Bound
    column: str = ""
    level: str | None = None

    def __str__(self) -> str:
        condition = f"{self.measure.name} {self.sign} {self.bound}"
        if not self.column:
            return condition
        column = quoted(self.column)
        scope = f"each {column}" if self.level is None else f"{column}={quoted(self.level)}"
        return f"{scope}: {condition}"


def parse_gates(texts: Sequence[str]) -> tuple[Gate, ...]:
    """Read gates.

    Raises
    ------
    UsageError
        Code ``bad-gate``, with everything that is wrong with any of them.
    """
    gates, faults = [], []
    for text in texts:
        try:
            gates.append(_parse(text))
        except UsageError as error:
            faults.append(f"{text!r}: {error.message}." + (f" {error.hint}" if error.hint else ""))
    if faults:
        few = f"{len(faults)} of {len(texts)} gates" if len(texts) > 1 else "The gate"
        raise UsageError(
            f"{few} cannot be read:\n" + "\n".join(f"- {fault}" for fault in faults),
            hint=_HINT,
            code="bad-gate",
        )
    return tuple(gates)


def quoted(name: str) -> str:
    """Return a name as a gate writes it."""
    if re.search(r"[:=<>\"']|^\s|\s$|^each\s|^$", name):
        return f'"{name}"' if '"' not in name else f"'{name}'"
    return name


def _parse(text: str) -> Gate:
    column, level, condition = _scope(text)
    measure, rest = take_measure(condition)
    found = re.match(r"\s*(>=|<=|>|<|==?|!=|≥|≤)\s*", rest)
    if not found:
        raise UsageError(f"a sign (>=, <=, > or <) is missing after {measure.name!r}", code="bad-gate")
    signs: dict[str, Sign] = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", ">": ">", "<": "<"}
    if found[1] not in signs:
        raise UsageError(f"{found[1]!r} is no sign of a gate; use >=, <=, > or <", code="bad-gate")
    bound = _bound(rest[found.end() :].strip())
    _check_reach(measure, bound)
    return Gate(measure=measure, sign=signs[found[1]], bound=bound, column=column, level=level)


def _check_reach(measure: Measure, bound: Bound) -> None:
    """Refuse a bound outside the range of the metric, such as a percentage without its sign."""
    low, high = measure.limits
    if not bound.factor and not low <= bound.plain <= high:
        percent = f"; write {bound.plain:g}% for a percentage" if 1 < bound.plain <= 100 else ""
        raise UsageError(
            f"{measure.name} lies between {low:g} and {high:g}, the bound {bound.plain:g} does not{percent}",
            code="bad-gate",
        )


def _scope(text: str) -> tuple[str, str | None, str]:
    """Return column, level and what follows the colon; no column where there is no colon."""
    each = re.match(r"\s*each\s+", text)
    rest = text[each.end() :] if each else text
    column, after = _name(rest, stop=":=<>")
    after = after.lstrip()
    if each:
        if not column or not after.startswith(":"):
            raise UsageError("`each` needs a column and a colon: each region: ...", code="bad-gate")
        return column, None, after[1:]
    if not (column and after.startswith("=") and not after.startswith("==")):
        if ":" in _unquoted(text):
            raise UsageError("before the colon stands column=level, or each column", code="bad-gate")
        return "", None, text
    level, after = _name(after[1:], stop=":")
    after = after.lstrip()
    if not after.startswith(":"):
        return "", None, text  # no scope: = stands where a sign should, which is told there
    if not level:
        raise UsageError("a level is missing after column=", code="bad-gate")
    return column, level, after[1:]


def _name(text: str, *, stop: str) -> tuple[str, str]:
    """Return a name in quotes, or up to one of the `stop` characters, and what follows."""
    text = text.lstrip()
    if text[:1] in ("'", '"'):
        end = text.find(text[0], 1)
        if end < 0:
            raise UsageError(f"a quote {text[0]} is not closed", code="bad-gate")
        return text[1:end], text[end + 1 :]
    found = re.match(rf"[^{stop}]*", text)
    size = found.end() if found else 0
    return text[:size].strip(), text[size:]


def _unquoted(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "", text)


def _bound(text: str) -> Bound:
    plain = _PLAIN.fullmatch(text)
    if plain:
        return Bound(plain=_value(plain[1], plain[2]))
    relative = _RELATIVE.fullmatch(text)
    if relative:
        factor = _value(relative[1], relative[2]) if relative[1] else 1.0
        if factor <= 0:
            raise UsageError("the factor of the baseline must be above 0", code="bad-gate")
        shift = _value(relative[3] + relative[4], relative[5]) if relative[3] else 0.0
        return Bound(plain=shift, factor=factor)
    what = f"{text!r} is no bound" if text else "the bound is missing"
    raise UsageError(f"{what}; write a number, baseline, baseline - 0.01 or 0.95 * baseline", code="bad-gate")


def _value(digits: str, percent: str) -> float:
    return float(digits) / (100 if percent else 1)
