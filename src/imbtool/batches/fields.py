"""What may stand in a suite, and the check of each value; the rules are those of the options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from imbtool.core.errors import ImbtoolError
from imbtool.core.price import NAMES
from imbtool.evaluation.options import Options
from imbtool.recipe.parser import split_list

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["text", "texts", "list", "whole", "wholes", "number", "quantity", "flag"]

READING: dict[str, Kind] = {
    "target": "text",
    "positive": "text",
    "weight": "text",
    "group": "text",
    "time": "text",
    "drop": "texts",
    "categorical": "texts",
}
"""How a table is read, as in `imbtool.compare`."""

OWN: dict[str, Kind] = {
    "max_rows": "whole",
    "methods": "list",
    "learners": "list",
    "folds": "whole",
    "repeats": "whole",
    "inner_folds": "whole",
    "budget": "quantity",
    "method_timeout": "quantity",
    "fast": "flag",
    "prove": "flag",
    "seed": "whole",
    "seeds": "wholes",
    "tags": "texts",
}
"""What a data set may have of its own beside how it is read."""

SHARED: dict[str, Kind] = {"metric": "text", "threshold_metric": "text", "rope": "number"}
"""What is one for the whole suite: answers across data sets need one measure."""

DEFAULTS = READING | OWN | SHARED
ENTRY: dict[str, Kind] = READING | OWN | {"path": "text", "name": "text"}
ELSEWHERE = {
    "jobs": "give it to the command, --jobs, or under [batch] in imbtool.toml",
    "store": "give it to the command, --store, or under [batch] in imbtool.toml",
    "no_store": "give it to the command, --no-store, or under [batch] in imbtool.toml",
    "engine": "give it to the command, --engine, or under [batch] in imbtool.toml",
    "scheduler": "give it to the command, --scheduler, or under [batch] in imbtool.toml",
    "device": "give it to the command, --device, or under [batch] in imbtool.toml",
    "together": "give it to the command, --together, or under [batch] in imbtool.toml",
    "max_memory": "give it to the command, --max-memory, or under [batch] in imbtool.toml",
    "output": "give it to the command, --output",
    "test": "a suite has tests of its own, across its data sets; compare this one alone",
    "correction": "a suite has tests of its own, across its data sets; compare this one alone",
    **dict.fromkeys(NAMES, "a suite has one measure for all of its data sets; compare this one alone"),
}
"""Options that belong to the call, not to the suite."""

_CHECKED = frozenset(OWN | SHARED) - {"seed", "seeds", "tags", "fast", "prove"}
_WANTED: dict[Kind, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text in quotes", lambda v: isinstance(v, str) and bool(v.strip())),
    "texts": ("a text or a list of texts", lambda v: _all(v, str)),
    "list": ("a text or a list of texts", lambda v: _all(v, str)),
    "whole": ("a whole number", lambda v: _is(v, int)),
    "wholes": ("a list of whole numbers, each once", lambda v: bool(v) and _all(v, int)),
    "number": ("a number", lambda v: _is(v, int) or _is(v, float)),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    "quantity": (
        'a time such as "10m", or seconds',
        lambda v: isinstance(v, str | int | float) and v is not True,
    ),
}


def faults_of(name: str, value: Any, kind: Kind) -> list[str]:
    """Return what is wrong with a value, one text a fault; the rules are those of `Options`."""
    if name == "positive" and (_is(value, int) or isinstance(value, bool)):
        return []  # a label that is a number
    wanted, fits = _WANTED[kind]
    if not fits(value):
        return [f"must be {wanted}; got {value!r}."]
    items = value if isinstance(value, list) else [value]
    if name in ("seed", "seeds"):
        bad = [v for v in items if v < 0] or (items if len(set(items)) < len(items) else [])
        return [f"must be at least 0, each once; got {value!r}."] if bad else []
    if name not in _CHECKED:
        return []
    if kind == "list":
        words = [word for item in items for word in split_list(item)]
        whole = [] if name == "methods" or "auto" not in words else [tuple(words)]
        return [fault for word in whole or words for fault in _refused(name, word)]
    return _refused(name, value)


def normal(name: str, value: Any, kind: Kind) -> Any:
    """Return a checked value as the library takes it: lists as tuples, one text as a list of one."""
    if name == "positive":
        return str(value)
    if kind == "list":
        texts = value if isinstance(value, list) else [value]
        return tuple(word for text in texts for word in split_list(text))
    if kind in ("texts", "wholes"):
        return tuple(value) if isinstance(value, list) else (value,)
    return value


def _refused(name: str, value: Any) -> list[str]:
    try:
        Options(**{name: value}).checked()
    except ImbtoolError as error:
        return [f"{error.message} {error.hint}".rstrip()]
    return []


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _all(value: Any, kind: type) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(_is(item, kind) for item in items)
