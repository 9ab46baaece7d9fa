"""The seams between rooms: what a sampler, reweighter, schedule, learner, calibrator, rule must offer.

Rooms of one layer are blind to each other; they meet here. Every class behind a catalogue row is built
with keyword parameters only, stores them unchanged (scikit-learn's constructor contract), and takes its
randomness as the ``random_state`` argument of the call, so that one object can serve many folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resampled:
    """Rows after sampling: kept or repeated originals and synthetic ones.

    Parameters
    ----------
    X : ndarray of float64, shape (m, n_features)
        Feature matrix of the new training part, in the same layout as before.
    y : ndarray of int64, shape (m,)
    source : ndarray of int64, shape (m,)
        For each row the original row it is a copy of, or -1 for a synthetic row.
    weight : ndarray of float64, shape (m,), optional
        Positive weight of each row, mean 1, where the sampler gives any, such as inverse probabilities.
    """

    X: FloatArray
    y: IntArray
    source: IntArray
    weight: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Priors:
    """Class shares that a model was meant for, and those that it was trained with.

    Parameters
    ----------
    natural : ndarray of float64, shape (n_classes,)
        Weighted shares of the training part as it is; they sum to 1.
    training : ndarray of float64, shape (n_classes,), or None
        The same after resampling and reweighting; None when they cannot be told.
    reason : str
        Why they cannot be told; empty otherwise.
    """

    natural: FloatArray
    training: FloatArray | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Phase:
    """Training stages ``start <= stage < stop`` that use the row weights `weight` (mean 1)."""

    start: int
    stop: int
    weight: FloatArray


@runtime_checkable
class Sampler(Protocol):
    """Changes the rows of a training part."""

    def resample(
        self, X: FloatArray, y: IntArray, *, layout: Layout, random_state: int, space: Any = None
    ) -> Resampled:
        """Return the new rows. `space` is a fitted `SampleSpace` of the same rows, if already there.

        A sampler whose ``uses_scores`` is true also takes ``scores``: out-of-fold probabilities of the rows
        by a plain model, shape (n, n_classes), or None where rows are synthetic. One whose ``uses_source``
        is true takes ``source``, which says -1 for rows that an earlier sampler has made.
        """


@runtime_checkable
class Reweighter(Protocol):
    """Gives every training row a static weight.

    A class that sets ``uses_layout = True`` is also handed ``layout=`` (see `Layout`), one that sets
    ``uses_table = True`` ``table=``: the feature matrix of the file that its parameter `table` names, or
    None.
    """

    def fit_weight(self, X: Any, y: IntArray) -> FloatArray:
        """Return one weight a row, positive, mean 1."""


@runtime_checkable
class Schedule(Protocol):
    """Weights that change while training goes on."""

    def phases(self, y: IntArray, n_stages: int) -> tuple[Phase, ...]:
        """Return consecutive phases that cover all stages."""


class View(Protocol):
    """A learner's own picture of the feature matrix, fitted on training rows."""

    def transform(self, X: FloatArray) -> Any:
        """Return the matrix that the learner trains on and predicts from."""


class FittedLearner(Protocol):
    """A trained model."""

    def predict_proba(self, Z: Any) -> FloatArray:
        """Return class probabilities, shape (n, n_classes), rows summing to 1."""


class Learner(Protocol):
    """What is trained."""

    def view(self, X: FloatArray, layout: Layout) -> View:
        """Fit and return the learner's view of these training rows."""

    def fit(
        self,
        Z: Any,
        y: IntArray,
        *,
        view: View,
        n_classes: int,
        sample_weight: FloatArray | None = None,
        schedule: Schedule | None = None,
        random_state: int,
    ) -> FittedLearner:
        """Train on the transformed rows `Z`; classes absent from `y` get probability 0.

        `sample_weight` has mean 1. A schedule's weights multiply it; only learners whose catalogue
        row says ``stages`` are given one. Those whose row says ``losses`` may also be given a ``loss``
        (`imbtool.core.objectives.Loss`) and schedules that follow the losses or draw rows
        (`imbtool.core.schedules`); those whose row says ``batches`` schedules of mini-batches, ``groups`` of
        the rows where the schedule looks at them, and ``training``, a tuple of
        `imbtool.core.training.TrainingMethod`.
        """


@runtime_checkable
class SizedLearner(Protocol):
    """A learner made of rounds or trees, of which the members of an ensemble may be given fewer."""

    def sized(self, share: float) -> Learner:
        """Return the same learner with this share of its rounds or trees, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """Where rows to train on come from.

    Parameters
    ----------
    base : object
        What the learner's `prepare` made of the whole training part.
    source : ndarray of int64, shape (m,)
        For each row the row of the training part that it is a copy of, or -1 for a synthetic row.
    """

    base: Any
    source: IntArray


@runtime_checkable
class SharingLearner(Protocol):
    """A learner that prepares a training part once, for all recipes that train on rows of it."""

    def prepare(self, Z: Any, y: IntArray, *, view: View, n_classes: int) -> Any:
        """Return what can be shared between trainings on copies of these rows.

        `fit` is then also given ``origin``, and `Z` is None where all rows are copies.
        """


@runtime_checkable
class LinearHead(Protocol):
    """A trained model whose log-probabilities are linear, one weight vector a class."""

    def class_vectors(self) -> FloatArray:
        """Return the vectors, shape (n_present, n_columns), one for each class that training held."""

    def with_class_vectors(self, vectors: FloatArray) -> FittedLearner:
        """Return a copy of the model with these vectors."""


@runtime_checkable
class Adjustment(Protocol):
    """Changes a trained model before it scores anything."""

    def adjust(self, model: FittedLearner, *, n_classes: int) -> FittedLearner:
        """Return the changed model; the one given is not modified."""


@runtime_checkable
class Calibrator(Protocol):
    """Maps scores to probabilities.

    A class that sets ``uses_priors = True`` is also handed ``priors=`` (see `Priors`) by `fit`.
    """

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> Calibrator:
        """Learn the map from out-of-fold scores (n, n_classes); return self."""

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return calibrated probabilities of the same shape, rows summing to 1."""


@runtime_checkable
class DecisionRule(Protocol):
    """Turns probabilities into decisions.

    A class that sets ``uses_priors = True`` is also handed ``priors=`` (see `Priors`) by `fit`: those of
    the scores, so the natural ones on both sides behind a calibrator that sets ``restores_priors = True``.
    A `metric` of None is set to the comparison's own. ``reason_`` may say what the search had to give up.
    ``values_`` holds the learned threshold: binary, one probability; multiclass, one additive
    log-probability offset a class. A class that sets ``uses_money = True`` decides rows by their own money:
    ``values_`` is empty, and `predict` is also handed ``acting=``, what acting on each row brings over
    leaving it alone if it is negative and if it is positive, shape (n, 2).
    """

    values_: tuple[float, ...]

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> DecisionRule:
        """Choose the threshold on out-of-fold probabilities; return self."""

    def predict(self, proba: FloatArray) -> IntArray:
        """Return class codes."""
