"""Comparisons and cells made of given numbers."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from imbtool.batches.result import Cell
from imbtool.evaluation.result import (
    ColumnSummary,
    Comparison,
    DatasetSummary,
    MethodResult,
    Settings,
    Trial,
    Verdict,
)
from imbtool.recipe.parser import parse_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.batches.result import Row


def comparison(
    values: Mapping[Row, Sequence[float | str]],
    *,
    name: str = "claims",
    metric: str = "pr_auc",
    counts: tuple[int, int] = (900, 100),
    kind: str = "numeric",
    complete: bool = True,
) -> Comparison:
    """One with a trial for each value; a text stands for a trial that stopped, ``"status: reason"``."""
    trials = []
    for (learner, recipe), row in values.items():
        for fold, value in enumerate(row):
            stopped = isinstance(value, str)
            status, _, reason = value.partition(": ") if stopped else ("ok", "", "")
            trials.append(
                Trial(
                    learner=learner,
                    recipe=recipe,
                    repeat=0,
                    fold=fold,
                    status=status,
                    reason=reason,
                    metrics={} if stopped else {metric: value},
                    n_train=800,
                    n_test=200,
                    seconds=1.0,
                )
            )
    rows = [MethodResult(learner=a, recipe=r, kind="x", cost=parse_recipe(r).cost) for a, r in values]
    first = next(iter(values))
    return Comparison(
        dataset=DatasetSummary(
            name=name,
            source=f"{name}.csv",
            fingerprint=name,
            target="y",
            task="binary",
            n_rows=sum(counts),
            n_features=3,
            n_missing=0,
            classes=("0", "1"),
            counts=counts,
            rare=1,
            columns=(ColumnSummary(name="a", role="feature", kind=kind, n_missing=0, n_unique=9),),
            findings=(),
        ),
        settings=Settings(
            metric=metric,
            threshold_metric="f1",
            folds=2,
            repeats=1,
            inner_folds=3,
            rope=0.01,
            seed=0,
            learners=("lightgbm",),
            methods=(),
            splitter="stratified",
        ),
        verdict=Verdict(kind="do-nothing", learner=first[0], recipe="none", headline="Do nothing."),
        methods=tuple(rows),
        trials=tuple(trials),
        environment={},
        complete=complete,
    )


def cells(table: Mapping[str, Sequence[float]], names: Sequence[str] = ()) -> list[Cell]:
    """Return cells from recipe -> one score a data set; NaN is a gap."""
    found = []
    for recipe, scores in table.items():
        for i, score in enumerate(scores):
            gap = score != score
            found.append(
                Cell(
                    data=names[i] if names else f"d{i}",
                    learner="",
                    recipe=recipe,
                    value=nan if gap else score,
                    score=score,
                    status="not-applicable" if gap else "ok",
                    reason="it needs numbers" if gap else "",
                )
            )
    return found


def names(n: int) -> list[str]:
    return [f"d{i}" for i in range(n)]
