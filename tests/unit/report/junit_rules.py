"""What the two common JUnit schemas ask for, as rules.

Ant's (Windy Road, ``JUnit.xsd``) says what must be there; that of Jenkins' xUnit plug-in
(``junit-10.xsd``) what may be. A document that satisfies the rules below satisfies both.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_TOKEN, _INT, _DECIMAL, _ANY = r"(?s).*", r"-?\d+", r"[0-9]+(\.[0-9]*)?", r"(?s).*"
_TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"
_SUITE = {
    "name": r"(?s).+",
    "timestamp": _TIME,
    "hostname": r"(?s).+",
    "tests": _INT,
    "failures": _INT,
    "errors": _INT,
    "time": _DECIMAL,
    "package": _TOKEN,
    "id": _INT,
}
# tag: required attributes, optional attributes, children in order (tag, least, most)
RULES: dict[str, tuple[dict[str, str], dict[str, str], tuple[tuple[str, int, float], ...]]] = {
    "testsuites": ({}, {}, (("testsuite", 0, float("inf")),)),
    "testsuite": (
        _SUITE,
        {"skipped": _INT},
        (
            ("properties", 1, 1),
            ("testcase", 0, float("inf")),
            ("system-out", 1, 1),
            ("system-err", 1, 1),
        ),
    ),
    "properties": ({}, {}, (("property", 0, float("inf")),)),
    "property": ({"name": r"(?s).+", "value": _ANY}, {}, ()),
    "testcase": (
        {"name": _TOKEN, "classname": _TOKEN, "time": _DECIMAL},
        {},
        (("skipped", 0, 1), ("error", 0, 1), ("failure", 0, 1)),
    ),
    "skipped": ({}, {"type": _ANY, "message": _ANY}, ()),
    "error": ({"type": _ANY}, {"message": _ANY}, ()),
    "failure": ({"type": _ANY}, {"message": _ANY}, ()),
    "system-out": ({}, {}, ()),
    "system-err": ({}, {}, ()),
}


def faults(text: str) -> list[str]:
    """Return what the schemas would object to."""
    root = ET.fromstring(text)
    found = [] if root.tag == "testsuites" else [f"root is {root.tag}"]
    for element in root.iter():
        found += _faults_of(element)
    for number, suite in enumerate(root):
        if suite.get("id") != str(number):
            found.append(f"suite {number} has id {suite.get('id')}")
    return found


def _faults_of(element: ET.Element) -> list[str]:
    if element.tag not in RULES:
        return [f"<{element.tag}> is not known"]
    required, optional, children = RULES[element.tag]
    found = [f"<{element.tag}> lacks {name}" for name in required if name not in element.attrib]
    for name, value in element.attrib.items():
        pattern = (required | optional).get(name)
        if pattern is None or not re.fullmatch(pattern, value):
            found.append(f"<{element.tag} {name}={value!r}>")
    tags = [child.tag for child in element]
    order = [tag for tag, _, _ in children]
    if any(tag not in order for tag in tags) or sorted(tags, key=order.index) != tags:
        return [*found, f"<{element.tag}> holds {tags}"]
    for tag, least, most in children:
        if not least <= tags.count(tag) <= most:
            found.append(f"<{element.tag}> holds {tags.count(tag)} <{tag}>")
    if element.tag == "testcase" and len(tags) > 1:
        found.append("<testcase> has several outcomes")
    return found
