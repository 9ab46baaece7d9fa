"""Read a comparison back from its JSON document. Nothing in the document is executed (law 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from imbtool.core import price, types
from imbtool.core.errors import DataError
from imbtool.data import dataset
from imbtool.evaluation import curves, result
from imbtool.evaluation.proof import result as proof
from imbtool.evaluation.result import SCHEMA_VERSION, Comparison
from imbtool.recipe import trace

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
    return cast(Comparison, _read(Comparison, document, "comparison"))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)


def _read(kind: Any, value: Any, where: str) -> Any:
    """Return `value` as an object of type `kind`."""
    if is_dataclass(kind):
        return _read_object(cast(type, kind), value, where)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return None if value is None else _read(get_args(kind)[0], value, where)
    if origin is tuple:
        items = _expect(value, list, "a list", where)
        return tuple(_read(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if origin is Literal:
        return _read_choice(get_args(kind), value, where)
    if origin is Mapping:
        entries = _expect(value, dict, "an object", where)
        return {key: _read(get_args(kind)[1], item, f"{where}.{key}") for key, item in entries.items()}
    return _read_scalar(kind, value, where)


def _read_object(kind: type, value: Any, where: str) -> Any:
    entries = _expect(value, dict, "an object", where)
    hints = _hints(kind)
    found = {}
    for field in fields(kind):
        if field.name not in entries and (kind, field.name) in _LATER:
            continue
        if field.name not in entries:
            raise _fault(f"`{where}.{field.name}` is missing")
        found[field.name] = _read(hints[field.name], entries[field.name], f"{where}.{field.name}")
    return kind(**found)


def _read_choice(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value not in choices:
        raise _fault(f"`{where}` must be one of {', '.join(map(str, choices))}; got {value!r}")
    return value


def _read_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    if kind is float:
        return float("nan") if value is None else float(_expect(value, (int, float), "a number", where))
    words = {str: "text", bool: "true or false", int: "a whole number"}
    return _expect(value, kind, words[kind], where)


def _expect(value: Any, kind: Any, words: str, where: str) -> Any:
    wrong_bool = isinstance(value, bool) and kind is not bool
    if not isinstance(value, kind) or wrong_bool:
        raise _fault(f"`{where}` must be {words}; got {type(value).__name__}")
    return value


def _fault(message: str) -> DataError:
    return DataError(f"The comparison cannot be read: {message}.", hint=_AGAIN, code="bad-comparison")
