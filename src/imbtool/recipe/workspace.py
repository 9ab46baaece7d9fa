"""What recipes share inside one fold: each artefact computed once, when first asked (law 4).

A workspace holds the training part and the rows to be scored. Its inner workspaces are the same thing
one level down: their training part is a part of the training part, and the rows they score are the rest
of it, so out-of-fold scores come from models that have not seen the row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.seeds import derive_seed
from imbtool.data.splits import inner_splits
from imbtool.methods.resample.space import SampleSpace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.errors import ImbtoolError
    from imbtool.core.protocols import Learner, View
    from imbtool.core.types import FloatArray, IntArray, Layout
    from imbtool.recipe.alike import Answer, Likeness
    from imbtool.recipe.spec import LearnerSpec
    from imbtool.recipe.training import Scores


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Some rows of a data set: features, class codes, row weights (mean 1) or None.

    `number` says which rows of the data set they are, where that is to be traced; `gain` what acting on each
    brings over leaving it alone, where decisions of two classes are counted in money.
    """

    X: FloatArray
    y: IntArray
    weight: FloatArray | None = None
    number: IntArray | None = None
    gain: FloatArray | None = None

    def take(self, rows: IntArray) -> Part:
        """Return the part that holds these rows, in this order."""
        weight = None if self.weight is None else self.weight[rows]
        number = None if self.number is None else self.number[rows]
        gain = None if self.gain is None else self.gain[rows]
        return Part(X=self.X[rows], y=self.y[rows], weight=weight, number=number, gain=gain)


class Workspace:
    """Shared artefacts of one training part.

    Parameters
    ----------
    train : Part
        The rows to learn from, as read; everything is fitted on these and nothing else (law 1).
    target : ndarray of float64, shape (m, n_features)
        Feature matrix of the rows to score.
    layout : Layout
    n_classes : int
    inner : sequence of (train rows, scored rows)
        Positions inside the training part of each inner fold; empty for an inner workspace.
    seed : int
        Identity of this fold, from which every seed of its work is derived.
    scored : ndarray of int64, optional
        Which rows of the data set the target rows are, where that is to be traced.
    tables : mapping of str to ndarray of float64, shape (k, n_features)
        Feature matrices of the second tables that recipes name, by their paths.
    """

    def __init__(
        self,
        train: Part,
        target: FloatArray,
        *,
        layout: Layout,
        n_classes: int,
        inner: Sequence[tuple[IntArray, IntArray]] = (),
        seed: int = 0,
        scored: IntArray | None = None,
        tables: Mapping[str, FloatArray] | None = None,
    ) -> None:
        self.scored = scored
        seen = _seen_levels(train.X, layout)
        self.train = replace(train, X=_forget_unseen(train.X, layout, seen))
        self.target = _forget_unseen(target, layout, seen)
        self.tables = {path: _forget_unseen(X, layout, seen) for path, X in (tables or {}).items()}
        self.layout = layout
        self.n_classes = n_classes
        self.inner_rows = tuple(inner)
        self.seed = seed
        self._views: dict[str, View] = {}
        self._pictures: dict[tuple[str, str], Any] = {}
        self._learners: dict[str, Learner] = {}
        self._prepared: dict[str, Any] = {}
        self.scores: dict[tuple[str, str], Scores] = {}
        self.answers: dict[Likeness, Answer] = {}
        self.failures: dict[tuple[str, str], ImbtoolError] = {}
        self.plain: dict[str, FloatArray] = {}

    @cached_property
    def space(self) -> SampleSpace:
        """The space in which samplers measure distances, fitted on the training part."""
        return SampleSpace(self.train.X, self.layout)

    @cached_property
    def inner(self) -> tuple[Workspace, ...]:
        """One workspace for each inner fold."""
        return tuple(self._inner(n, *rows) for n, rows in enumerate(self.inner_rows))

    def whole_inner(self) -> tuple[tuple[Workspace, IntArray], ...]:
        """Return inner workspaces, with the rows they score, that together score every training row."""
        if sum(len(scored) for _, scored in self.inner_rows) == self.train.y.shape[0]:
            return tuple(zip(self.inner, (scored for _, scored in self.inner_rows), strict=True))
        splits = inner_splits(self.train.y, folds=3, seed=derive_seed(self.seed, "plain"))
        return tuple((self._inner(n, *split), split[1]) for n, split in enumerate(splits))

    def _inner(self, number: int, fitted: IntArray, scored: IntArray) -> Workspace:
        return Workspace(
            self.train.take(fitted),
            self.train.X[scored],
            layout=self.layout,
            n_classes=self.n_classes,
            seed=self.seed * 31 + number + 1,
            scored=None if self.train.number is None else self.train.number[scored],
            tables=self.tables,
        )

    def learner(self, spec: LearnerSpec) -> Learner:
        """Return the learner object of a specification."""
        return self._learners.setdefault(str(spec), spec.build())

    def view(self, name: str, learner: Learner) -> View:
        """Return the learner's view, fitted on the training part."""
        if name not in self._views:
            self._views[name] = learner.view(self.train.X, self.layout)
        return self._views[name]

    def picture(self, name: str, learner: Learner, rows: str) -> Any:
        """Return the learner's matrix of the ``"train"`` or the ``"target"`` rows."""
        if (name, rows) not in self._pictures:
            X = self.train.X if rows == "train" else self.target
            self._pictures[name, rows] = self.view(name, learner).transform(X)
        return self._pictures[name, rows]

    def prepared(self, name: str, learner: Any) -> Any:
        """Return what the learner prepares of the whole training part, such as its bins."""
        if name not in self._prepared:
            made = learner.prepare(
                self.picture(name, learner, "train"),
                self.train.y,
                view=self.view(name, learner),
                n_classes=self.n_classes,
            )
            self._prepared[name] = made
        return self._prepared[name]


def _seen_levels(X: FloatArray, layout: Layout) -> dict[int, FloatArray]:
    """Return for each categorical feature the codes that occur in these rows."""
    return {j: np.unique(X[:, j][~np.isnan(X[:, j])]) for j in layout.categorical}


def _forget_unseen(X: FloatArray, layout: Layout, seen: dict[int, FloatArray]) -> FloatArray:
    """Return the matrix with every level that training has not seen made missing."""
    result = X
    for j in layout.categorical:
        unknown = ~np.isnan(X[:, j]) & ~np.isin(X[:, j], seen[j])
        if unknown.any():
            if result is X:
                result = X.copy()
            result[unknown, j] = np.nan
    return result
