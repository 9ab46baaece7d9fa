"""Read a comparison back from its JSON document. Nothing in the document is executed (law 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from imbtool.core import price, types
from imbtool.core.errors import DataError
from imbtool.core.typed import TypedReader
from imbtool.data import dataset
from imbtool.evaluation import curves, result
from imbtool.evaluation.proof import result as proof
from imbtool.evaluation.result import SCHEMA_VERSION, Comparison
from imbtool.recipe import trace

if TYPE_CHECKING:
    from dataclasses import Field

_ROOMS = (price, types, dataset, curves, result, proof, trace)
_NAMES = {name: value for room in _ROOMS for name, value in vars(room).items()} | {"Mapping": Mapping}
_AGAIN = "Run `imbtool compare ... --output comparison.json` again with this version of imbtool."

_LATER = (
    *((result.Comparison, "proof"), (result.Trial, "fitted"), (price.Price, "emp")),
    *((result.Settings, "test"), (result.Settings, "correction")),
    *((result.Trial, "counts_by_sampler"), (proof.Overlap, "near"), (proof.Overlap, "near_rare")),
    *((result.Comparison, "curves"), (result.Trial, "curves")),
)
"""Fields that documents of this schema version may lack: they were added to it."""


def from_json(text: str) -> Comparison:
    """Return the comparison written in `text`; raise `DataError` when it is not one."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DataError(
            f"This is not a JSON document: {error}.",
            hint="Give a file written by `imbtool compare --output comparison.json`.",
            code="not-json",
        ) from error
    return from_document(document)


def from_document(document: Any) -> Comparison:
    """Return the comparison that `to_document` turned into `document`.

    Raises
    ------
    DataError
        When the document comes from a newer version, lacks a field or holds one of the wrong type.
        Fields that this version does not know are ignored.
    """
    if not isinstance(document, dict) or not isinstance(document.get("schema_version"), int):
        raise DataError(
            "This JSON document is not a comparison: it has no `schema_version`.",
            hint=_AGAIN,
            code="not-comparison",
        )
    version = document["schema_version"]
    if version > SCHEMA_VERSION:
        raise DataError(
            f"The comparison has schema version {version}; this imbtool reads up to {SCHEMA_VERSION}.",
            hint="Upgrade with: pip install --upgrade imbtool",
            code="newer-schema",
        )
    try:
        return _READER.read(Comparison, document, "comparison")
    except ValueError as error:
        raise DataError(
            f"The comparison cannot be read: {error}.", hint=_AGAIN, code="bad-comparison"
        ) from error


def _may_lack(kind: type, entry: Field[Any]) -> bool:
    return (kind, entry.name) in _LATER


_READER = TypedReader(names=_NAMES, may_lack=_may_lack, ignores_unknown=True)
