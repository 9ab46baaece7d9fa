"""Rows that lie on the workers of a scheduler, and what is known of all of them here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.manifest import DataSummary
from imbtool.bundle.spread import rows as far
from imbtool.data.load import load_dataset
from imbtool.data.values import natural_order
from imbtool.recipe.fitting import INNER_FOLDS

if TYPE_CHECKING:
    from imbtool.bundle.request import FitRequest
    from imbtool.bundle.spread.crew import Crew
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dataset import Dataset
    from imbtool.data.schema import Column, Schema

SAMPLE = 200_000
"""Rows from which columns are understood, features are binned, calibrator and threshold are chosen and
metrics are measured; LightGBM bins by as many when it is alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """The rows on the workers and what is known of them here.

    Parameters
    ----------
    rows : list of futures
        The `imbtool.bundle.spread.rows.Rows` of every worker.
    sample : Dataset
        Rows of the table, all of them where it is small; columns and classes are those of all rows.
    fold : ndarray of int64, shape (m,)
        The inner folds of the sample's rows.
    counts, sums : ndarray, shape (folds, K)
        Rows, and summed users' weights, by inner fold and class.
    weighted : bool
        Whether the user gave weights.
    summary : DataSummary
    """

    rows: list[Any]
    sample: Dataset
    fold: IntArray
    counts: IntArray
    sums: FloatArray
    weighted: bool
    summary: DataSummary

    @classmethod
    def read(cls, crew: Crew, files: tuple[str, ...], request: FitRequest) -> Table:
        """Let the workers read the files, and find out what all of them must know."""
        target, seed = str(request.target), request.seed or 0
        frames = crew.done(crew.start(far.read, _dealt(files, len(crew.workers)), request.weight))
        surveys = _joined(crew.ask(far.survey, [(f,) for f in frames], target))
        far.same_columns(surveys, files)
        labels: Counter[str] = Counter()
        for found in surveys.values():
            labels.update(found.labels)
        drawn = _joined(crew.ask(far.draw, [(f,) for f in frames], _wanted(surveys), target, seed))
        sample, schema = _sample(crew, frames, drawn, request, labels, _name(files))
        codes = {label: sample.classes.index(label) if label in sample.classes else 0 for label in labels}
        same = (schema, target, codes, request.weight, INNER_FOLDS, seed)
        rows = crew.done(crew.start(far.encode, [(f,) for f in frames], *same))
        del frames
        found = crew.ask(far.tally, [(r,) for r in rows], INNER_FOLDS, sample.n_classes)
        counts, sums = sum(f[0] for f in found), sum(f[1] for f in found)
        fold = [
            far.fold_of(surveys[n].n_rows, n, INNER_FOLDS, seed)[drawn[n].index.to_numpy()]
            for n in sorted(drawn)
        ]
        return cls(
            rows=rows,
            sample=sample,
            fold=np.concatenate(fold),
            counts=counts,
            sums=sums,
            weighted=request.weight is not None,
            summary=_summary(sample, counts, _joined([f[2] for f in found])),
        )


def _dealt(files: tuple[str, ...], n_workers: int) -> list[tuple[dict[int, str]]]:
    """Give each worker about as many bytes: the largest file left to who has least."""
    given: list[dict[int, str]] = [{} for _ in range(n_workers)]
    held = [0] * n_workers
    for number in sorted(range(len(files)), key=lambda n: -Path(files[n]).stat().st_size):
        least = held.index(min(held))
        given[least][number] = files[number]
        held[least] += Path(files[number]).stat().st_size
    return [(dict(sorted(own.items())),) for own in given]


def _joined(answers: list[dict[int, Any]]) -> dict[int, Any]:
    return {number: value for answer in answers for number, value in sorted(answer.items())}


def _wanted(surveys: dict[int, far.Survey]) -> dict[int, int]:
    """Return how many rows of each file go into the sample."""
    total = sum(found.n_rows for found in surveys.values())
    share = min(1.0, SAMPLE / max(1, total))
    return {number: int(np.ceil(share * found.n_rows)) for number, found in surveys.items()}


def _name(files: tuple[str, ...]) -> str:
    return Path(files[0]).parent.name if len(files) > 1 else Path(files[0]).name.split(".")[0]


def _sample(
    crew: Crew, frames: list[Any], drawn: dict[int, Any], request: FitRequest, labels: Counter[str], name: str
) -> tuple[Dataset, Schema]:
    """Return the sample as a data set whose columns know the levels of all files, and these columns."""
    import pandas as pd

    frame = pd.concat([drawn[number] for number in sorted(drawn)], ignore_index=True)
    reading = {k: v for k, v in request.reading.items() if k not in ("group", "time", "max_rows")}
    if reading["positive"] is None and len(labels) == 2 and len(set(labels.values())) == 2:
        reading["positive"] = min(labels, key=lambda label: labels[label])
    data = load_dataset(frame, **reading, name=name)
    coded = tuple(c.name for c in data.schema.features if c.kind == "categorical")
    held: dict[str, set[str]] = {column: set() for column in coded}
    for answer in crew.ask(far.levels, [(f,) for f in frames], coded):
        for column, texts in answer.items():
            held[column].update(texts)
    columns = tuple(_with_levels(c, held.get(c.name, set())) for c in data.schema.columns)
    schema = replace(data.schema, columns=columns)
    if schema == data.schema:
        return data, schema
    return replace(data, schema=schema, X=schema.encode(frame), layout=schema.layout), schema


def _with_levels(column: Column, held: set[str]) -> Column:
    if held <= set(column.levels):
        return column
    return replace(column, levels=tuple(natural_order(sorted(held))), n_unique=len(held))


def _summary(sample: Dataset, counts: IntArray, digests: dict[int, str]) -> DataSummary:
    """Describe all rows; the fingerprint of a table that the sample holds whole is the usual one."""
    total = int(counts.sum())
    digest = blake2b(repr(sorted(digests.items())).encode(), digest_size=16)
    return DataSummary(
        name=sample.name,
        fingerprint=sample.fingerprint if total == sample.n_rows else digest.hexdigest(),
        target=sample.target,
        task=sample.task,
        n_rows=total,
        n_features=sample.layout.n_features,
        counts=tuple(counts.sum(axis=0).tolist()),
    )
