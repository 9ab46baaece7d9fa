"""The template of every sampler: checks around, one method to write inside."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from imbtool.core.errors import NotApplicableError
from imbtool.core.protocols import Resampled
from imbtool.methods.estimator import Estimator
from imbtool.methods.resample.space import SampleSpace
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.random import RandomState

    from imbtool.core.types import FloatArray, IntArray, Layout


class RowSampler(OneToOneFeatureMixin, Estimator, ABC):  # type: ignore[misc]  # scikit-learn ships no types
    """A sampler, in imbtool (`resample`) and in imbalanced-learn's pipelines (`fit_resample`).

    A subclass writes `_resample` and takes ``random_state=None`` as its last parameter, which only
    `fit_resample` uses. Rows that are copies come out bit for bit as they went in.

    Attributes
    ----------
    selects : bool
        Whether it only keeps or repeats rows; then `fit_resample` leaves ``sample_indices_``.
    reads : {"class", "all"}
        Whose rows decide what a synthetic row holds: those of its class only, or all.
    hull : bool
        Whether the numbers of a synthetic row lie in the convex hull of the rows of its class.
    """

    selects: ClassVar[bool] = False
    reads: ClassVar[Literal["class", "all"]] = "all"
    hull: ClassVar[bool] = False

    random_state: int | RandomState | None

    def resample(
        self, X: FloatArray, y: IntArray, *, layout: Layout, random_state: int, space: Any = None
    ) -> Resampled:
        """Return the new rows of a training part.

        Parameters
        ----------
        X : ndarray of float64, shape (n, n_features)
            Feature matrix, NaN for missing.
        y : ndarray of int64, shape (n,)
            Class codes.
        layout : Layout
        random_state : int
        space : SampleSpace, optional
            Of the same rows, when it is already there.

        Returns
        -------
        Resampled

        Raises
        ------
        NotApplicableError
            When there is one class only, when the method cannot work on these rows, or when it would
            remove a class altogether.
        """
        return self._checked(TrainingPart(X, y, layout=layout, seed=random_state, space=space))

    def _checked(self, part: TrainingPart) -> Resampled:
        """Return the new rows of a part, after checks before and behind."""
        before = class_counts(part.y)
        if len(before) < 2:
            raise NotApplicableError(
                f"Resampling needs rows of at least 2 classes; found {len(before)}.",
                hint="Use fewer folds or collect rows of the other class.",
                code="one-class",
            )
        drawn = self._resample(part)
        lost = sorted(before.keys() - class_counts(drawn.y).keys())
        if lost:
            raise NotApplicableError(
                f"{self.word} would remove every row of class {lost[0]} "
                f"({before[lost[0]]} in the training part).",
                hint="Use a method that keeps all rows, such as class_weight or random_over.",
                code="class-removed",
            )
        return drawn

    @abstractmethod
    def _resample(self, part: TrainingPart) -> Resampled:
        """Return the new rows of a part that has at least two classes."""

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Resample a table outside imbtool: imbalanced-learn's contract.

        Parameters
        ----------
        X : DataFrame or array-like, shape (n, n_features)
            In a frame, category, string and boolean columns are categorical; any column may have
            missing cells. In an array of numbers all columns are numeric.
        y : array-like, shape (n,)
            Class labels of any kind.

        Returns
        -------
        X, y
            In the containers and dtypes they came in. Interpolated numbers of an integer column are
            rounded to the nearest integer.
        """
        from imbtool.methods.resample.frames import resample_table

        self.check_parameters()
        return resample_table(self, X, y)

    def fit(self, X: Any, y: Any) -> RowSampler:
        """Look at a table without resampling it: raise what `fit_resample` would; return self."""
        from imbtool.methods.resample.frames import check_table

        self.check_parameters()
        check_table(self, X, y)
        return self

    def __sklearn_tags__(self) -> Any:
        """Return imbalanced-learn's description of a sampler: frames, categories and gaps are welcome."""
        from imblearn.utils._tags import InputTags, SamplerTags, Tags
        from sklearn.utils import TargetTags

        welcome = InputTags(dataframe=True, categorical=True, string=True, allow_nan=True)
        return Tags(
            estimator_type="sampler",
            target_tags=TargetTags(required=True),
            input_tags=welcome,
            sampler_tags=SamplerTags(sample_indices=self.selects),
        )


class TrainingPart:
    """What a sampler is given: rows, layout, seed, and their space, made when first asked for.

    Parameters
    ----------
    X : ndarray of float64, shape (n, n_features)
    y : ndarray of int64, shape (n,)
    layout : Layout
    seed : int
    space : SampleSpace, optional
        Made from `X` and `layout` when not given.
    """

    def __init__(
        self, X: FloatArray, y: IntArray, *, layout: Layout, seed: int, space: SampleSpace | None = None
    ) -> None:
        self.X = X
        self.y = y
        self.layout = layout
        self.seed = seed
        self._space = space

    @property
    def space(self) -> SampleSpace:
        """The space of distances between the rows."""
        if self._space is None:
            self._space = SampleSpace(self.X, self.layout)
        return self._space

    def selected(self, index: Any) -> Resampled:
        """Return the rows at `index`, shape (m,), as the result of a sampler."""
        source = np.asarray(index, dtype=np.int64)
        return Resampled(X=self.X[source], y=self.y[source], source=source)

    def extended(self, made: Mapping[int, FloatArray]) -> Resampled:
        """Return all rows, unchanged and first, then the synthetic ones of each class, ascending."""
        writers = {label: partial(_write, new) for label, new in made.items()}
        return self.grown({label: len(new) for label, new in made.items()}, writers)

    def grown(
        self, wanted: Mapping[int, int], writers: Mapping[int, Callable[[FloatArray], None]]
    ) -> Resampled:
        """Return all rows, and after them those that a function of each class writes into its room.

        For large tables: nothing is copied twice.

        Parameters
        ----------
        wanted : mapping of int to int
            Rows to add to each class.
        writers : mapping of int to callable
            For each of these classes what fills its rows, an array of shape (m, n_features).
        """
        n, labels = len(self.y), sorted(wanted)
        ends = (n + np.cumsum([0, *(wanted[label] for label in labels)], dtype=np.int64)).tolist()
        rooms = {label: slice(*ends[i : i + 2]) for i, label in enumerate(labels)}
        X = np.empty((ends[-1], self.X.shape[1]))
        X[:n] = self.X
        for label, room in rooms.items():
            writers[label](X[room])
        y, source = np.empty(len(X), dtype=np.int64), np.arange(len(X), dtype=np.int64)
        y[:n], source[n:] = self.y, -1
        for label, room in rooms.items():
            y[room] = label
        return Resampled(X=X, y=y, source=source)


def _write(new: FloatArray, room: FloatArray) -> None:
    room[:] = new


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the advice of wrapped libraries to their callers from our users."""
    with warnings.catch_warnings():
        for kind in (FutureWarning, DeprecationWarning, UserWarning):
            warnings.simplefilter("ignore", kind)
        yield
