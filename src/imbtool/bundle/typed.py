"""JSON documents as frozen dataclasses, every field checked; nothing in a document is executed (law 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def read(kind: type[T], value: Any, where: str) -> T:
    """Return `value` as an object of the dataclass `kind`; raise `ValueError` that names the bad field.

    Fields may be text, numbers, truth values, literals, tuples of one type, mappings from text, other
    dataclasses, and unions of one of these with None. A number that is null is NaN. Unknown fields are
    errors, and missing ones unless they have a default.
    """
    return cast(T, _read(kind, value, where))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _object(cast(type, kind), value, where)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return None if value is None else _read(get_args(kind)[0], value, where)
    if origin is tuple:
        items = _expect(value, list, "a list", where)
        return tuple(_read(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"`{where}` must be one of {', '.join(map(str, get_args(kind)))}")
        return value
    if origin is Mapping:
        entries = _expect(value, dict, "an object", where)
        return {key: _read(get_args(kind)[1], item, f"{where}.{key}") for key, item in entries.items()}
    return _scalar(kind, value, where)


def _object(kind: type, value: Any, where: str) -> Any:
    entries = _expect(value, dict, "an object", where)
    names = {field.name: field.default is MISSING for field in fields(kind)}
    unknown = [name for name in entries if name not in names]
    missing = [name for name, needed in names.items() if needed and name not in entries]
    if unknown or missing:
        what = "lacks" if missing else "has the unknown field"
        raise ValueError(f"`{where}` {what} {(missing + unknown)[0]!r}")
    hints = _hints(kind)
    return kind(
        **{name: _read(hints[name], entries[name], f"{where}.{name}") for name in names if name in entries}
    )


def _scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float:
        return float("nan") if value is None else float(_expect(value, (int, float), _WORDS[float], where))
    return _expect(value, kind, _WORDS[kind], where)


def _expect(value: Any, kind: Any, words: str, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"`{where}` must be {words}; got {type(value).__name__}")
    return value
