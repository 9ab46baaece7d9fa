"""Rows of the training table that a model is not fitted on: the calibration rows of conformal selection."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from imbtool.bundle import plain
from imbtool.bundle.faults import invalid
from imbtool.bundle.manifest import Conformal
from imbtool.core.errors import DataError, UsageError
from imbtool.core.seeds import derive_seed
from imbtool.data.intake import open_table
from imbtool.data.labels import read_labels
from imbtool.data.load import Roles, check_present
from imbtool.data.phrases import count
from imbtool.data.roles import read_group, read_time, read_weight

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.bundle.manifest import Manifest
    from imbtool.bundle.model import FittedModel
    from imbtool.bundle.request import FitRequest
    from imbtool.core.types import BoolArray, FloatArray, IntArray

How = Literal["random", "groups", "time"]
FILE: Literal["conformal.json"] = "conformal.json"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reserve:
    """Scores of the calibration rows.

    Parameters
    ----------
    scores : ndarray of float64, shape (n, n_classes)
        Uncalibrated probabilities by the model, which has not seen the rows.
    codes : ndarray of int64, shape (n,)
        Their class codes; -1 for a class that the model does not know.
    """

    scores: FloatArray
    codes: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parted:
    """A table in two: rows to fit on, and calibration rows with how they were drawn and their digest."""

    name: str
    target: str
    fit: pd.DataFrame
    held: pd.DataFrame
    labels: tuple[str, ...]
    how: How
    drawn: str


def hold_back(data: Any, request: FitRequest) -> Parted:
    """Read a table and draw its calibration rows.

    At random, each row with the same chance whatever its class: drawn class by class they would not be like
    new rows. With groups whole groups are drawn, with a time the latest rows.

    Parameters
    ----------
    data : path, DataFrame or the name of a data set
    request : FitRequest
        Its `calibration_rows` are a share of the rows below 1, else their number.

    Raises
    ------
    UsageError
        Code ``calibration-rows``: too many or too few.
    DataError
        What reading a table raises.
    """
    table, target = open_table(data, request.target, None)
    frame = table.frame
    roles = Roles(target=target, weight=request.weight, group=request.group, time=request.time)
    roles.named()
    check_present(frame, roles)
    if request.weight is not None:
        frame = frame[read_weight(frame[request.weight], request.weight) > 0]
    n = len(frame)
    wanted = rows_wanted(request.calibration_rows or 0.0, n)
    labels = read_labels(frame[target], target, request.positive)
    held, how = _drawn(frame, request, wanted)
    if not held.any() or held.all():
        what = "groups" if how == "groups" else "times"
        raise _bad(f"The {count(n, 'row')} have too few {what} to hold {wanted:,} of them back.")
    rows = frame[held]
    texts = tuple(labels.classes[code] for code in labels.codes[held])
    return Parted(
        name=table.name,
        target=target,
        fit=frame[~held],
        held=rows,
        labels=texts,
        how=how,
        drawn=_digest(rows),
    )


def with_reserve(model: FittedModel, parted: Parted) -> FittedModel:
    """Return the model with the scores of its calibration rows, encoded as new rows are."""
    manifest = model.manifest
    matrix, _ = model.encode(parted.held)
    scores, _ = model.score_whole(matrix)
    codes = codes_of(parted.labels, manifest.classes)
    reserve = Reserve(scores=scores, codes=codes)
    said = Conformal(
        file=FILE,
        rows=len(codes),
        counts=tuple(int((codes == k).sum()) for k in range(len(manifest.classes))),
        how=parted.how,
        drawn=parted.drawn,
    )
    return model.holding(replace(manifest, conformal=said), reserve, {FILE: write_reserve(reserve)})


def rows_wanted(asked: float, n: int) -> int:
    """Return the number of calibration rows of `n`; raise `UsageError` where some must be left to fit on."""
    wanted = round(asked * n) if asked < 1 else int(asked)
    if asked >= 1 and asked != wanted:
        raise _bad(f"The number of calibration rows must be whole; got {asked:g}.")
    if not 1 <= wanted <= n - 2:
        raise _bad(f"{count(wanted, 'calibration row')} cannot be held back of {count(n, 'row')}.")
    return wanted


def codes_of(labels: tuple[str, ...], classes: tuple[str, ...]) -> IntArray:
    """Return class codes of labels, -1 for those that the model does not know."""
    place = {label: code for code, label in enumerate(classes)}
    return np.array([place.get(label, -1) for label in labels], dtype=np.int64)


def write_reserve(reserve: Reserve) -> bytes:
    """Return the scores as JSON, digit for digit."""
    return plain.dumps({"scores": reserve.scores, "codes": reserve.codes})


def read_reserve(text: bytes, manifest: Manifest, label: str) -> Reserve:
    """Return what `write_reserve` wrote; raise `DataError` (``bundle-invalid``) for anything else."""
    said = manifest.conformal
    try:
        found = plain.loads(text)
        scores, codes = found["scores"], found["codes"]
        shape = (0 if said is None else said.rows, len(manifest.classes))
        if scores.dtype != np.float64 or scores.shape != shape or not np.isfinite(scores).all():
            raise ValueError("its scores are not those of the manifest")
        if codes.dtype != np.int64 or codes.shape != shape[:1]:
            raise ValueError("its classes are not those of the manifest")
        if len(codes) and not -1 <= codes.min() <= codes.max() < shape[1]:
            raise ValueError("it has classes that the model does not know")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise invalid(label, f"{FILE} holds no calibration rows ({error})") from error
    return Reserve(scores=scores, codes=codes)


def missing(manifest: Manifest, label: str) -> DataError:
    """Return the error for a model without calibration rows, with the command that makes one."""
    m = manifest
    asked = ("--target", m.data.target, "--recipe", m.recipe, "--learner", m.learner)
    command = shlex.join(["imbtool", "fit", "DATA", *asked])
    return DataError(
        f"{label} has no calibration rows, so it cannot promise a false-discovery rate.",
        hint=f"Fit it again and hold rows back: {command} --calibration-rows 0.2 -o model.imb",
        code="no-calibration-rows",
    )


def _drawn(frame: pd.DataFrame, request: FitRequest, wanted: int) -> tuple[BoolArray, How]:
    n = len(frame)
    rng = np.random.default_rng(derive_seed("calibration-rows", request.seed or 0))
    group = None if request.group is None else read_group(frame[request.group], request.group)
    if request.time is not None:
        time = read_time(frame[request.time], request.time)
        held = time >= np.sort(time)[n - wanted]
        if group is not None:  # a group on both sides counts as fitted on
            held &= ~np.isin(group, group[~held])
        return held, "time"
    held = np.zeros(n, dtype=bool)
    if group is not None:
        order = rng.permutation(int(group.max()) + 1)
        sizes = np.cumsum(np.bincount(group)[order])
        held = np.isin(group, order[: int(np.searchsorted(sizes, wanted, side="right"))])
        return held, "groups"
    held[rng.choice(n, wanted, replace=False)] = True
    return held, "random"


def _digest(rows: pd.DataFrame) -> str:
    """Return a hex digest of the content of rows in their order; the order of the columns does not matter."""
    import pandas as pd

    prints = pd.util.hash_pandas_object(rows[sorted(rows.columns)], index=False).to_numpy()
    return blake2b(np.ascontiguousarray(prints.astype("<u8")).data, digest_size=16).hexdigest()


def _bad(message: str) -> UsageError:
    return UsageError(
        message,
        hint="Name a share of the rows, such as --calibration-rows 0.2, or a number of rows.",
        code="calibration-rows",
    )
