"""A trial as the store keeps it: floats to the last bit, read back without executing anything."""

from __future__ import annotations

import json
from math import isinf, isnan
from typing import TYPE_CHECKING, Any, get_args

from imbtool.core.types import TrialStatus
from imbtool.evaluation.result import Trial
from imbtool.recipe.trace import FittedOn
from imbtool.store import TrialRow

if TYPE_CHECKING:
    from collections.abc import Iterable


def to_row(trial: Trial) -> TrialRow:
    """Return the trial as a row of the store.

    JSON has no NaN and no infinity: they are ``null``, ``"inf"`` and ``"-inf"``. Every other float is
    written with the digits that read back as the same bits.
    """
    result = {
        "metrics": {name: _out(value) for name, value in trial.metrics.items()},
        "per_class": {
            name: {label: _out(value) for label, value in values.items()}
            for name, values in trial.per_class.items()
        },
        "threshold": [_out(value) for value in trial.threshold],
        "counts_before": [int(n) for n in trial.counts_before],
        "counts_after": [int(n) for n in trial.counts_after],
        "counts_by_sampler": {name: list(map(int, n)) for name, n in trial.counts_by_sampler.items()},
        "n_train": int(trial.n_train),
        "n_test": int(trial.n_test),
        "flattery": {name: _out(value) for name, value in trial.flattery.items()},
        "curves": {name: [_out(value) for value in values] for name, values in trial.curves.items()},
        "fitted": {name: [on.rows, on.digest, on.test_rows] for name, on in trial.fitted.items()},
    }
    return TrialRow(
        learner=trial.learner,
        recipe=trial.recipe,
        repeat=int(trial.repeat),
        fold=int(trial.fold),
        status=trial.status,
        reason=clean(trial.reason),
        seconds=float(trial.seconds),
        result=json.dumps(result, ensure_ascii=False, allow_nan=False),
    )


def from_row(row: TrialRow) -> Trial:
    """Return the trial of a row; raise `ValueError` when it does not hold one."""
    if row.status not in get_args(TrialStatus):
        raise ValueError(f"unknown status {row.status!r}")
    found = json.loads(row.result)
    try:
        return Trial(
            learner=row.learner,
            recipe=row.recipe,
            repeat=row.repeat,
            fold=row.fold,
            status=row.status,  # type: ignore[arg-type] # checked above
            reason=row.reason,
            metrics={name: _in(value) for name, value in found["metrics"].items()},
            per_class={
                name: {label: _in(value) for label, value in values.items()}
                for name, values in found["per_class"].items()
            },
            threshold=tuple(_in(value) for value in found["threshold"]),
            counts_before=_whole(found["counts_before"]),
            counts_after=_whole(found["counts_after"]),
            counts_by_sampler={
                name: _whole(counts) for name, counts in found.get("counts_by_sampler", {}).items()
            },
            n_train=_whole([found["n_train"]])[0],
            n_test=_whole([found["n_test"]])[0],
            seconds=row.seconds,
            flattery={name: _in(value) for name, value in found.get("flattery", {}).items()},
            curves={
                name: tuple(_in(value) for value in values)
                for name, values in found.get("curves", {}).items()
            },
            fitted={name: _fitted(value) for name, value in found.get("fitted", {}).items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a trial: {error!r}") from error


def _out(value: float) -> float | str | None:
    value = float(value)
    if isnan(value):
        return None
    return str(value) if isinf(value) else value


def _in(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not (isinstance(value, float | int) or value in ("inf", "-inf")):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _whole(values: Iterable[Any]) -> tuple[int, ...]:
    found = tuple(values)
    if not all(type(value) is int for value in found):
        raise TypeError("counts must be whole numbers")
    return found


def _fitted(value: Any) -> FittedOn:
    rows, digest, test_rows = value
    if not isinstance(digest, str):
        raise TypeError(f"{digest!r} is no digest")
    return FittedOn(rows=_whole([rows])[0], digest=digest, test_rows=_whole([test_rows])[0])


def clean(text: str) -> str:
    """Return text that SQLite can keep: lone surrogates, as from undecodable names, spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
