"""The commands fit, predict and inspect, in this process."""

from __future__ import annotations

import csv
import io
import json
import shlex
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.e2e.process import CHEAP, table
from tests.unit.cli.conftest import _calm, imbtool

import imbtool as library

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["_calm", "imbtool"]
LINEAR = ("--recipe", "isotonic+threshold", "--learner", "logistic")


@pytest.fixture
def claims(tmp_path, _calm, monkeypatch) -> Path:
    monkeypatch.setenv("IMBTOOL_NO_STORE", "1")
    path = tmp_path / "claims.csv"
    path.write_text(table(), encoding="utf-8")
    return path


@pytest.fixture
def model(claims, imbtool) -> Path:
    done = imbtool("fit", "claims.csv", "-t", "fraud", *LINEAR, "-o", "model.imb")
    assert (done.code, done.err.count("written to model.imb")) == (0, 1), done.err
    return claims.parent / "model.imb"


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def piped(monkeypatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_way_from_a_comparison_to_scored_rows(claims, imbtool):
    done = imbtool("compare", "claims.csv", "-t", "fraud", *CHEAP, "-o", "c.json")
    assert done.code == 0, done.err
    fit = json.loads((claims.parent / "c.json").read_text())["fit_command"]
    assert fit.startswith("imbtool fit claims.csv --target fraud --recipe ")
    assert fit.endswith(" --learner logistic -o model.imb")
    assert fit in done.out

    done = imbtool("fit", "claims.csv", "--from", "c.json", "-o", "from.imb", "-q")
    assert (done.code, done.err) == (0, "")
    assert "learner:      logistic" in done.out
    done = imbtool(*shlex.split(fit)[1:])
    assert done.code == 0, done.err
    assert (claims.parent / "from.imb").read_bytes() == (claims.parent / "model.imb").read_bytes()

    (claims.parent / "new.csv").write_text(table(30, seed=5), encoding="utf-8")
    done = imbtool("predict", "model.imb", "new.csv", "--keep", "age", "-o", "scored.csv")
    assert (done.code, done.out) == (0, "")
    assert "30 rows scored" in done.err
    found = rows_of((claims.parent / "scored.csv").read_text(encoding="utf-8"))
    assert list(found[0]) == ["age", "decision", "probability_0", "probability_1"]
    expected = library.load("model.imb").predict_proba(pd.read_csv("new.csv"))
    np.testing.assert_allclose([float(r["probability_1"]) for r in found], expected[:, 1], rtol=0, atol=1e-12)


def test_every_option_that_reads_the_table_is_in_the_fit_command(claims, imbtool):
    lines = table(90).splitlines()
    wide = [f"{lines[0]},w,the key", *(f"{line},{1 + i % 3},{i // 3}" for i, line in enumerate(lines[1:]))]
    claims.write_text("\n".join(wide) + "\n", encoding="utf-8")
    done = imbtool(
        *("compare", "claims.csv", "-t", "fraud", "--positive", "0", "--weight", "w", "--group", "the key"),
        *("--drop", "branch", "--categorical", "age", "--max-rows", "80", "--seed", "7"),
        *("--threshold-metric", "mcc", *CHEAP, "--json"),
    )
    fit = done.json()["fit_command"]
    for words in (
        *("--positive 0", "--weight w", "--group 'the key'", "--drop branch", "--categorical age"),
        *("--max-rows 80", "--seed 7", "--threshold-metric mcc"),
    ):
        assert words in fit
    (claims.parent / "c.json").write_text(done.out, encoding="utf-8")
    assert imbtool(*shlex.split(fit)[1:]).code == 0
    done = imbtool("fit", "claims.csv", "--from", "c.json", "-o", "b.imb")
    assert done.code == 0, done.err
    assert (claims.parent / "b.imb").read_bytes() == (claims.parent / "model.imb").read_bytes()


def test_the_python_spelling_stays_for_a_table_in_memory(claims):
    report = library.compare(
        pd.read_csv(claims), target="fraud", methods="none", learners="logistic", folds=2, repeats=1, jobs=1
    )
    assert report.comparison.fit_command.startswith("imbtool.Recipe(")


def test_a_comparison_comes_through_a_pipe_and_another_table_is_said(claims, imbtool, monkeypatch):
    done = imbtool("compare", "claims.csv", "-t", "fraud", *CHEAP, "--json")
    piped(monkeypatch, done.out)
    claims.write_text(table(seed=3), encoding="utf-8")
    done = imbtool("fit", "claims.csv", "--from", "-", "-o", "model.imb", "--json")
    assert done.code == 0, done.err
    assert done.json()["learner"] == "logistic"
    assert "the table is not the one of the comparison" in done.err


def test_parquet_out(model, claims, imbtool):
    done = imbtool("predict", "model.imb", "claims.csv", "--keep", "branch", "-o", "scored.parquet", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")
    found = pd.read_parquet("scored.parquet")
    assert list(found.columns) == ["branch", "decision", "probability_0", "probability_1"]
    assert len(found) == 120


def test_a_table_that_does_not_fit_leaves_the_answer_as_it_was(model, claims, imbtool):
    folder = claims.parent
    (folder / "scored.csv").write_text("old")
    (folder / "new.csv").write_text("age,branch\n1,n\n", encoding="utf-8")
    done = imbtool("predict", "model.imb", "new.csv", "-o", "scored.csv")
    assert (done.code, done.out) == (3, "")
    assert "- 'amount' (numeric): missing" in done.err
    assert "[columns-differ]" in done.err
    assert (folder / "scored.csv").read_text() == "old"
    assert sorted(p.name for p in folder.iterdir()) == ["claims.csv", "model.imb", "new.csv", "scored.csv"]


def test_what_differs_without_harm_is_told_on_standard_error(model, claims, imbtool, monkeypatch):
    piped(monkeypatch, claims.read_text(encoding="utf-8").replace(",n,", ",east,"))
    done = imbtool("predict", "model.imb", "-")
    assert done.code == 0
    assert "'branch' has 1 level not seen in training ('east')" in done.err
    assert len(rows_of(done.out)) == 120
    assert "east" not in done.out


def test_inspect_shows_the_model_and_json_is_its_manifest(model, imbtool):
    shown = imbtool("inspect", "model.imb")
    assert (shown.code, shown.err) == (0, "")
    for words in (
        "recipe:       isotonic+threshold",
        "'1' from a probability of",
        "PR-AUC",
        "3 levels: n, s, w",
    ):
        assert words in shown.out
    assert "models/00000.skops" not in shown.out
    assert "models/00000.skops" in imbtool("inspect", "model.imb", "-v").out
    manifest = imbtool("inspect", "model.imb", "--json").json()
    assert manifest["schema_version"] == 2
    assert manifest["classes"] == ["0", "1"]
    assert manifest == library.load(model).manifest.to_dict()


def test_other_versions_of_packages_are_told(model, imbtool, monkeypatch):
    monkeypatch.setattr("imbtool.bundle.model.version", lambda name: "99.0")
    told = imbtool("inspect", "model.imb").err
    assert "imbtool: fitted with scikit-learn " in told
    assert ", used with 99.0" in told


@pytest.mark.parametrize("command", [("predict", "bad.imb", "claims.csv"), ("inspect", "bad.imb")])
def test_a_changed_model_is_refused(model, claims, imbtool, command):
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 255
    (claims.parent / "bad.imb").write_bytes(bytes(data))
    done = imbtool(*command)
    assert (done.code, done.out) == (3, "")
    assert "[bundle-damaged]" in done.err or "[bundle-changed]" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("-t", "fraud"), 2, "not said what to fit"),
        (("--recipe", "none"), 2, "which column is the target"),
        (("-t", "fraud", "--recipe", "none", "--from", "c.json"), 2, "--from brings its recipe"),
        (("-t", "fraud", "--recipe", "smoke"), 2, "smote"),
        (("-t", "fraud", "--recipe", "none", "--learner", "auto"), 2, "auto"),
        (("--from", "none.json"), 3, "There is no file none.json"),
        (("--from", "claims.csv"), 3, "not a JSON document"),
        (("-t", "fraud", "--recipe", "cooldown", "--learner", "forest"), 2, "trained in stages"),
    ],
)
def test_faults_of_fit_are_told(claims, imbtool, arguments, code, words):
    done = imbtool("fit", "claims.csv", *arguments, "-o", "model.imb")
    assert done.code == code, done.err
    assert words in done.err
    assert not (claims.parent / "model.imb").exists()


