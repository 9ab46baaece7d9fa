"""Reports of a batch: what they hold, and that data cannot steer them."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from math import nan
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from rich.console import Console
from tests.unit.batches.made import cells, names
from tests.unit.report.junit_rules import faults

from imbtool.batches.answer import answer_of
from imbtool.batches.result import Batch, DataRun
from imbtool.report.batch import view
from imbtool.report.batch.checks import to_junit
from imbtool.report.batch.document import to_json
from imbtool.report.batch.face import BatchReport
from imbtool.report.batch.markdown import to_markdown
from imbtool.report.batch.picture import to_svg
from imbtool.report.batch.tables import COLUMNS, to_csv
from imbtool.report.batch.terminal import render

EVIL = "<b>=1+1</b>|\x1b[2J"
RNG = np.random.default_rng(2)
NOTHING = RNG.uniform(0.2, 0.8, 8)


def batch(n=8, **how):
    """A batch over eight data sets, one broken, one row with a gap, one group of three."""
    table = {
        "none": NOTHING[:n],
        "threshold": NOTHING[:n],
        "class_weight": NOTHING[:n] + RNG.uniform(0.02, 0.1, n),
        "smote": NOTHING[:n] - RNG.uniform(0.02, 0.1, n),
        "adasyn": np.r_[NOTHING[: n - 1], nan],
    }
    made, called = cells(table), names(n)
    runs = [
        DataRun(
            name=name,
            source=f"{name}.csv",
            target="y",
            groups=("numbers only",),
            seeds=(0,),
            n_rows=1000,
            n_features=4,
            n_classes=2,
            rare_share=0.05,
            learner="lightgbm",
            verdicts=("use",),
            recipes=("smote",),
            fingerprint=name,
        )
        for name in called
    ]
    runs.append(DataRun(name=EVIL, source="x", target="y", status="failed", code="x", reason=f"bad {EVIL}"))
    settings = {"metric": "pr_auc", "threshold_metric": "f1", "rope": 0.01, "by_recipe": True}
    return Batch(
        name="claims",
        settings=settings,
        data=tuple(runs),
        cells=tuple(made),
        answer=answer_of(made, called, rope=0.01, metric="pr_auc"),
        groups=(answer_of(made, called[:3], rope=0.01, metric="pr_auc", group="few"),),
        environment={"packages": {"imbtool": "0.1.0"}},
        notes=("A note.",),
        command="imbtool batch suite.toml",
        **how,
    )


BATCH = batch()


def shown(width, *, terminal=True, verbose=False, made=BATCH):
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=terminal, color_system=None, legacy_windows=False
    )
    render(made, console, verbose=verbose)
    return file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_terminal_report_keeps_to_its_width(width):
    text = shown(width)
    assert max(map(len, text.splitlines())) <= width
    for word in (
        "Better than doing nothing over 8 data sets: class_weight.",
        "●",
        "┃",
        "Not ranked",
        "By group",
    ):
        assert word in text or word in re.sub(r"[\s│]+", " ", text)


def test_a_pipe_gets_letters_in_place_of_bars_and_no_trailing_blanks():
    text = shown(200, terminal=False)
    assert "●" not in text
    assert "not told" in text
    assert all(line == line.rstrip() for line in text.splitlines())
    assert max(map(len, text.splitlines())) <= 100


def test_verbose_shows_the_ranking_of_every_group():
    assert shown(120).count("Mean ranks") == 1
    assert shown(120, verbose=True).count("Mean ranks") == 2


def test_an_interrupted_batch_says_so():
    assert "so far (the run was interrupted)" in shown(100, made=batch(complete=False))
    assert "so far: the run was interrupted" in to_markdown(batch(complete=False))


def test_data_cannot_steer_the_terminal_or_the_pages():
    for text in (shown(100), to_markdown(BATCH), to_svg(batch()), to_json(BATCH)):
        assert "\x1b" not in text
    assert "\\<b\\>=1+1" in to_markdown(BATCH)


def test_the_document_is_plain_json_with_what_is_undefined_as_null():
    document = json.loads(to_json(BATCH))
    assert (document["schema_version"], document["kind"]) == (1, "batch")
    gap = next(c for c in document["cells"] if c["recipe"] == "adasyn" and c["data"] == "d7")
    assert (gap["value"], gap["status"], gap["reason"]) == (None, "not-applicable", "it needs numbers")
    rows = document["answer"]["rows"]
    assert [r["recipe"] for r in rows] == [r.recipe for r in BATCH.answer.rows]
    assert document["answer"]["rows"][0]["versus_nothing"]["wins"] == 8
    assert document["groups"][0]["group"] == "few"


def test_the_table_has_every_cell_every_rank_and_nothing_a_spreadsheet_would_run():
    lines = list(csv.DictReader(io.StringIO(to_csv(BATCH))))
    assert tuple(lines[0]) == COLUMNS
    values = [line for line in lines if line["table"] == "value"]
    assert len(values) == 5 * 8 + 1
    assert {line["status"] for line in values} == {"ok", "not-applicable", "failed"}
    ranks = [line for line in lines if line["table"] == "rank"]
    assert {line["group"] for line in ranks} == {"all", "few"}
    assert [line["status"] for line in ranks if line["recipe"] == "adasyn" and line["group"] == "all"] == [
        "not-ranked"
    ]
    assert to_csv(batch()).count("\r") == 0
    evil = Batch(
        **{f: getattr(BATCH, f) for f in BATCH.__slots__}
        | {"data": (*BATCH.data, DataRun(name="=cmd", source="", target="", status="failed", reason="+1"))}
    )
    assert "'=cmd" in to_csv(evil)


def test_junit_holds_every_data_set_every_row_and_the_answers():
    text = to_junit(BATCH, when=datetime(2026, 1, 2, tzinfo=UTC))
    assert faults(text) == []
    suites = {s.get("name"): s for s in ET.fromstring(text)}
    assert suites["d7"].get("skipped") == "1"
    broken = next(s for s in suites.values() if s.get("errors") == "1")
    assert broken.get("tests") == "1"
    told = suites["across data sets: all"].find("system-out").text
    assert re.search(
        r"passed: class_weight: mean rank 1\.00; against nothing \+0\.\d+, wins/ties/losses 8/0/0", told
    )
    assert "skipped: adasyn: d7: it needs numbers" in told
    assert "across data sets: few" in suites


def test_the_picture_is_well_formed_and_holds_ranks_bars_and_the_difference():
    text = to_svg(BATCH)
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    words = [t.text for t in root.iter(f"{space}text")]
    assert any(f"critical difference {BATCH.answer.critical_difference:.2f}" == w for w in words)
    for row in BATCH.answer.rows:
        assert any(view.name(row) in w and f"{row.mean_rank:.2f}" in w for w in words)
    thick = [line for line in root.iter(f"{space}line") if line.get("stroke-width") == "4.5"]
    assert len(thick) == len(BATCH.answer.cliques)
    for word in root.iter(f"{space}text"):  # widths of a letter on the safe side; running text is narrower
        letter = 7.8 if word.get("font-size") is None else 7.0
        at, room = float(word.get("x")), letter * len(word.text)
        start = {"start": at, "middle": at - room / 2, "end": at - room}[word.get("text-anchor")]
        assert start >= 0
        assert start + room <= float(root.get("width"))
    width, height = float(root.get("width")), float(root.get("height"))
    for line in root.iter(f"{space}line"):
        assert all(0 <= float(line.get(x)) <= width for x in ("x1", "x2"))
        assert all(0 <= float(line.get(y)) <= height for y in ("y1", "y2"))


def test_without_a_test_the_picture_has_ranks_only():
    text = to_svg(BATCH, BATCH.groups[0])
    assert "critical difference" not in text
    assert "not tested" in text


@pytest.mark.parametrize("n", [0, 1])
def test_there_is_a_picture_and_a_report_of_next_to_nothing(n):
    made = cells({"none": NOTHING[:n]})
    small = Batch(
        name="s",
        settings=BATCH.settings,
        data=BATCH.data[:n],
        cells=tuple(made),
        answer=answer_of(made, names(n), rope=0.01, metric="pr_auc"),
        groups=(),
        environment={},
    )
    ET.fromstring(to_svg(small))
    assert "data set" in shown(80, made=small)
    assert "data set" in to_markdown(small)
    assert faults(to_junit(small, when=datetime(2026, 1, 2, tzinfo=UTC))) == []


def test_markdown_has_the_ranks_the_gaps_the_data_sets_and_the_groups():
    text = to_markdown(BATCH)
    assert "| `+` | class\\_weight |" in text
    assert "adasyn, on 7 of 8: d7: it needs numbers" in text
    assert "### few" in text
    assert "none, threshold" in text
    assert "- **failed**:" in text


def test_frames_hold_what_the_report_says():
    report = BatchReport(BATCH)
    assert report.ranks.query("group == ''").recipe.tolist() == [r.recipe for r in BATCH.answer.rows]
    values = report.values
    assert values.shape == (8, 5)
    assert np.isnan(values["", "adasyn"]["d7"])
    assert values["", "none"].to_numpy() == pytest.approx(NOTHING)
    assert len(report.pairs) == len(BATCH.answer.pairs)
    assert report.data.status.tolist() == ["ok"] * 8 + ["failed"]
    assert "class_weight" in repr(report)
    assert report.to_svg("few") != report.to_svg()
    assert "rank" in report.to_csv()
    assert "kind" in report.to_json()
