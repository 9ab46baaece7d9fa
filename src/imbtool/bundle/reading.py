"""Reading the manifest of a model, which anybody may have written: types first, then contradictions."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from imbtool.bundle.faults import invalid
from imbtool.bundle.manifest import FORMAT, SCHEMA_VERSION, Manifest
from imbtool.core.errors import DataError
from imbtool.core.typed import TypedReader
from imbtool.data.dates import PARTS

if TYPE_CHECKING:
    from imbtool.data.schema import Column


def read_manifest(text: bytes, label: str) -> Manifest:
    """Return the manifest that `text` holds.

    Raises
    ------
    DataError
        Codes ``bundle-newer`` and ``bundle-invalid``.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid(label, f"its manifest is no JSON document ({error})") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise invalid(label, f"its manifest does not say {FORMAT!r}")
    _check_version(document.get("schema_version"), label)
    try:
        manifest = TypedReader().read(Manifest, document, "manifest")
        _check(manifest)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise invalid(label, str(error)) from error
    return manifest


def _check_version(version: Any, label: str) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise invalid(label, f"`manifest.schema_version` must be a whole number; got {version!r}")
    if version > SCHEMA_VERSION:
        raise DataError(
            f"{label} has schema version {version}; this imbtool reads up to {SCHEMA_VERSION}.",
            hint="Upgrade with: pip install --upgrade imbtool",
            code="bundle-newer",
        )


def _check(manifest: Manifest) -> None:
    """Raise `ValueError` where fields contradict each other."""
    n_classes = len(manifest.classes)
    width = manifest.columns.layout.n_features
    n_values = 1 if n_classes == 2 else n_classes
    n_values = {"costs": n_classes * n_classes, "expected-gain": 0}.get(manifest.decision.rule, n_values)
    demands = (
        (n_classes >= 2, "`manifest.classes` must name two classes or more"),
        (len(set(manifest.classes)) == n_classes, "`manifest.classes` must differ"),
        (len(manifest.data.counts) == n_classes, "`manifest.data.counts` must have one number a class"),
        (manifest.data.n_features == width, "`manifest.data.n_features` differs from the schema"),
        (
            len(manifest.decision.values) == n_values,
            f"`manifest.decision.values` needs {n_values} numbers",
        ),
        (all(map(math.isfinite, manifest.decision.values)), "`manifest.decision.values` must be finite"),
        (
            manifest.decision.rule != "factors" or (n_classes > 2 and min(manifest.decision.values) > 0.0),
            "`manifest.decision.values` must be factors of three classes or more",
        ),
        (
            _is_row_money(manifest),
            "`manifest.decision.money` does not say what rows of two classes are worth",
        ),
        (len(manifest.models) > 0, "`manifest.models` is empty"),
        (
            manifest.conformal is None or len(manifest.conformal.counts) == n_classes,
            "`manifest.conformal.counts` must have one number a class",
        ),
        (_are_weights(manifest), "`manifest.weights` must be positive with sum 1, one a model, or none"),
    )
    for holds, message in demands:
        if not holds:
            raise ValueError(message)
    _check_columns(manifest.schema.columns)
    for number, model in enumerate(manifest.models):
        codes = model.present
        if not codes or list(codes) != sorted(set(codes)) or codes[0] < 0 or codes[-1] >= n_classes:
            raise ValueError(f"`manifest.models[{number}].present` must be ascending codes of classes")


def _is_row_money(manifest: Manifest) -> bool:
    """Return whether there is money exactly where rows are decided by it, and in columns of that role."""
    money = manifest.decision.money
    if money is None:
        return manifest.decision.rule != "expected-gain"
    roles = {column.name: column.role for column in manifest.schema.columns}
    named = [roles.get(name) == role for role, name in money.columns.items()]
    costs = all(math.isfinite(cost) and cost >= 0 for cost in (money.cost_fn, money.cost_fp))
    two = len(manifest.classes) == 2
    return two and manifest.decision.rule == "expected-gain" and costs and bool(named) and all(named)


def _are_weights(manifest: Manifest) -> bool:
    given = manifest.weights
    fits = len(given) == len(manifest.models) and all(weight > 0 for weight in given)
    return not given or (fits and math.isclose(math.fsum(given), 1.0, abs_tol=1e-9))


def _check_columns(columns: tuple[Column, ...]) -> None:
    if len({column.name for column in columns}) < len(columns):
        raise ValueError("`manifest.schema.columns` must have different names")
    for column in columns:
        dated = column.role == "feature" and column.kind == "datetime"
        if bool(column.parts) != dated or not set(column.parts) <= set(PARTS):
            raise ValueError(f"the parts of column {column.name[:40]!r} are not those of a date")
        coded = column.kind in ("categorical", "boolean")
        if column.role == "feature" and coded != bool(column.levels):
            raise ValueError(f"column {column.name[:40]!r} has levels where there are none, or none at all")
