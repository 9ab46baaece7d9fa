"""What a comparison is: trials, estimates, tests and a verdict. Numbers only; reports render them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imbtool.evaluation.choice import DEFAULT_CORRECTION, DEFAULT_TEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imbtool.core.price import Price
    from imbtool.core.types import TrialStatus, VerdictKind
    from imbtool.data.dataset import Finding
    from imbtool.evaluation.curves import Curves
    from imbtool.evaluation.proof.result import Proof
    from imbtool.recipe.trace import FittedOn

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One recipe with one learner on one fold.

    Parameters
    ----------
    learner, recipe : str
        What was tried; `recipe` in recipe notation, e.g. ``"smote(k_neighbors=3)+threshold"``.
    repeat, fold : int
        Which split, both counted from 0.
    status : {"ok", "not-applicable", "failed", "cut-off", "dropped"}
    reason : str
        Why it is not ``ok``; when it is, what its threshold had to give up and what its models say of their
        training, if anything.
    metrics : mapping of str to float
        Metric values on the untouched test part; NaN where undefined. Decision metrics appear as
        ``f1`` (chosen threshold) and ``f1_default`` (0.5, or the largest probability).
    per_class : mapping of str to mapping of str to float
        Multiclass only: metric -> class label -> one-vs-rest value.
    threshold : tuple of float
        Binary: one probability. Multiclass: one additive log-probability offset a class.
    counts_before, counts_after : tuple of int
        Rows of each class in the training part, before and after resampling.
    counts_by_sampler : mapping of str to tuple of int
        Rows of each class after each sampler, in the order of the recipe.
    n_train, n_test : int
        Rows of the training part (before resampling) and of the test part.
    seconds : float
        Wall time of training and scoring, inner folds included. Shared work is counted for the
        trial that did it first.
    fitted : mapping of str to FittedOn
        ``view``, ``sampler``, ``learner``, the same of the inner folds (``inner view``, ...), ``calibrator``,
        ``threshold``: how many rows it was fitted on, which, and how many of them it then scored (0).
    flattery : mapping of str to float
        Metric -> by how much the few positives of the test part flatter it: ``pr_auc`` alone
        (`imbtool.metrics.ranking.pr_auc_flattery`). `metrics` are as measured; intervals allow for it.
    curves : mapping of str to tuple of float
        What `imbtool.metrics.curves` says of the test part. Documents leave it out and have the means over
        the folds.
    """

    learner: str
    recipe: str
    repeat: int
    fold: int
    status: TrialStatus = "ok"
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    per_class: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    threshold: tuple[float, ...] = ()
    counts_before: tuple[int, ...] = ()
    counts_after: tuple[int, ...] = ()
    counts_by_sampler: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    n_train: int = 0
    n_test: int = 0
    seconds: float = 0.0
    fitted: Mapping[str, FittedOn] = field(default_factory=dict)
    flattery: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, tuple[float, ...]] = field(
        default_factory=dict, compare=False, metadata={"document": False}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Mean over the folds with a 95 percent confidence interval (corrected for overlapping folds).

    The interval of PR-AUC is that of the mean less what few positives flatter it, and holds the mean.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Paired difference over the same folds, signed so that positive means better.

    ``low``/``high``: 95 percent interval of the corrected resampled t-test; ``p_value``: of the test
    that was chosen, two-sided; ``p_holm``: the same after the correction that was chosen, Holm's by
    default, over all candidates; ``worse``, ``equivalent``, ``better``: posterior probabilities of the
    Bayesian correlated t-test that the difference lies below, inside and above the region of practical
    equivalence (they sum to 1).
    """

    mean: float
    low: float
    high: float
    p_value: float
    p_holm: float
    worse: float
    equivalent: float
    better: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One row of the table: a learner with a recipe over all folds.

    Parameters
    ----------
    learner, recipe : str
    kind : str
        Kind of the recipe's main method (see the catalogue).
    cost : int
        Cost class 0 (free) to 3.
    status : {"ok", "not-applicable", "failed", "cut-off", "dropped"}
        ``ok`` when at least one trial finished.
    reason : str
    n_trials, n_failed : int
        Finished trials and trials that failed or were cut off.
    estimates : mapping of str to Estimate
        For every metric.
    versus_nothing : mapping of str to Difference
        For every metric, against doing nothing with the same learner; empty for that row itself.
    versus_best : Difference or None
        On the ranking metric, against the best row (None for the best row itself).
    fold_values : tuple of float
        Values of the ranking metric, one a fold in (repeat, fold) order, NaN where missing.
    rank : int
        1 for the best mean of the ranking metric; 0 when there is no estimate.
    tied_with_best : bool
        Not worse than the best row by more than the region of equivalence with a posterior
        probability of 0.95.
    control : bool
        One of the four controls (nothing, threshold, calibration, class weights).
    threshold : tuple of float
        Median over the folds of the chosen threshold or offsets.
    seconds : float
        Median seconds of a trial.
    per_class : mapping
        Multiclass: metric -> class label -> mean one-vs-rest value.
    """

    learner: str
    recipe: str
    kind: str
    cost: int = 1
    status: TrialStatus = "ok"
    reason: str = ""
    n_trials: int = 0
    n_failed: int = 0
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    versus_nothing: Mapping[str, Difference] = field(default_factory=dict)
    versus_best: Difference | None = None
    fold_values: tuple[float, ...] = ()
    rank: int = 0
    tied_with_best: bool = False
    control: bool = False
    threshold: tuple[float, ...] = ()
    seconds: float = 0.0
    per_class: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer.

    Parameters
    ----------
    kind : {"do-nothing", "move-threshold", "calibrate", "use", "inconclusive", "too-few-positives"}
    learner, recipe : str
        What to fit; always filled, with the safest choice when the answer is "inconclusive".
    headline : str
        The verdict in one plain sentence.
    sentences : tuple of str
        By how much and how sure; what it costs; what it does to the probabilities; what would settle
        it when it is inconclusive. Each stands alone.
    numbers : mapping of str to float, int or str
        Every number that the sentences use, by name.
    """

    kind: VerdictKind
    learner: str
    recipe: str
    headline: str
    sentences: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSummary:
    """A column as it was read: its role, kind and what is worth knowing about it."""

    name: str
    role: str
    kind: str
    n_missing: int
    n_unique: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """What the data is, for reports; holds no rows."""

    name: str
    source: str
    fingerprint: str
    target: str
    task: str
    n_rows: int
    n_features: int
    n_missing: int
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    rare: int
    columns: tuple[ColumnSummary, ...]
    findings: tuple[Finding, ...]


IN_TIME = "forward chaining in time"
"""How a splitter is called that has one way to split, so that nothing can be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that determines the numbers of a comparison, resolved."""

    metric: str
    threshold_metric: str
    folds: int
    repeats: int
    inner_folds: int
    rope: float
    seed: int
    learners: tuple[str, ...]
    methods: tuple[str, ...]
    splitter: str
    max_rows: int | None = None
    fast: bool = False
    price: Price | None = None
    test: str = DEFAULT_TEST
    correction: str = DEFAULT_CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of all trials.

    ``methods`` holds every row, best first, then those without an estimate; ``complete`` is False when
    the run was interrupted and only finished folds are reported; ``command`` and ``fit_command`` are
    the exact commands to repeat the run and to fit the winner (empty for data in memory);
    ``curves`` has the curves of all rows; ``proof`` says what speaks against
    leaks, None when the run was interrupted; ``environment`` has versions, platform and jobs; ``seconds`` is
    the wall time of the run.
    """

    dataset: DatasetSummary
    settings: Settings
    verdict: Verdict
    methods: tuple[MethodResult, ...]
    trials: tuple[Trial, ...]
    environment: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    complete: bool = True
    command: str = ""
    fit_command: str = ""
    proof: Proof | None = None
    curves: Curves | None = None
    schema_version: int = SCHEMA_VERSION
