"""The rows that a recipe trains on: samplers applied one after another, and the weights of what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.protocols import Resampled
from imbtool.core.seeds import derive_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imbtool.core.protocols import Reweighter
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.recipe.spec import RecipeSpec
    from imbtool.recipe.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What a recipe trains on.

    Parameters
    ----------
    rows : Resampled
        The training part after all samplers.
    weight : ndarray of float64, shape (m,), or None
        Weights of its rows, mean 1.
    unsampled : tuple of int
        Rows of each class before the samplers.
    counts : mapping of str to tuple of int
        The same after each sampler.
    """

    rows: Resampled
    weight: FloatArray | None
    unsampled: tuple[int, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def counts_after(self) -> tuple[int, ...]:
        """Rows of each class after all samplers."""
        return (self.unsampled, *self.counts.values())[-1]


def draw(workspace: Workspace, recipe: RecipeSpec, plain: Callable[[], FloatArray]) -> Drawn:
    """Return what a recipe trains on; parameters as in `resample`.

    Samplers run first, in the order written; the weights of the rows are then the user's times the
    reweighter's. A copy keeps the weight of its original; a synthetic row has the mean weight of its
    class.
    """
    after: dict[str, tuple[int, ...]] = {}
    for sampler, rows in stages(workspace, recipe, plain):
        after[sampler] = tuple(np.bincount(rows.y, minlength=workspace.n_classes).tolist())
    unsampled = after.pop("")
    return Drawn(rows=rows, weight=weights(workspace, recipe, rows), unsampled=unsampled, counts=after)


def resample(workspace: Workspace, recipe: RecipeSpec, plain: Callable[[], FloatArray]) -> Resampled:
    """Return the training part after the recipe's samplers, in the order written.

    `plain` gives out-of-fold probabilities of a plain model for the training part; a first sampler that says
    ``uses_scores`` is handed them.
    """
    for _, rows in stages(workspace, recipe, plain):
        last = rows
    return last


def stages(
    workspace: Workspace, recipe: RecipeSpec, plain: Callable[[], FloatArray]
) -> Iterator[tuple[str, Resampled]]:
    """Yield the training part as it is, under no name, and after each sampler under its name.

    Parameters as in `resample`.
    """
    X, y = workspace.train.X, workspace.train.y
    source = np.arange(y.shape[0], dtype=np.int64)
    weight: FloatArray | None = None
    yield "", Resampled(X=X, y=y, source=source)
    for number, step in enumerate(recipe.of("sampler")):
        sampler = step.build()
        shared: dict[str, Any] = {"space": workspace.space} if number == 0 else {}
        if getattr(sampler, "uses_scores", False):
            shared["scores"] = plain()[source] if (source >= 0).all() else None
        if getattr(sampler, "uses_source", False):
            shared["source"] = source
        new = sampler.resample(
            X,
            y,
            layout=workspace.layout,
            # The place in the recipe, not the name: samplers of one family then share their draws.
            random_state=derive_seed(workspace.seed, "sampler", number),
            **shared,
        )
        weight = _passed_on(weight, y, new)
        X, y = new.X, new.y
        source = np.where(new.source >= 0, source[new.source], -1)
        yield step.name, Resampled(X=X, y=y, source=source, weight=weight)


def weights(workspace: Workspace, recipe: RecipeSpec, rows: Resampled) -> FloatArray | None:
    """Return the weights of the rows (mean 1): the user's times the sampler's times the reweighter's."""
    step = recipe.one("reweighter")
    own = None if step is None else _own_weights(step.build(), rows, workspace)
    user = workspace.train.weight
    given = None if user is None else mean_one(carried(user, workspace.train.y, rows))
    parts = [part for part in (own, given, rows.weight) if part is not None]
    if len(parts) <= 1:
        return parts[0] if parts else None
    return mean_one(np.prod(parts, axis=0))


def mean_one(weight: FloatArray) -> FloatArray:
    """Return the weights scaled to mean 1."""
    scaled: FloatArray = weight / weight.mean()
    return scaled


def _own_weights(reweighter: Reweighter, rows: Resampled, workspace: Workspace) -> FloatArray:
    """Return the weights of a reweighter, told the columns and handed the table where it asks for them."""
    extra: dict[str, Any] = {}
    if getattr(reweighter, "uses_layout", False):
        extra["layout"] = workspace.layout
    if getattr(reweighter, "uses_table", False):
        extra["table"] = workspace.tables.get(getattr(reweighter, "table", None) or "")
    return reweighter.fit_weight(rows.X, rows.y, **extra)


def _passed_on(weight: FloatArray | None, y: IntArray, new: Resampled) -> FloatArray | None:
    """Return the weights that samplers have given so far, after one more of them."""
    before = None if weight is None else carried(weight, y, new)
    if before is None or new.weight is None:
        return new.weight if before is None else mean_one(before)
    return mean_one(before * new.weight)


def carried(weight: FloatArray, y: IntArray, rows: Resampled) -> FloatArray:
    """Return the weights (or other numbers) of resampled rows: a synthetic row has its class's mean."""
    means = np.array([weight[y == k].mean() if (y == k).any() else 1.0 for k in range(int(y.max()) + 1)])
    return np.where(rows.source >= 0, weight[np.maximum(rows.source, 0)], means[rows.y])
