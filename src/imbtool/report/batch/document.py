"""The JSON document of a batch; ``docs/batch.md`` describes it field by field."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import imbtool
from imbtool.report.jsondoc import plain

if TYPE_CHECKING:
    from imbtool.batches.result import Batch


def to_document(batch: Batch) -> dict[str, Any]:
    """Return the batch as plain dicts, lists, strings and finite numbers; what is undefined is None."""
    packages = batch.environment.get("packages", {})
    head = {
        "schema_version": batch.schema_version,
        "imbtool_version": str(packages.get("imbtool", imbtool.__version__)),
        "kind": "batch",
    }
    return head | {f.name: plain(getattr(batch, f.name)) for f in fields(batch) if f.name != "schema_version"}


def to_json(batch: Batch) -> str:
    """Return the document as text, one line break at the end."""
    return json.dumps(to_document(batch), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
