"""What is measured of rows: values with intervals, and the tables that are made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value with its 95 percent interval.

    ``how`` says where the interval comes from: ``bootstrap`` (percentiles, bias-corrected; ROC-AUC on the
    log-odds; see `imbtool.metrics.intervals`), ``wilson``
    (recall and precision of two classes), ``exact`` (nothing went wrong in any resample; Clopper and
    Pearson's bound for the rows of the rarer class), ``paired bootstrap`` and ``unpaired`` (differences),
    ``reusable: training`` and ``reusable: holdout`` (answers of the reusable hold-out), or empty where there
    is none. NaN is undefined.
    """

    value: float
    low: float
    high: float
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Rows of similar probability: their range, mean prediction, and observed rate with Wilson's interval."""

    low: float
    high: float
    rows: int
    stated: float
    observed: float
    observed_low: float
    observed_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """The bins of one class against the rest, rising."""

    label: str
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRow:
    """The rows with the highest scores: ``top`` as it was asked for, precision, recall, and lift.

    The lift is the precision over the share of positives among all rows.
    """

    top: str
    rows: int
    precision: Measured
    recall: Measured
    lift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of the rows; ``small`` where gates on it are not decided (see ``docs/eval.md``)."""

    label: str
    rows: int
    counts: tuple[int, ...]
    small: bool
    metrics: Mapping[str, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceColumn:
    """The slices of a column; ``how`` says how it was cut: ``levels`` or ``quartiles``."""

    column: str
    how: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassShift:
    """The share of a class in training and here; ``log_odds`` is by how much its log-odds are higher here."""

    label: str
    training: float
    holdout: float
    low: float
    high: float
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Class shares against training.

    ``clear``: the interval of the difference of a share leaves out 0. ``at_training``: every
    metric with the rows weighted to the shares of training.
    """

    classes: tuple[ClassShift, ...]
    clear: bool
    at_training: Mapping[str, float]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Mean money a row of acting on this share of the rows, with its 95 percent band."""

    share: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyFacts:
    """What was asked of the decisions, and what policies that look at no row bring of it.

    ``unit`` is ``cost`` or ``profit``, empty without money; all money is the mean a row. ``treat_none`` and
    ``treat_all`` (two classes) leave all rows alone and act on all; ``trivial`` is the best of such
    policies, ``perfect`` knowing every class; ``rate`` the share that can be acted on, NaN without a
    capacity; ``curve`` the money of acting on a growing share, the highest scores first.
    """

    asked: str
    unit: str
    treat_none: float
    treat_all: float
    trivial: float
    perfect: float
    rate: float
    curve: tuple[CurvePoint, ...]
