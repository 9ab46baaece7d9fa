"""What an evaluation is: its data, settings, measures, gates. Reports render it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from imbtool.holdout.figures import (
    Bin,
    ClassShift,
    CurvePoint,
    Measured,
    MoneyFacts,
    Reliability,
    Shift,
    Slice,
    SliceColumn,
    TopRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.holdout.bands import HoldoutCurves
    from imbtool.holdout.pairs import PairedTest
    from imbtool.holdout.rivals import Rivals

__all__ = [
    "KIND",
    "SCHEMA_VERSION",
    "BaselineUse",
    "Bin",
    "ClassShift",
    "CurvePoint",
    "DataFacts",
    "EvalSettings",
    "Evaluation",
    "GateResult",
    "LookCount",
    "Measured",
    "MoneyFacts",
    "Outcome",
    "Policy",
    "Reliability",
    "Shift",
    "Slice",
    "SliceColumn",
    "TopRow",
]

SCHEMA_VERSION = 1
KIND = "evaluation"
Outcome = Literal["pass", "fail", "inconclusive"]
Policy = Literal["pass", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineUse:
    """What gates were compared with: ``paired`` when both scored the same rows; ``reason`` when not.

    ``tests`` are those of two scores of the same rows.
    """

    source: str
    name: str
    rows: int
    paired: bool
    reason: str
    tests: tuple[PairedTest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """A gate and what became of it.

    Parameters
    ----------
    gate : str
        The condition in canonical form, with its scope.
    column, level : str
        The slice; empty for all rows.
    measure, sign, bound : str
    value : Measured
        The measure on these rows.
    baseline : float
        The measure of the baseline; NaN without one.
    difference : Measured or None
        ``value - factor * baseline`` with its interval, where the bound is relative.
    compared, limit : float
        What was compared with what: the value or the difference, and the number it must reach.
    outcome : {"pass", "fail", "inconclusive"}
    passed : bool
        Whether it counts as passed, given how inconclusive ones count.
    rows, rows_needed : int
        Rows there are, and about how many would settle it; None when no number would, or it is settled.
    paired : bool
        Whether the difference was taken on the same rows.
    sentence : str
        The outcome in words.
    """

    gate: str
    column: str
    level: str
    measure: str
    sign: str
    bound: str
    value: Measured
    baseline: float
    difference: Measured | None
    compared: float
    limit: float
    outcome: Outcome
    passed: bool
    rows: int
    rows_needed: int | None
    paired: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFacts:
    """The hold-out: its rows, classes and target; ``fingerprint`` is that of its content."""

    name: str
    source: str
    target: str
    n_rows: int
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    rare: int
    weighted: bool
    scored_by: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookCount:
    """Which look at a hold-out this is, as the store counts them.

    Parameters
    ----------
    number : int
        From 1, in the order of the first looks; the same scores are one look.
    total : int
        How many there are.
    plain : int
        How many of them showed the numbers of the hold-out as they are.
    budget, spent : int or None
        Of the reusable hold-out; None without it.
    """

    number: int
    total: int
    plain: int
    budget: int | None
    spent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSettings:
    """Everything that determines the numbers beside the data."""

    seed: int
    resamples: int
    level: float
    threshold: tuple[float, ...]
    probabilities: bool
    inconclusive: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The result.

    ``confusion`` has the weight of rows by true (rows) and decided class (columns), None without
    decisions; ``money`` is there where a price was asked, ``curves`` where they were, ``looks`` where they
    are counted; ``points`` are measures that gates asked for beside the catalogue's; ``row_scores`` is what a
    later run needs to compare row by row, or None.
    """

    data: DataFacts
    model: Mapping[str, Any] | None
    settings: EvalSettings
    metrics: Mapping[str, Measured]
    per_class: Mapping[str, Mapping[str, float]]
    confusion: tuple[tuple[float, ...], ...] | None
    reliability: tuple[Reliability, ...]
    top: tuple[TopRow, ...]
    points: Mapping[str, Measured]
    slices: tuple[SliceColumn, ...]
    shift: Shift | None
    baseline: BaselineUse | None
    gates: tuple[GateResult, ...]
    notes: tuple[str, ...] = ()
    row_scores: Mapping[str, Any] | None = field(default=None, repr=False)
    money: MoneyFacts | None = None
    curves: HoldoutCurves | None = None
    looks: LookCount | None = None
    rivals: Rivals | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return all(gate.passed for gate in self.gates)
