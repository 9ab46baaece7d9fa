"""From a model and a table to rows that can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.scoring import DECISION
from imbtool.core.errors import UsageError
from imbtool.core.price import Price
from imbtool.data.phrases import count
from imbtool.holdout.prints import fingerprints
from imbtool.holdout.reading import codes_of, read_labelled, weights_of
from imbtool.holdout.rows import Holdout, Scored
from imbtool.holdout.seen import trained_on_all
from imbtool.methods.postprocess.threshold import default_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imbtool.bundle.manifest import RowMoney
    from imbtool.bundle.model import FittedModel
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.reading import Labelled

PROBABILITY = "probability_"


def from_model(
    model: FittedModel,
    source: Any,
    *,
    target: str | None = None,
    weight: str | None = None,
    threshold: float | None = None,
) -> Holdout:
    """Score a labelled table with a model.

    Parameters
    ----------
    model : FittedModel
    source : path, the name of a known data set, ``"-"`` or a data frame
    target : str, optional
        That of the model by default.
    weight : str, optional
        Column with row weights.
    threshold : float, optional
        Probability of the positive class from which it is decided on; that of the model by default.
    """
    manifest = model.manifest
    target = target or manifest.data.target
    table = read_labelled(source, model, decide=threshold is None)
    weight, told = _weight_column(model, table, weight)
    y = codes_of(table.require(target, "the target (--target)"), target, manifest.classes)
    if table.proba is None:
        raise ValueError("a model scores every table")
    check_threshold(threshold, manifest.classes)
    counts = np.array(manifest.data.counts, dtype=np.float64)
    rows = Scored(
        y=y,
        proba=table.proba,
        classes=manifest.classes,
        decided=table.decided if threshold is None else cut_at(table.proba, threshold),
        decided_default=default_rule(len(manifest.classes)).predict(table.proba),
        weight=weights_of(table, weight),
        base_rate=counts / counts.sum(),
        prints=fingerprints(table.columns, table.columns),
    )
    told = (*told, *trained_on_all(model, rows))
    about = {
        "recipe": manifest.recipe,
        "learner": manifest.learner,
        "training_data": manifest.data.name,
        "training_fingerprint": manifest.data.fingerprint,
        "training_counts": manifest.data.counts,
        "training": dict(manifest.metrics.training),
        "cross_validated": dict(manifest.metrics.cross_validated),
        "git_commit": manifest.git_commit,
    }
    values = model.threshold_ if threshold is None else (threshold,)
    moved = threshold is not None
    price = None if moved else _row_price(manifest.decision.money)
    by_row = () if price is None else (f"each row is decided by its own money: {price.words()}",)
    notes = (*model.version_notes, *table.notes, *told, *by_row)
    return holdout_of(
        table, target, rows, threshold=values, notes=notes, model=about, moved=moved, decided_by=price
    )


def _row_price(money: RowMoney | None) -> Price | None:
    """Return what the decisions of a model are worth, where it decides rows by their own money."""
    if money is None:
        return None
    return Price(
        cost_fn=money.cost_fn or None,
        cost_fp=money.cost_fp or None,
        cost_column=money.cost_column,
        value_column=money.value_column,
    )


def _weight_column(
    model: FittedModel, table: Labelled, given: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Return the column of weights: the one given, else that of training if the table has it."""
    trained = next((c.name for c in model.manifest.columns.columns if c.role == "weight"), None)
    if given is not None or trained is None:
        return given, ()
    if trained in table.columns:
        return trained, (f"rows are weighted by {trained!r}, as in training",)
    return None, (f"training weighted rows by {trained!r}, which is not in this table: all count alike",)


def cut_at(proba: FloatArray, threshold: float) -> IntArray:
    """Return decisions: the positive class from `threshold` on."""
    return (proba[:, 1] >= threshold).astype(np.int64)


def check_threshold(threshold: float | None, classes: tuple[str, ...]) -> None:
    """Raise `UsageError` for one threshold over several classes."""
    if threshold is not None and len(classes) > 2:
        raise UsageError(
            f"--threshold cuts the score of one class; there are {len(classes)}.",
            hint="Leave it out.",
            code="threshold-many-classes",
        )


def content_columns(columns: Iterable[str], scores: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that say which row it is: all but scores and decisions."""
    made = {*scores, DECISION} if scores else set()
    return tuple(c for c in columns if c not in made and not (scores and c.startswith(PROBABILITY)))


def holdout_of(table: Labelled, target: str, rows: Scored, **more: Any) -> Holdout:
    """Leave out rows of weight 0, and put the others in falling order of the last class's score.

    In that order a binary score is never sorted again.
    """
    order: IntArray = np.argsort(-rows.proba[:, -1], kind="stable")
    notes = more.pop("notes")
    if rows.weight is not None and not rows.weight.all():
        order = order[rows.weight[order] > 0]
        notes = (*notes, f"{count(rows.n - len(order), 'row')} of weight 0 left out")
    columns = {name: series.iloc[order] for name, series in table.columns.items()}
    return Holdout(
        name=table.name,
        source=table.source,
        target=target,
        rows=rows.take(order),
        table=columns,
        notes=notes,
        **more,
    )
