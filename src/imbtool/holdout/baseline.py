"""An earlier evaluation to compare with: read from its JSON document, matched row by row where it can be."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.data.phrases import some
from imbtool.holdout.prints import fingerprints, occurrence
from imbtool.holdout.result import KIND, SCHEMA_VERSION, Measured
from imbtool.holdout.rows import Scored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.types import IntArray
    from imbtool.holdout.rows import Holdout

METHOD = "splitmix64/1"
_AGAIN = "Write it with: imbtool eval ... --output baseline.json"
_MOST_ROWS = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baseline:
    """What an earlier evaluation found.

    ``values`` are measures of all rows, ``slices`` those of slices by (column, level); ``rows`` are its
    scores and ``columns`` what their fingerprints were taken over, both empty when it was written
    without.
    """

    source: str
    name: str
    n_rows: int
    classes: tuple[str, ...]
    values: Mapping[str, Measured]
    slices: Mapping[tuple[str, str], Mapping[str, Measured]]
    rows: Scored | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """The baseline's scores in the order of the rows here, or why there are none."""

    rows: Scored | None
    reason: str = ""


def row_scores(rows: Scored, columns: Sequence[str]) -> dict[str, Any]:
    """Return the scores of rows with their fingerprints as text that JSON can hold.

    Arrays are little-endian, compressed by zlib, in base64.
    """
    if rows.prints is None:
        raise ValueError("rows without fingerprints")
    first = 1 if rows.binary else 0
    scores = [_packed(rows.proba[:, k], "<f8") for k in range(first, len(rows.classes))]
    return {
        "method": METHOD,
        "columns": list(columns),
        "n": rows.n,
        "probabilities": rows.probabilities,
        "fingerprints": _packed(rows.prints, "<u8"),
        "classes": _packed(rows.y, "<u2"),
        "scores": scores,
        "decided": None if rows.decided is None else _packed(rows.decided, "<u2"),
        "decided_default": None if rows.decided_default is None else _packed(rows.decided_default, "<u2"),
        "weights": None if rows.weight is None else _packed(rows.weight, "<f8"),
        "base_rate": None if rows.base_rate is None else rows.base_rate.tolist(),
    }


