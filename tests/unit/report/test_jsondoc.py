import copy
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.report import fixtures

from imbtool.core.errors import DataError
from imbtool.evaluation.result import SCHEMA_VERSION
from imbtool.report.jsondoc import to_document, to_json
from imbtool.report.jsonread import from_document, from_json

DOCS = Path(__file__).parents[3] / "docs" / "json.md"
TOP = (
    *(
        "schema_version",
        "imbtool_version",
        "dataset",
        "settings",
        "verdict",
        "proof",
        "methods",
        "curves",
        "trials",
        "notes",
    ),
    *("environment", "seconds", "complete", "command", "fit_command"),
)


@pytest.fixture(params=["binary", "inconclusive", "multiclass"])
def run(request):
    return getattr(fixtures, request.param)()


def test_the_top_level_has_its_keys_in_order(run) -> None:
    assert tuple(to_document(run)) == TOP


def test_the_document_is_strict_json_without_nan(run) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(to_json(run), parse_constant=refuse)


def test_undefined_numbers_become_null() -> None:
    assert to_document(fixtures.inconclusive())["verdict"]["numbers"]["undefined"] is None


def test_reading_the_document_gives_the_comparison_back(run) -> None:
    again = from_json(to_json(run))
    assert to_json(again) == to_json(run)
    assert again.methods == run.methods
    assert again.trials == run.trials
    assert again.dataset == run.dataset


def test_null_is_read_as_an_undefined_number() -> None:
    document = to_document(fixtures.multiclass())
    document["methods"][0]["fold_values"][0] = None
    assert math.isnan(from_document(document).methods[0].fold_values[0])


def test_fields_of_a_later_version_of_the_same_schema_are_ignored() -> None:
    document = to_document(fixtures.multiclass()) | {"extra": 1}
    from_document(document)


def _without(path: str) -> Any:
    def change(document: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for part in parents:
            document = document[int(part) if part.isdigit() else part]  # type: ignore[index] # lists too
        del document[last]

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (_without("dataset.counts"), "`comparison.dataset.counts` is missing"),
        (_without("methods.0.rank"), "`comparison.methods[0].rank` is missing"),
        (_without("verdict"), "`comparison.verdict` is missing"),
        (
            lambda d: d["settings"].update(folds="5"),
            "`comparison.settings.folds` must be a whole number; got str",
        ),
        (
            lambda d: d["settings"].update(folds=True),
            "`comparison.settings.folds` must be a whole number; got bool",
        ),
        (lambda d: d["verdict"].update(kind="maybe"), "`comparison.verdict.kind` must be one of do-nothing,"),
        (lambda d: d.update(trials={}), "`comparison.trials` must be a list; got dict"),
        (
            lambda d: d.update(schema_version=SCHEMA_VERSION + 1),
            f"schema version {SCHEMA_VERSION + 1}; this imbtool",
        ),
        (_without("schema_version"), "is not a comparison: it has no `schema_version`"),
    ],
)
def test_a_document_that_cannot_be_read_says_where(change, text: str) -> None:
    document = copy.deepcopy(to_document(fixtures.multiclass()))
    change(document)
    with pytest.raises(DataError, match=re.escape(text)):
        from_document(document)


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "nul"])
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="not a JSON document"):
        from_json(text)


@pytest.mark.parametrize("value", [[], 3, None, "x"])
def test_json_that_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match="not a comparison"):
        from_document(value)


def test_every_field_of_the_document_is_documented() -> None:
    free = {"metrics", "per_class", "estimates", "versus_nothing", "numbers", "environment"}
    text = DOCS.read_text(encoding="utf-8")

    def fields(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(fields, value)) if value else set()
        if not isinstance(value, dict):
            return set()
        return set(value).union(*(fields(item) for key, item in value.items() if key not in free))

    run = fixtures.binary()
    missing = {name for name in fields(to_document(run)) if f"`{name}`" not in text}
    assert not missing
