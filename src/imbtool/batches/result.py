"""What a batch is: data sets, cells, and answers across data sets. Numbers only; reports render them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
FEWEST = 5
"""Data sets that a test needs: with fewer Wilcoxon's p-value cannot fall below 0.125."""

Row = tuple[str, str]
"""Learner and recipe; the learner is empty where every data set has its own (``auto``)."""
DataStatus = Literal["ok", "failed", "interrupted", "not-run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRun:
    """One data set of the suite and how it went.

    Parameters
    ----------
    name, source, target : str
    tags : tuple of str
        From the suite.
    groups : tuple of str
        The tags and the automatic groups: rarity, size, kinds of columns.
    status : {"ok", "failed", "interrupted", "not-run"}
        Only data sets that are ``ok`` count in the answers.
    code, reason : str
        The error that stopped it; empty otherwise.
    seeds : tuple of int
        Seeds that were asked for; every seed is a comparison on folds of its own.
    n_rows, n_features, n_classes : int
        As used, after ``max_rows``; 0 when it could not be read.
    rare_share : float
        Share of rows in the class of interest; NaN when it could not be read.
    categorical : bool
        Whether a feature is categorical.
    learner : str
        What the treatments ran with; several are joined by ``/``.
    verdicts : tuple of str
        Kind of the verdict of each seed.
    recipes : tuple of str
        Recipe of the verdict of each seed.
    fingerprint : str
        Of the content, with the first seed.
    failed_trials : int
        Trials that failed or were cut off, over all seeds.
    seconds : float
        Wall time of all seeds.
    """

    name: str
    source: str
    target: str
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    status: DataStatus = "ok"
    code: str = ""
    reason: str = ""
    seeds: tuple[int, ...] = ()
    n_rows: int = 0
    n_features: int = 0
    n_classes: int = 0
    rare_share: float = float("nan")
    categorical: bool = False
    learner: str = ""
    verdicts: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    fingerprint: str = ""
    failed_trials: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row on one data set.

    Parameters
    ----------
    data, learner, recipe : str
    value : float
        Mean of the metric over the folds and seeds, as it is reported; NaN for a gap.
    score : float
        The same with more is better, in units of the region of equivalence; NaN for a gap.
    by_seed : tuple of float
        The value of each seed.
    status : {"ok", "not-applicable", "failed", "cut-off", "undefined", "not-asked"}
    reason : str
        Why there is a gap; empty otherwise.
    seconds : float
        Median seconds of a trial.
    """

    data: str
    learner: str
    recipe: str
    value: float
    score: float
    by_seed: tuple[float, ...] = ()
    status: str = "ok"
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Friedman:
    """Friedman's test; ``f``, ``f_df`` and ``f_p_value`` with Iman and Davenport's correction."""

    chi2: float
    df: int
    p_value: float
    f: float
    f_df: tuple[int, int]
    f_p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """One row against another over data sets; positive means better.

    ``wins``, ``ties``, ``losses``: data sets, with the region of equivalence as the band of ties;
    ``mean``, ``median``: of the differences, in units of the region of equivalence; ``p_value``: exact
    Wilcoxon signed-rank test, two-sided; ``p_holm``: after Holm's correction over the family that its
    holder names; ``p_nemenyi``: of the mean ranks, over all rows; ``worse``, ``equivalent``, ``better``:
    Bayesian signed-rank test. What was not tested is NaN.
    """

    against: Row
    wins: int
    ties: int
    losses: int
    mean: float
    median: float
    p_value: float = float("nan")
    p_holm: float = float("nan")
    p_nemenyi: float = float("nan")
    worse: float = float("nan")
    equivalent: float = float("nan")
    better: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """A row that has a value on every data set.

    Parameters
    ----------
    learner, recipe : str
    same : tuple of str
        Other rows, in words, with the same score on every data set: this metric cannot tell them apart,
        and they are ranked as one.
    mean_rank : float
        1 is best.
    best_on : int
        Data sets on which no row is better.
    mean_value : float
        Mean of the metric over the data sets.
    versus_nothing : Across or None
        Against doing nothing with the same learner, ``p_holm`` over all such rows; None for that row.
    versus_best : Across or None
        Against the row with the best mean rank, ``p_holm`` over all such rows; None for that row.
    """

    learner: str
    recipe: str
    same: tuple[str, ...] = ()
    mean_rank: float
    best_on: int
    mean_value: float
    versus_nothing: Across | None = None
    versus_best: Across | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ranked rows; ``p_holm`` of the comparison is corrected over all pairs."""

    learner: str
    recipe: str
    versus: Across


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """A row that lacks a value on some data set, and is therefore not ranked.

    ``missing`` gives for every reason the data sets it concerns; ``versus_nothing`` counts the data sets
    it has a value on, untested.
    """

    learner: str
    recipe: str
    n_data: int
    missing: Mapping[str, tuple[str, ...]]
    versus_nothing: Across | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the data sets say together.

    Parameters
    ----------
    group : str
        Empty for the whole suite.
    data : tuple of str
    tested : bool
        Whether there are enough data sets for tests.
    rows : tuple of RankedRow
        Best mean rank first.
    friedman : Friedman or None
        None when not tested or with fewer than three rows.
    critical_difference : float
        Of mean ranks, Nemenyi at 5 percent; NaN when there is no Friedman test.
    cliques : tuple of tuple of int
        Positions in `rows` of rows that the critical difference does not tell apart.
    pairs : tuple of Pair
        Every pair of ranked rows; empty when not tested.
    gaps : tuple of Gaps
    headline : str
    sentences : tuple of str
    """

    group: str = ""
    data: tuple[str, ...]
    tested: bool
    rows: tuple[RankedRow, ...]
    friedman: Friedman | None = None
    critical_difference: float = float("nan")
    cliques: tuple[tuple[int, ...], ...] = ()
    pairs: tuple[Pair, ...] = ()
    gaps: tuple[Gaps, ...] = ()
    headline: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The result of a suite.

    ``settings`` holds what is one for the whole suite (metric, threshold metric, region of equivalence,
    whether the learner is chosen a data set); ``answer`` is over all data sets, ``groups`` over parts of
    them; ``complete`` is False when the run was interrupted.
    """

    name: str
    settings: Mapping[str, Any]
    data: tuple[DataRun, ...]
    cells: tuple[Cell, ...]
    answer: Answer
    groups: tuple[Answer, ...]
    environment: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    complete: bool = True
    command: str = ""
    schema_version: int = field(default=SCHEMA_VERSION)
