"""What a worker does with the files that it was given; nothing but small answers leaves it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import DataError
from imbtool.core.seeds import derive_seed
from imbtool.data.phrases import some
from imbtool.data.read import read_source
from imbtool.data.roles import read_weight
from imbtool.data.sampling import FEWEST_KEPT
from imbtool.data.values import numbers, texts
from imbtool.learners.lightgbm.spread import Meeting, free_port, grow

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.schema import Schema
    from imbtool.learners.lightgbm import LightGBMLearner
    from imbtool.learners.views import IdentityView

Frames = dict[int, "pd.DataFrame"]
"""Tables by the number of their file."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The encoded rows of one file: matrix, class codes, users' weights (or None), inner folds, digest."""

    X: FloatArray
    y: IntArray
    weight: FloatArray | None
    fold: IntArray
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What a file holds: its columns, the rows of each label, and how many rows there are."""

    columns: tuple[str, ...]
    labels: Mapping[str, int]
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """One training: what is the same for all workers.

    Parameters
    ----------
    learner : LightGBMLearner
    view : IdentityView
    out : int or None
        The inner fold that is left out; None trains on all rows.
    present : tuple of int
        The classes that the rows trained on have anywhere.
    factors : ndarray of float64, shape (K,), or None
        The weight of a row is that of its class times its own.
    random_state : int
    machines : tuple of str
        Of the workers, in their order.
    """

    learner: LightGBMLearner
    view: IdentityView
    out: int | None
    present: tuple[int, ...]
    factors: FloatArray | None
    random_state: int
    machines: tuple[str, ...]


def read(paths: Mapping[int, str], weight: str | None) -> Frames:
    """Read files; rows of weight 0 do not exist."""
    return {number: _read(path, weight) for number, path in paths.items()}


def _read(path: str, weight: str | None) -> pd.DataFrame:
    frame = read_source(path).frame
    if weight is not None and weight in frame:
        read_weight(frame[weight], weight)  # refuses what cannot be a weight
        frame = frame[numbers(frame[weight]) > 0]
    return frame.reset_index(drop=True)


def survey(frames: Frames, target: str) -> dict[int, Survey]:
    """Say what the files hold."""
    return {number: _survey(frame, target) for number, frame in frames.items()}


def _survey(frame: pd.DataFrame, target: str) -> Survey:
    columns = tuple(map(str, frame.columns))
    if target not in columns:
        return Survey(columns=columns, labels={}, n_rows=len(frame))
    cells = texts(frame[target])
    counts = np.bincount(cells.codes + 1, minlength=len(cells.texts) + 1)[1:].tolist()
    return Survey(columns=columns, labels=dict(zip(cells.texts, counts, strict=True)), n_rows=len(frame))


def draw(frames: Frames, wanted: Mapping[int, int], target: str, seed: int) -> Frames:
    """Return so many rows of each file, in order, with their row numbers; some of every class at least."""
    return {number: _draw(frame, wanted[number], target, number, seed) for number, frame in frames.items()}


def _draw(frame: pd.DataFrame, wanted: int, target: str, number: int, seed: int) -> pd.DataFrame:
    if wanted >= len(frame):
        return frame
    order = np.random.default_rng(derive_seed("spread", seed, number)).permutation(len(frame))
    codes = texts(frame[target]).codes[order]
    missed: Counter[int] = Counter()
    kept = []
    for place, code in enumerate(codes.tolist()):
        if place < wanted or missed[code] < FEWEST_KEPT:
            kept.append(place)
            missed[code] += 1
    return frame.iloc[np.sort(order[kept])]


def levels(frames: Frames, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the texts that these columns hold."""
    found: dict[str, dict[str, None]] = {name: {} for name in columns}
    for frame in frames.values():
        for name in columns:
            found[name] |= dict.fromkeys(texts(frame[name]).texts)
    return {name: tuple(held) for name, held in found.items()}


