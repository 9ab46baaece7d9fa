"""Renderings of an evaluation."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from rich.console import Console
from tests.unit.holdout.made import scored, table
from tests.unit.report.junit_rules import faults

import imbtool
from imbtool.report.holdout import render, suites_of, to_markdown, workflow_commands
from imbtool.report.holdout.github import workflow_command
from imbtool.report.junit import to_junit

WHEN = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
GATES = ["roc_auc >= 0.5", "roc_auc >= 0.99", "pr_auc >= 0.78", "each region: recall >= 0.2"]


@pytest.fixture(scope="module")
def binary():
    frame = table(scored(600)).rename(columns={"region": "the|region: a"})
    first = imbtool.evaluate(scores=frame, target="truth", resamples=100)
    gates = [gate.replace("each region", 'each "the|region: a"') for gate in GATES]
    report = imbtool.evaluate(
        scores=frame,
        target="truth",
        slices=["the|region: a", "age"],
        gates=[*gates, "pr_auc >= baseline", "recall@precision>=0.9 >= 0.01"],
        baseline=first,
        resamples=100,
    )
    return report.evaluation


@pytest.fixture(scope="module")
def multiclass():
    frame = table(scored(200, 4))
    return imbtool.evaluate(scores=frame, target="truth", slices="region", resamples=100).evaluation


def shown(evaluation, width=100, *, terminal=False, verbose=False, encoding="utf-8"):
    class Stream(io.StringIO):
        @property
        def encoding(self):
            return encoding

    stream = Stream()
    console = Console(
        file=stream, width=width, force_terminal=terminal, color_system="standard" if terminal else None
    )
    render(evaluation, console, verbose=verbose)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("which", ["binary", "multiclass"])
def test_the_report_fits_the_terminal(which, width, request):
    text = shown(request.getfixturevalue(which), width, terminal=True)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    for title in ("Metrics", "Decisions", "Reliability"):
        assert title in text


def test_a_pipe_gets_plain_lines_without_trailing_blanks(binary):
    text = shown(binary)
    assert not re.search(r"[─│╭●┊]", text)
    assert all(line == line.rstrip() for line in text.splitlines())
    for title in ("Gates", "Metrics", "Decisions", "Reliability", "Top of the ranking", "By age"):
        assert re.search(rf"^{title}", text, re.MULTILINE)
    for word in ("pass  roc_auc >= 0.5", "FAIL  roc_auc >= 0.99", "inconclusive  pr_auc >= 0.78"):
        assert word in text


def test_a_terminal_without_unicode_gets_ascii(binary):
    text = shown(binary, 100, terminal=True, encoding="ascii")
    assert text.replace("\u00a0", " ").isascii()


def test_the_wider_the_page_the_more_it_says(binary):
    narrow, wide = shown(binary, 80, terminal=True), shown(binary, 160, terminal=True)
    assert narrow.count("interval") < wide.count("interval")


def test_verbose_shows_every_class(multiclass):
    assert shown(multiclass).count("Reliability  of the probability") == 1
    assert shown(multiclass, verbose=True).count("Reliability  of the probability") == 4


def test_control_characters_of_the_data_do_not_reach_the_terminal(binary):
    evil = replace(binary, data=replace(binary.data, name="\x1b[31mred", classes=("a", "\x1b]0;x\x07")))
    assert "\x1b[31m" not in shown(evil)
    assert "\x07" not in shown(evil)


def test_markdown_tables_are_whole_and_nothing_in_them_is_markup(binary, multiclass):
    text = to_markdown(binary)
    blocks = re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE)
    assert len(blocks) >= 6
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1
    assert r"the\|region: a" in text
    assert text.index("## Gates") < text.index("## Metrics")
    assert "## Classes" in to_markdown(multiclass)


def test_gates_are_junit_checks_that_both_schemas_accept(binary):
    text = to_junit(suites_of(binary), when=WHEN)
    assert faults(text) == []
    suite = ET.fromstring(text)[0]
    assert suite.get("tests") == str(len(binary.gates))
    by_name = {case.get("name"): [child.tag for child in case] for case in suite.findall("testcase")}
    assert by_name["roc_auc >= 0.5"] == []
    assert by_name["roc_auc >= 0.99"] == by_name["pr_auc >= 0.78"] == ["failure"]
    assert suite.find("properties/property[@name='pr_auc']") is not None
    lenient = tuple(replace(g, passed=g.outcome != "fail") for g in binary.gates)
    suite = ET.fromstring(to_junit(suites_of(replace(binary, gates=lenient)), when=WHEN))[0]
    assert suite.find("testcase[@name='pr_auc >= 0.78']/skipped") is not None


def test_github_is_told_what_did_not_pass(binary):
    lines = workflow_commands(binary).splitlines()
    assert len(lines) == sum(gate.outcome != "pass" for gate in binary.gates)
    assert all(re.fullmatch(r"::error title=[^:,]+::.+", line) for line in lines)
    assert workflow_commands(replace(binary, gates=binary.gates[:1])) == ""


def test_nothing_in_an_annotation_can_start_another_one():
    line = workflow_command("warning", "a:b,c%\r\n::error::x", "50%\n::error::y")
    assert line == "::warning title=a%3Ab%2Cc%25%0D%0A%3A%3Aerror%3A%3Ax::50%25%0A::error::y"
    assert "\n" not in line


def test_the_document_is_strict_json_whatever_is_undefined():
    frame = table(scored(60)).assign(part=np.repeat(["x", "y"], 30))
    frame = frame[(frame["part"] == "x") | (frame["truth"] == "a")]
    report = imbtool.evaluate(
        scores=frame, target="truth", slices="part", gates="each part: roc_auc >= 0.1", resamples=100
    )
    document = json.loads(report.to_json(), parse_constant=pytest.fail)
    assert document["slices"][0]["slices"][1]["metrics"]["roc_auc"]["value"] is None
    assert document["gates"][1]["outcome"] == "inconclusive"
