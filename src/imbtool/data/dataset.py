"""The frozen data set that everything downstream works on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout, Task
    from imbtool.data.schema import Schema

Level = Literal["note", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the data that its owner should know.

    ``code`` is a stable slug, e.g. ``"constant-column"``, ``"identifier-column"``, ``"gives-target-away"``,
    ``"duplicate-rows"``, ``"rows-sampled"``; ``column`` is empty when it concerns the whole table.
    """

    level: Level
    code: str
    message: str
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """A table ready for comparison.

    Parameters
    ----------
    name : str
        Short name, from the file name.
    source : str
        Where it was read from: a path, ``"-"`` or ``"memory"``.
    X : ndarray of float64, shape (n_rows, n_features)
        The feature matrix (see `imbtool.core.types`): numbers as they are, category codes over all
        levels of the file, missing cells and infinities as NaN.
    layout : Layout
        Which columns of `X` are categorical.
    y : ndarray of int64, shape (n_rows,)
        Class codes ``0 .. n_classes - 1`` in the order of `classes`.
    classes : tuple of str
        Class labels as text. Binary: the positive class is last (code 1); it is the one given with
        ``--positive`` or else the rarer one. Multiclass: in natural order.
    target : str
        Name of the target column.
    task : {"binary", "multiclass"}
    weight : ndarray of float64, shape (n_rows,), or None
        Row weights, positive, scaled to mean 1.
    group : ndarray of int64, shape (n_rows,), or None
        Group codes; rows of one group are never split between training and test part.
    time : ndarray of float64, shape (n_rows,), or None
        Sortable time; training rows come before test rows.
    cost, value : ndarray of float64, shape (n_rows,), or None
        Money of acting on a row, and of acting on it when it is positive (see `imbtool.core.price`).
    schema : Schema
        All columns of the file with role, kind, levels and reasons; encodes new data the same way.
    findings : tuple of Finding
    fingerprint : str
        Hex digest of the content (matrix, target, roles, names), independent of file format.
    """

    name: str
    source: str
    X: FloatArray
    layout: Layout
    y: IntArray
    classes: tuple[str, ...]
    target: str
    task: Task
    schema: Schema
    fingerprint: str
    weight: FloatArray | None = None
    group: IntArray | None = None
    time: FloatArray | None = None
    cost: FloatArray | None = None
    value: FloatArray | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.y.shape[0])

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def counts(self) -> tuple[int, ...]:
        """Rows of each class, in class order."""
        return tuple(int((self.y == k).sum()) for k in range(self.n_classes))

    @property
    def rare(self) -> int:
        """Code of the class of interest: the positive one, or the rarest when there are several."""
        if self.task == "binary":
            return 1
        counts = self.counts
        return counts.index(min(counts))