def read_baseline(text: str | bytes, source: str) -> Baseline:
    """Read a document that ``imbtool eval --output`` wrote; nothing in it is executed.

    Raises
    ------
    DataError
        Codes ``not-json``, ``not-evaluation``, ``newer-schema`` and ``bad-evaluation``.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{source} is not a JSON document: {error}.", hint=_AGAIN, code="not-json") from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise DataError(f"{source} is not the document of an evaluation.", hint=_AGAIN, code="not-evaluation")
    version = document.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise DataError(
            f"{source} has schema version {version}; this imbtool reads up to {SCHEMA_VERSION}.",
            hint="Upgrade with: pip install --upgrade imbtool",
            code="newer-schema",
        )
    try:
        return _read(document, source)
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error, OverflowError) as error:
        raise DataError(
            f"{source} cannot be read as an evaluation: {type(error).__name__}: {str(error)[:200]}.",
            hint=_AGAIN,
            code="bad-evaluation",
        ) from error


def matched(baseline: Baseline, holdout: Holdout) -> Match:
    """Find the rows here among those of the baseline, by their content.

    Rows of equal content are interchangeable and matched in their order.
    """
    if baseline.rows is None or baseline.rows.prints is None:
        return Match(rows=None, reason="it was written without the scores of its rows")
    if baseline.classes != holdout.rows.classes:
        return Match(rows=None, reason=f"its classes are {some(baseline.classes)}")
    missing = [column for column in baseline.columns if column not in holdout.table]
    if missing:
        return Match(rows=None, reason=f"this table lacks columns of it: {some(missing)}")
    here = occurrence(fingerprints(holdout.table, baseline.columns))
    there = occurrence(baseline.rows.prints)
    if len(here) != len(there) or not np.array_equal(np.sort(here), np.sort(there)):
        shared = int(np.isin(here, there).sum())
        what = f"{shared:,} of {len(here):,} rows are among its {len(there):,}"
        return Match(rows=None, reason=f"it scored other rows: {what}")
    place = np.empty(len(here), dtype=np.int64)
    place[np.argsort(here, kind="stable")] = np.argsort(there, kind="stable")
    rows = baseline.rows.take(place)
    if not np.array_equal(rows.y, holdout.rows.y):
        return Match(rows=None, reason="its target has other classes in these rows")
    return Match(rows=rows)


def _read(document: dict[str, Any], source: str) -> Baseline:
    data = document["data"]
    classes = tuple(str(label) for label in data["classes"])
    values = _values(document["metrics"]) | _values(document["points"])
    for top in document["top"]:
        values[f"precision@top{top['top']}"] = _measured(top["precision"])
        values[f"recall@top{top['top']}"] = _measured(top["recall"])
    slices = {
        (str(column["column"]), str(part["label"])): _values(part["metrics"])
        for column in document["slices"]
        for part in column["slices"]
    }
    stored = document.get("row_scores")
    rows: Scored | None = None
    columns: tuple[str, ...] = ()
    if stored is not None and stored["method"] == METHOD:
        rows, columns = _rows(stored, classes), tuple(str(name) for name in stored["columns"])
    return Baseline(
        source=source,
        name=str(data["name"]),
        n_rows=int(data["n_rows"]),
        classes=classes,
        values=values,
        slices=slices,
        rows=rows,
        columns=columns,
    )


def _rows(stored: dict[str, Any], classes: tuple[str, ...]) -> Scored:
    n, k = int(stored["n"]), len(classes)
    if not 0 < n < _MOST_ROWS or k < 2:
        raise ValueError("row_scores.n is out of range")
    scores = [_unpacked(text, "<f8", n) for text in stored["scores"]]
    if len(scores) != (1 if k == 2 else k):
        raise ValueError("row_scores.scores has another number of classes")
    proba = np.column_stack([1.0 - scores[0], scores[0]] if k == 2 else scores)
    weight = None if stored["weights"] is None else _unpacked(stored["weights"], "<f8", n)
    rate = stored["base_rate"]
    rows = Scored(
        y=_codes(stored["classes"], n, k),
        proba=proba,
        classes=classes,
        probabilities=bool(stored["probabilities"]),
        decided=None if stored["decided"] is None else _codes(stored["decided"], n, k),
        decided_default=None
        if stored["decided_default"] is None
        else _codes(stored["decided_default"], n, k),
        weight=weight,
        base_rate=None if rate is None else np.array([float(share) for share in rate]),
        prints=_unpacked(stored["fingerprints"], "<u8", n).astype(np.uint64),
    )
    if not np.isfinite(proba).all() or (weight is not None and not (weight > 0).all()):
        raise ValueError("row_scores holds scores or weights that cannot be")
    if rows.base_rate is not None and len(rows.base_rate) != k:
        raise ValueError("row_scores.base_rate has another number of classes")
    return rows


def _codes(text: str, n: int, k: int) -> IntArray:
    codes: IntArray = _unpacked(text, "<u2", n).astype(np.int64)
    if codes.max(initial=0) >= k:
        raise ValueError("row_scores has a class that is not listed")
    return codes


def _values(found: Mapping[str, Any]) -> dict[str, Measured]:
    return {str(name): _measured(value) for name, value in found.items()}


def _measured(found: Mapping[str, Any]) -> Measured:
    value, low, high = (
        float("nan") if found[key] is None else float(found[key]) for key in ("value", "low", "high")
    )
    return Measured(value=value, low=low, high=high, how=str(found["how"]))


def _packed(values: Any, dtype: str) -> str:
    data = np.ascontiguousarray(values.astype(dtype)).tobytes()
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")


def _unpacked(text: Any, dtype: str, n: int) -> Any:
    size = n * np.dtype(dtype).itemsize
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("row_scores is not base64") from error
    data = zlib.decompressobj().decompress(packed, size + 1)  # never more than was announced
    if len(data) != size:
        raise ValueError("row_scores has another number of rows")
    return np.frombuffer(data, dtype=dtype).astype(np.dtype(dtype).newbyteorder("="))
