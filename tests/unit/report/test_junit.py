from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report.junit_rules import faults

from imbtool.report.junit import Case, Suite, to_junit

WHEN = datetime(2030, 1, 31, 12, 5, 9, tzinfo=UTC)


def suite(*cases: Case, **properties: object) -> Suite:
    return Suite(name="gates", cases=cases, properties=properties)


FOUR = (
    Case(name="pr_auc >= 0.4", status="passed", message="0.52"),
    Case(name="recall >= 0.9", status="failed", message="0.31", details="interval 0.2 to 0.4", seconds=0.25),
    Case(name="mcc >= 0.2", status="skipped", message="inconclusive"),
    Case(name="brier <= 1", status="error", message="no rows", group="north"),
)


def test_a_document_with_every_outcome_satisfies_both_common_schemas():
    text = to_junit([suite(*FOUR, model="m.imb", rows=12), suite()], when=WHEN)
    assert faults(text) == []


def test_counts_times_and_outcomes_are_those_of_the_cases():
    root = ET.fromstring(to_junit([suite(*FOUR)], when=WHEN))
    found = root[0]
    assert [found.get(k) for k in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert found.get("timestamp") == "2030-01-31T12:05:09"
    assert found.get("time") == "0.250"
    assert [[child.tag for child in case] for case in found.findall("testcase")] == [
        [],
        ["failure"],
        ["skipped"],
        ["error"],
    ]
    assert found.find("testcase/failure").get("message") == "0.31"
    assert found.find("testcase/failure").text == "interval 0.2 to 0.4"
    assert "passed: pr_auc >= 0.4: 0.52" in found.findtext("system-out")


def test_a_document_that_breaks_the_rules_is_noticed():
    good = to_junit([suite(*FOUR)], when=WHEN)
    for old, new in (
        ('hostname="localhost"', ""),
        ('tests="4"', 'tests="four"'),
        ("T12:05:09", "T12:05:09Z"),
        ("<properties />", ""),
        ('type="failed"', ""),
        ("<system-err />", "<other />"),
    ):
        assert old in good
        assert faults(good.replace(old, new)), old


@given(st.text(), st.text(), st.text())
def test_whatever_text_comes_in_the_document_is_well_formed_and_valid(name, message, details):
    cases = (Case(name=name, status="failed", message=message, details=details),)
    assert faults(to_junit([Suite(name=name, cases=cases, properties={"file": details})], when=WHEN)) == []
