"""JUnit XML, the document about checks that every CI system reads.

There is no one standard. What is written here satisfies both schemas in common use, that of Ant (strict
about what must be there) and that of Jenkins' xUnit plug-in (strict about what may be there), and with
them the readers of GitLab, GitHub actions, Azure and CircleCI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

CaseStatus = Literal["passed", "failed", "error", "skipped"]
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One check.

    Parameters
    ----------
    name : str
        What was checked, in one line.
    status : {"passed", "failed", "error", "skipped"}
        ``error``: it could not be carried out; ``skipped``: it was not decided.
    group : str
        Dotted name under which readers group checks; that of the suite by default.
    message : str
        The outcome in one line.
    details : str
        More lines, shown by readers for what did not pass.
    seconds : float
    """

    name: str
    status: CaseStatus
    group: str = ""
    message: str = ""
    details: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Checks that belong together, with properties by name; the schemas know none for a single check."""

    name: str
    cases: Sequence[Case]
    properties: Mapping[str, object] = field(default_factory=dict)

    def count(self, status: CaseStatus) -> int:
        """Return the number of checks with this outcome."""
        return sum(case.status == status for case in self.cases)


def to_junit(suites: Sequence[Suite], *, when: datetime) -> str:
    r"""Return the document; `when` is the time of the checks, written without its zone.

    Characters that XML cannot hold are written as ``\x1b`` and the like. The outcome of every check,
    also of those that passed, stands in the output of its suite.
    """
    root = Element("testsuites")
    for number, suite in enumerate(suites):
        _add_suite(root, suite, number, when)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add_suite(root: Element, suite: Suite, number: int, when: datetime) -> None:
    element = SubElement(
        root,
        "testsuite",
        name=_line(suite.name) or "checks",
        package="imbtool",
        id=str(number),
        timestamp=when.strftime("%Y-%m-%dT%H:%M:%S"),
        hostname="localhost",
        tests=str(len(suite.cases)),
        failures=str(suite.count("failed")),
        errors=str(suite.count("error")),
        skipped=str(suite.count("skipped")),
        time=_seconds(sum(case.seconds for case in suite.cases)),
    )
    properties = SubElement(element, "properties")
    for name, value in suite.properties.items():
        SubElement(properties, "property", name=_line(name) or "-", value=_xml(str(value)))
    for case in suite.cases:
        _add_case(element, case, suite)
    lines = [f"{case.status}: {case.name}: {case.message}".rstrip(": ") for case in suite.cases]
    SubElement(element, "system-out").text = _xml("\n".join(lines))
    SubElement(element, "system-err")


def _add_case(element: Element, case: Case, suite: Suite) -> None:
    group = _line(case.group or suite.name)
    found = SubElement(
        element, "testcase", name=_line(case.name), classname=group, time=_seconds(case.seconds)
    )
    if case.status == "passed":
        return
    tags = {"failed": "failure", "error": "error", "skipped": "skipped"}
    outcome = SubElement(found, tags[case.status], message=_xml(case.message))
    if case.status != "skipped":
        outcome.set("type", case.status)
    outcome.text = _xml(case.details) or None


def _seconds(value: float) -> str:
    return f"{max(value, 0.0):.3f}"


def _line(text: str) -> str:
    """Return text in one line."""
    return " ".join(_xml(text).split())


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: ascii(found.group())[1:-1], text)
