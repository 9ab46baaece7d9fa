"""What a proof consists of. Numbers only; reports render them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from imbtool.data.dataset import Finding

Depth = Literal["standard", "deep"]
ControlStatus = Literal["chance", "above-chance", "not-run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A recipe trained and scored like in the comparison, but on a permuted target.

    Parameters
    ----------
    learner, recipe : str
        `recipe` without what comes after training.
    status : {"chance", "above-chance", "not-run"}
    reason : str
        Why it was not run.
    folds : int
        Test parts it was scored on.
    roc_auc : float
        Mean over the folds (several classes: and over the classes, each against the rest); 0.5 is chance.
    p_value : float
        That scores so good come from chance: Monte Carlo permutation of each fold's labels, one-sided, the
        smallest times the number of folds.
    """

    learner: str
    recipe: str
    status: ControlStatus
    reason: str = ""
    folds: int = 0
    roc_auc: float = float("nan")
    p_value: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Rows of a test part that its training part holds too.

    Parameters
    ----------
    repeat, fold : int
    test_rows, rare_rows : int
        Rows of the test part, and those of the rare class among them.
    exact, exact_rare : int
        Test rows whose features equal those of a training row.
    near, near_rare : int
        Test rows that equal no training row, but nearly equal one: by less than about a hundredth of a
        standard deviation in every column of numbers.
    unexplained, unexplained_rare : int
        Those of them that the grain of the table does not explain: no other row differs from them in one
        column alone.
    groups : int
        Groups with rows on both sides; always 0 with ``--group``, and None without.
    """

    repeat: int
    fold: int
    test_rows: int
    rare_rows: int
    exact: int
    exact_rare: int
    unexplained: int
    unexplained_rare: int
    near: int = 0
    near_rare: int = 0
    groups: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What speaks for and against leaks.

    Parameters
    ----------
    holds : bool
        No finding.
    depth : {"standard", "deep"}
        ``deep`` with ``--prove``.
    summary : str
        All of it in one or two sentences.
    findings : tuple of Finding
        Leaks and what looks like one.
    controls : tuple of Control
    level : float
        Probability at most with which all controls of an honest comparison together raise an alarm.
    overlaps : tuple of Overlap
        One a split.
    n_fitted : int
        Things fitted in the trials whose rows were traced (see ``fitted`` of a trial).
    n_row_sets : int
        Different sets of rows that they were fitted on.
    n_fitted_on_test_rows : int
        Those that were fitted on rows they then scored; anything but 0 is a finding.
    """

    holds: bool
    depth: Depth
    summary: str
    findings: tuple[Finding, ...]
    controls: tuple[Control, ...]
    level: float
    overlaps: tuple[Overlap, ...]
    n_fitted: int
    n_row_sets: int
    n_fitted_on_test_rows: int
