"""Selecting rows of a table with a promised false-discovery rate, by one model or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.reserve import missing
from imbtool.core.errors import DataError, UsageError
from imbtool.data.phrases import count, some
from imbtool.methods.postprocess.conformal import fewest_selectable, select_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.bundle.manifest import Conformal
    from imbtool.bundle.model import FittedModel
    from imbtool.bundle.reserve import Reserve
    from imbtool.core.types import FloatArray
    from imbtool.methods.postprocess.conformal import Selected


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What became of a selection.

    Parameters
    ----------
    label : str
        The class whose rows were looked for.
    fdr : float
        The target.
    rows, selected : int
        Rows of the table, and how many of them are selected.
    expected_false : float
        ``fdr * selected``: of so many rows at most another class is to be expected.
    by_model : mapping of str to int
        Selected rows by the model that was chosen for them.
    calibration_rows, calibration_others : int
        All calibration rows, and those of other classes.
    fewest : int
        How many rows must be selected at once, if any is: the calibration rows allow no smaller p-value.
    how : {"random", "groups", "time"}
        How the calibration rows were drawn.
    weighted : bool
        Whether the model was fitted with row weights, which the promise does not know.
    """

    label: str
    fdr: float
    rows: int
    selected: int
    expected_false: float
    by_model: Mapping[str, int]
    calibration_rows: int
    calibration_others: int
    fewest: int
    how: str
    weighted: bool

    def sentences(self) -> tuple[str, ...]:
        """Say what was selected, what that promises, and on which conditions."""
        return (*self._found(), self._condition())

    def _found(self) -> tuple[str, ...]:
        target, of_rows = f"{100 * self.fdr:g} %", count(self.rows, "row")
        known = count(self.calibration_rows, "calibration row")
        if not self.selected:
            said = f"no row of {of_rows} can be selected as {self.label!r} at a rate of {target}"
            least = f"{self.fewest:,} or more would have to score above nearly all others"
            return (f"{said}: with {known}, {least}",)
        false = f"{self.expected_false:,.0f}" if self.expected_false >= 1 else "fewer than 1"
        told = f"{self.selected:,} of {of_rows} selected as {self.label!r}"
        promise = f"on average at most {target} of the selected ({false} of these) are of another class"
        if len(self.by_model) < 2:
            return (f"{told}; {promise}",)
        each = ", ".join(f"{n:,} by {name}" for name, n in self.by_model.items())
        return f"{told}; {promise}", f"of {len(self.by_model)} models one was chosen for each row: {each}"

    def _condition(self) -> str:
        rows = count(self.calibration_rows, "calibration row")
        if self.how == "time":
            text = f"this holds if the rows are like the {rows}, the latest ones of the training table"
        elif self.how == "groups":
            text = f"this holds nearly if these are other groups of the same kind as those of the {rows}"
        else:
            text = f"this holds on average if the rows are drawn from the same population as the {rows}"
        return text + ("; rows count alike, whatever their weight" if self.weighted else "")


class Selector:
    """Selects rows by the scores of models that were fitted without the same calibration rows.

    Parameters
    ----------
    models : mapping of str to FittedModel
        By the name that messages call them; the first one's class and words are used.
    fdr : float
        The target, between 0 and 1.
    label : optional
        The class to select; the positive one of two by default.

    Raises
    ------
    DataError
        Codes ``no-calibration-rows`` and ``calibration-rows-differ``.
    UsageError
        Codes ``fdr-class`` and ``bad-fdr``.
    """

    def __init__(self, models: Mapping[str, FittedModel], fdr: float, label: Any = None) -> None:
        if not 0 < fdr < 1:
            raise UsageError(
                f"A false-discovery rate lies between 0 and 1; got {fdr:g}.",
                hint="10 percent is 0.1.",
                code="bad-fdr",
            )
        self.names, self.models = tuple(models), tuple(models.values())
        self.fdr = fdr
        self._said, self._reserves = _common(models)
        first = self.models[0].manifest
        self.label = _label(first.classes, first.positive, label)
        self._codes = tuple(_code(m.manifest.classes, self.label, n) for n, m in models.items())
        self._weighted = any(column.role == "weight" for column in first.schema.columns)

    def select(self, scores: Sequence[FloatArray]) -> Selected:
        """Select rows by what `column` returned of each model's scores."""
        known = [r.scores[:, code] for r, code in zip(self._reserves, self._codes, strict=True)]
        return select_rows(
            np.column_stack(scores),
            calibration_scores=np.column_stack(known),
            calibration_positive=self._reserves[0].codes == self._codes[0],
            fdr=self.fdr,
        )

    def column(self, number: int, scores: FloatArray) -> FloatArray:
        """Return the scores of the class to select, of a model's probabilities before calibration.

        Calibrators keep the order of the scores or make ties of them, which only costs rows.
        """
        found: FloatArray = scores[:, self._codes[number]]
        return found

    def summary(self, selected: Selected) -> Selection:
        """Return what became of a selection."""
        m, n = len(selected.rows), self._said.rows
        by = np.bincount(selected.by[selected.rows], minlength=len(self.models)).tolist()
        others = int((self._reserves[0].codes != self._codes[0]).sum())
        return Selection(
            label=self.label,
            fdr=self.fdr,
            rows=m,
            selected=selected.n,
            expected_false=self.fdr * selected.n,
            by_model=dict(zip(self.names, by, strict=True)),
            calibration_rows=n,
            calibration_others=others,
            fewest=fewest_selectable(m, n, self.fdr),
            how=self._said.how,
            weighted=self._weighted,
        )


def _common(models: Mapping[str, FittedModel]) -> tuple[Conformal, tuple[Reserve, ...]]:
    """Return the calibration rows that all models share."""
    said, reserves = [], []
    for name, model in models.items():
        if model.manifest.conformal is None or model.reserve is None:
            raise missing(model.manifest, name)
        said.append(model.manifest.conformal)
        reserves.append(model.reserve)
    apart = [name for name, one in zip(models, said, strict=True) if one.drawn != said[0].drawn]
    if apart:
        raise DataError(
            f"{some(apart)} and {next(iter(models))} were not fitted without the same calibration rows.",
            hint="Fit all of them on one table with the same --seed and --calibration-rows.",
            code="calibration-rows-differ",
        )
    return said[0], tuple(reserves)


def _label(classes: tuple[str, ...], positive: str | None, asked: Any) -> str:
    if asked is None and positive is not None:
        return positive
    if str(asked) in classes:
        return str(asked)
    what = "Which class is to be selected?" if asked is None else f"The model knows no class {asked!r}."
    raise UsageError(what, hint=f"Name it with --fdr-class: {some(classes, 20)}.", code="fdr-class")


def _code(classes: tuple[str, ...], label: str, name: str) -> int:
    if label not in classes:
        raise UsageError(
            f"{name} knows no class {label!r}.", hint=f"It knows: {some(classes, 20)}.", code="fdr-class"
        )
    return classes.index(label)
