"""``imbtool eval`` in this process."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.unit.holdout.made import scored, table
from tests.unit.report.junit_rules import faults

QUICK = ("--scores", "scored.csv", "-t", "truth", "--resamples", "100")


@pytest.fixture(autouse=True)
def _scored(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    table(scored(300)).to_csv(tmp_path / "scored.csv", index=False)


@pytest.mark.parametrize(
    ("gates", "more", "code"),
    [
        ((), (), 0),
        (("roc_auc >= 0.5",), (), 0),
        (("roc_auc >= 0.99",), (), 1),
        (("pr_auc >= 0.78",), (), 1),
        (("pr_auc >= 0.78",), ("--inconclusive", "pass"), 0),
        (("pr_auc >= 0.78", "roc_auc >= 0.99"), ("--inconclusive", "pass"), 1),
    ],
)
def test_the_exit_code_says_whether_the_gates_hold(imbtool, gates, more, code):
    shown = imbtool("eval", *QUICK, *more, *(word for gate in gates for word in ("--gate", gate)))
    assert shown.code == code
    assert ("Gates" in shown.out) == bool(gates)


def test_json_is_one_document_and_the_file_holds_the_same(imbtool):
    shown = imbtool("eval", *QUICK, "--json", "-o", "out.json", "-q", "--slice", "region")
    assert (shown.code, shown.err) == (0, "")
    assert Path("out.json").read_text(encoding="utf-8") == shown.out
    document = shown.json()
    assert (document["schema_version"], document["kind"]) == (1, "evaluation")
    assert document["row_scores"]["n"] == 300
    assert [part["label"] for part in document["slices"][0]["slices"]] == ["north", "south", "west"]


def test_rows_can_be_left_out_and_a_baseline_is_compared_with(imbtool):
    imbtool("eval", *QUICK, "-o", "old.json")
    gate = ("--baseline", "old.json", "--gate", "pr_auc >= baseline")
    paired = imbtool("eval", *QUICK, *gate)
    assert paired.code == 0
    assert "compared row by row" in paired.out
    shown = imbtool("eval", *QUICK, "--no-row-scores", "--json", "-o", "bare.json")
    assert shown.json()["row_scores"] is None
    loose = imbtool("eval", *QUICK, "--baseline", "bare.json", "--gate", "pr_auc >= baseline")
    assert loose.code == 1
    assert "inconclusive" in loose.out


def test_junit_and_markdown_are_written_beside_the_answer(imbtool, tmp_path):
    shown = imbtool("eval", *QUICK, "--gate", "roc_auc >= 0.99", "--junit", "j.xml", "--markdown", "m.md")
    assert shown.code == 1
    text = (tmp_path / "j.xml").read_text(encoding="utf-8")
    assert faults(text) == []
    assert ET.fromstring(text)[0].get("failures") == "1"
    assert "❌ fail" in (tmp_path / "m.md").read_text(encoding="utf-8")
    assert "written to j.xml, m.md" in shown.err


def test_a_file_that_cannot_be_written_is_told_before_anything_is_read(imbtool):
    shown = imbtool("eval", "--scores", "nowhere.csv", "-t", "y", "--junit", "no/such/folder.xml")
    assert shown.code == 3
    assert "--junit no/such/folder.xml" in shown.err


def test_github_gets_annotations_on_standard_error_only(imbtool, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    shown = imbtool("eval", *QUICK, "--gate", "roc_auc >= 0.99", "-q", "--json")
    assert shown.err.startswith("::error title=Gate failed%3A roc_auc >= 0.99::")
    assert json.loads(shown.out)["passed"] is False


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        ((), 2, "Give a model and a table"),
        (("model.imb",), 2, "needs a table"),
        (("model.imb", "hold.csv"), 3, "There is no file model.imb"),
        (("m.imb", "h.csv", "--scores", "s.csv"), 2, "Give a model and a table"),
        (("--scores", "scored.csv"), 2, "--target"),
        ((*QUICK, "--gate", "pr_acu >= 1", "--gate", "recall >= 3"), 2, "2 of 2 gates"),
        ((*QUICK, "--gate", "pr_auc >= baseline"), 2, "--baseline"),
        ((*QUICK, "--slice", "regoin"), 2, "Did you mean 'region'"),
        ((*QUICK, "--top", "0"), 2, "no number of rows"),
        ((*QUICK, "--baseline", "scored.csv"), 3, "not a JSON document"),
        ((*QUICK, "--baseline", "gone.json"), 3, "gone.json"),
        ((*QUICK, "--score", "region"), 3, "finite numbers"),
        ((*QUICK, "--resamples", "5"), 2, "--resamples"),
        (("-", "-"), 2, "standard input"),
    ],
)
def test_what_is_wrong_is_said_with_its_code(imbtool, argv, code, told):
    shown = imbtool("eval", *argv)
    assert shown.code == code
    assert told in shown.err


def test_settings_come_from_the_configuration_too(imbtool, tmp_path):
    (tmp_path / "imbtool.toml").write_text('[eval]\ngate = ["roc_auc >= 0.99"]\nresamples = 120\n')
    shown = imbtool("eval", "--scores", "scored.csv", "-t", "truth", "--json")
    assert shown.code == 1
    assert shown.json()["settings"]["resamples"] == 120


def test_looks_are_counted_unless_they_must_not_be(imbtool, monkeypatch):
    assert imbtool("eval", *QUICK, "--json").json()["looks"]["number"] == 1
    table(scored(300, seed=4)).assign(**dict(table(scored(300))[["key", "truth", "region", "age"]])).to_csv(
        "scored.csv", index=False
    )
    assert "look 2 at this hold-out, after 1 other" in imbtool("eval", *QUICK).out
    assert imbtool("eval", *QUICK, "--json", "--no-count").json()["looks"] is None
    assert imbtool("eval", *QUICK, "--json", "--store", "mine.db").json()["looks"]["number"] == 1
    monkeypatch.setenv("IMBTOOL_NO_STORE", "1")
    assert imbtool("eval", *QUICK, "--json").json()["looks"] is None
    done = imbtool("eval", *QUICK, "--reusable-holdout")
    assert (done.code, "[reusable-holdout]" in done.err) == (2, True)


def test_a_store_that_cannot_be_used_is_one_note_and_the_gates_are_judged(imbtool, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    done = imbtool("eval", *QUICK, "--gate", "roc_auc >= 0.5")
    assert done.code == 0
    assert done.err.count("Looks at this hold-out are not counted.") == 1
    done = imbtool("eval", *QUICK, "--gate", "roc_auc >= 0.5", "--store", "nowhere/s.db")
    assert (done.code, done.err.count("there is no folder nowhere. Looks at this")) == (0, 1)
