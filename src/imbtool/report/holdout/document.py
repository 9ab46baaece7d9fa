"""The JSON document of an evaluation; ``docs/eval.md`` describes it field by field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import imbtool
from imbtool.holdout.result import KIND
from imbtool.report.jsondoc import plain

if TYPE_CHECKING:
    from imbtool.holdout.result import Evaluation

_ORDER = (
    *("data", "model", "settings", "metrics", "per_class", "confusion", "reliability", "top", "points"),
    *(
        "slices",
        "shift",
        "baseline",
        "rivals",
        "gates",
        "passed",
        "notes",
        "money",
        "curves",
        "looks",
        "row_scores",
    ),
)


def to_document(evaluation: Evaluation) -> dict[str, Any]:
    """Return plain dicts, lists, strings and finite numbers; NaN is None, keys are always in one order."""
    head = {
        "schema_version": evaluation.schema_version,
        "imbtool_version": imbtool.__version__,
        "kind": KIND,
    }
    return head | {name: plain(getattr(evaluation, name)) for name in _ORDER}


def to_json(evaluation: Evaluation) -> str:
    """Return the document as text, one line break at the end."""
    return json.dumps(to_document(evaluation), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