def encode(
    frames: Frames,
    schema: Schema,
    target: str,
    codes: Mapping[str, int],
    weight: str | None,
    folds: int,
    seed: int,
) -> dict[int, Rows]:
    """Return the files as matrices; each row is given an inner fold by chance."""
    return {
        number: _encode(frame, schema, target, codes, weight, fold_of(len(frame), number, folds, seed))
        for number, frame in frames.items()
    }


def fold_of(n_rows: int, number: int, folds: int, seed: int) -> IntArray:
    """Return the inner fold of every row of a file."""
    draws = np.random.default_rng(derive_seed("spread folds", seed, number))
    return draws.integers(folds, size=n_rows)


def _encode(
    frame: pd.DataFrame,
    schema: Schema,
    target: str,
    codes: Mapping[str, int],
    weight: str | None,
    fold: IntArray,
) -> Rows:
    cells = texts(frame[target])
    if (cells.codes < 0).any():
        raise DataError(
            f"The target {target!r} is missing in {int((cells.codes < 0).sum()):,} rows.",
            hint="Remove these rows or fill in their class; rows are never dropped silently.",
            code="target-missing-values",
        )
    y = np.array([codes[text] for text in cells.texts], dtype=np.int64)[cells.codes]
    own = None if weight is None else numbers(frame[weight])
    X = schema.encode(frame)
    digest = blake2b(digest_size=16)
    for array in (X, y, own):
        digest.update(b"|" if array is None else np.ascontiguousarray(array).data)
    return Rows(X=X, y=y, weight=own, fold=fold, digest=digest.hexdigest())


def tally(
    rows: Mapping[int, Rows], folds: int, n_classes: int
) -> tuple[IntArray, FloatArray, dict[int, str]]:
    """Return rows and summed users' weights by fold and class, shape (folds, K), and the files' digests."""
    counts, sums = np.zeros(folds * n_classes, dtype=np.int64), np.zeros(folds * n_classes)
    for part in rows.values():
        place = part.fold * n_classes + part.y
        counts += np.bincount(place, minlength=len(counts))
        sums += np.bincount(place, weights=part.weight, minlength=len(counts))
    digests = {number: part.digest for number, part in rows.items()}
    return counts.reshape(folds, n_classes), sums.reshape(folds, n_classes), digests


def port() -> int:
    """Return a free port of the worker's machine."""
    return free_port()


def train(rows: Mapping[int, Rows], sample: FloatArray, training: Training, place: int) -> str:
    """Grow trees together with the other workers."""
    parts = [_kept(part, training.out) for part in rows.values()]
    y = np.concatenate([part.y for part in parts])
    weight = None
    if training.factors is not None:
        weight = training.factors[y]
        if parts[0].weight is not None:
            weight = weight * np.concatenate([part.weight for part in parts])
    return grow(
        training.learner,
        [part.X for part in parts],
        np.searchsorted(training.present, y),
        weight,
        sample=sample,
        view=training.view,
        n_present=len(training.present),
        random_state=training.random_state,
        meeting=Meeting(machines=training.machines, place=place),
    )


def _kept(part: Rows, out: int | None) -> Rows:
    if out is None:
        return part
    here = part.fold != out
    weight = None if part.weight is None else part.weight[here]
    return replace(part, X=part.X[here], y=part.y[here], weight=weight, fold=part.fold[here])


def same_columns(surveys: Mapping[int, Survey], paths: tuple[str, ...]) -> None:
    """Raise when a file has other columns than the first one.

    Raises
    ------
    DataError
        Code ``files-differ``.
    """
    first = set(surveys[0].columns)
    for number, found in sorted(surveys.items()):
        other = first ^ set(found.columns)
        if other:
            raise DataError(
                f"{paths[number]} has other columns than {paths[0]}: {some(sorted(other))}.",
                hint="All files must be parts of one table.",
                code="files-differ",
            )
