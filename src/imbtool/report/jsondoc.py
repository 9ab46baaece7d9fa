"""The JSON document of a comparison; ``docs/json.md`` describes it field by field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import imbtool

if TYPE_CHECKING:
    from imbtool.evaluation.result import Comparison

_ORDER = ("dataset", "settings", "verdict", "proof", "methods", "curves", "trials", "notes", "environment")
_LAST = ("seconds", "complete", "command", "fit_command")


def to_document(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain dicts, lists, strings and finite numbers.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    dict
        Ready for `json.dumps`; NaN and infinities are None, keys always in the same order.
    """
    packages = comparison.environment.get("packages", {})
    version = str(packages.get("imbtool", imbtool.__version__))
    head = {"schema_version": comparison.schema_version, "imbtool_version": version}
    return head | {name: plain(getattr(comparison, name)) for name in (*_ORDER, *_LAST)}


def to_json(comparison: Comparison) -> str:
    """Return the document as text, one line break at the end."""
    return json.dumps(to_document(comparison), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return `value` with dataclasses as dicts, tuples as lists and undefined numbers as None."""
    if is_dataclass(value):
        told = [field.name for field in fields(value) if field.metadata.get("document", True)]
        return {name: plain(getattr(value, name)) for name in told}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
