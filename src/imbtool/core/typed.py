"""JSON documents as frozen dataclasses, every field checked; nothing in a document is executed (law 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
_WORDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def _has_default(kind: type, entry: Field[Any]) -> bool:  # noqa: ARG001 - others ask for the kind
    return entry.default is not MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReader:
    """Turns parsed JSON into objects of given types.

    Fields may be text, numbers, truth values, literals, tuples of one type, mappings from text, other
    dataclasses, unions of one of these with None, and anything (`Any`). A number that is null is NaN.

    Parameters
    ----------
    names : mapping of str to object, default={}
        What annotations mean whose names are known to type checkers only.
    may_lack : callable, optional
        Says of a dataclass and a field of it whether a document may do without; by default those with
        a default value.
    ignores_unknown : bool, default=False
        Whether fields that the dataclass does not have are passed over; otherwise they are errors.
    """

    names: Mapping[str, Any] = field(default_factory=dict)
    may_lack: Callable[[type, Field[Any]], bool] = _has_default
    ignores_unknown: bool = False
    _hints: dict[type, dict[str, Any]] = field(default_factory=dict, init=False)

    def read(self, kind: type[T], value: Any, where: str) -> T:
        """Return `value` as an object of type `kind`; `where` is its name in messages.

        Raises
        ------
        ValueError
            The first field that is missing, unknown or of another type, by its path.
        """
        return cast(T, self._read(kind, value, where))

    def _read(self, kind: Any, value: Any, where: str) -> Any:
        if is_dataclass(kind):
            return self._object(cast(type, kind), value, where)
        origin = get_origin(kind)
        if origin in (Union, UnionType):
            return None if value is None else self._read(get_args(kind)[0], value, where)
        if origin is tuple:
            items = _expect(value, list, "a list", where)
            return tuple(self._read(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(items))
        if origin is Literal:
            return _choice(get_args(kind), value, where)
        if origin is Mapping:
            entries = _expect(value, dict, "an object", where)
            return {
                key: self._read(get_args(kind)[1], item, f"{where}.{key}") for key, item in entries.items()
            }
        return _scalar(kind, value, where)

    def _object(self, kind: type, value: Any, where: str) -> Any:
        entries = _expect(value, dict, "an object", where)
        known = {entry.name: entry for entry in fields(kind)}
        for name, entry in known.items():
            if name not in entries and not self.may_lack(kind, entry):
                raise ValueError(f"`{where}.{name}` is missing")
        unknown = [name for name in entries if name not in known]
        if unknown and not self.ignores_unknown:
            raise ValueError(f"`{where}` has the unknown field {unknown[0]!r}")
        if kind not in self._hints:
            self._hints[kind] = get_type_hints(kind, localns=dict(self.names))
        hints = self._hints[kind]
        found = {name: entries[name] for name in known if name in entries}
        return kind(
            **{name: self._read(hints[name], item, f"{where}.{name}") for name, item in found.items()}
        )


def _choice(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value not in choices:
        raise ValueError(f"`{where}` must be one of {', '.join(map(str, choices))}; got {value!r}")
    return value


def _scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    if kind is float:
        return float("nan") if value is None else float(_expect(value, (int, float), _WORDS[float], where))
    return _expect(value, kind, _WORDS[kind], where)


def _expect(value: Any, kind: Any, words: str, where: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"`{where}` must be {words}; got {type(value).__name__}")
    return value