def test_table_and_comparison_cannot_share_standard_input(claims, imbtool):
    done = imbtool("fit", "-", "--from", "-", "-o", "model.imb")
    assert (done.code, "cannot both come from standard input" in done.err) == (2, True)


def test_rows_are_selected_with_a_promised_rate(claims, imbtool):
    claims.write_text(table(600), encoding="utf-8")
    fit = ("fit", "claims.csv", "-t", "fraud", "--learner", "logistic", "--calibration-rows", "0.5")
    done = imbtool(*fit, "--recipe", "none", "-o", "a.imb")
    assert "held back:    300 rows at random" in done.out, done.err
    assert imbtool(*fit, "--recipe", "class_weight", "-o", "b.imb").code == 0
    (claims.parent / "new.csv").write_text(table(500, seed=5), encoding="utf-8")
    done = imbtool("predict", "a.imb", "new.csv", "--fdr", "0.4", "--keep", "fraud", "-o", "scored.csv")
    assert (done.code, done.out) == (0, "")
    found = rows_of((claims.parent / "scored.csv").read_text(encoding="utf-8"))
    chosen = [row for row in found if row["selected"] == "true"]
    assert f"{len(chosen)} of 500 rows selected as '1'; on average at most 40 % of" in done.err
    assert max(float(row["p_value"]) for row in chosen) <= 0.4 * len(chosen) / 500
    asked = ("predict", "a.imb", "new.csv", "--fdr", "0.4", "--fdr-model", "b.imb", "--json", "-o", "s.csv")
    document = imbtool(*asked).json()
    assert (document["rows"], document["selection"]["fdr"]) == (500, 0.4)
    assert list(document["selection"]["by_model"]) == ["a.imb", "b.imb"]


def test_rows_held_back_do_not_make_another_table_of_a_comparison(claims, imbtool):
    assert imbtool("compare", "claims.csv", "-t", "fraud", *CHEAP, "-o", "c.json").code == 0
    done = imbtool("fit", "claims.csv", "--from", "c.json", "--calibration-rows", "0.3", "-o", "m.imb")
    assert done.code == 0, done.err
    assert "held back:    36 rows" in done.out
    assert "not the one of the comparison" not in done.err


def test_selecting_without_what_it_needs_is_an_error(model, imbtool):
    done = imbtool("predict", "model.imb", "claims.csv", "--fdr", "0.1")
    assert (done.code, done.out) == (3, "")
    assert "--calibration-rows 0.2 -o model.imb" in done.err
    assert "[no-calibration-rows]" in done.err
    assert "they need --fdr" in imbtool("predict", "model.imb", "claims.csv", "--fdr-class", "1").err
    done = imbtool("predict", "model.imb", "claims.csv", "--json")
    assert (done.code, "Name a file for the table" in done.err) == (2, True)
