"""``imbtool batch`` on small tables, for real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.process import table

SUITE = """
name = "three"
[defaults]
target = "fraud"
learners = "logistic"
methods = "none"
folds = 2
repeats = 1
[[data]]
path = "data/*.csv"
"""
CALL = ("batch", "suite.toml", "--jobs", "1", "--engine", "serial")


@pytest.fixture
def suite(_calm) -> Path:
    Path("data").mkdir()
    for seed, name in enumerate(("a", "b", "c")):
        Path(f"data/{name}.csv").write_text(table(80, seed), encoding="utf-8")
    path = Path("suite.toml")
    path.write_text(SUITE)
    return path


def test_a_batch_runs_writes_every_file_and_resumes(imbtool, suite) -> None:
    files = {"o.json": "{", "o.csv": "table,", "o.xml": "<?xml", "o.md": "# three", "o.svg": "<svg"}
    shown = imbtool(
        *(*CALL, "-o", "o.json", "--csv", "o.csv", "--junit", "o.xml"),
        *("--markdown", "o.md", "--plot", "o.svg", "--store", "s.db"),
    )
    assert shown.code == 0, shown.err
    assert "\nthree  3 data sets, " in shown.out
    assert "No test is made over 3 data sets" in shown.out
    assert "imbtool batch suite.toml --jobs 1 --engine serial" in shown.out
    assert "imbtool:" not in shown.out
    assert "[1/3] a" in shown.err
    for name, begin in files.items():
        assert Path(name).read_text(encoding="utf-8").startswith(begin)
        assert f"written to {name}" in shown.err

    again = imbtool(*CALL, "--json", "--store", "s.db")
    assert again.code == 0
    assert again.err.count("trials are in the store already") == 3
    first = json.loads(Path("o.json").read_text(encoding="utf-8"))
    assert again.json()["answer"] == first["answer"]
    assert [c["value"] for c in again.json()["cells"]] == [c["value"] for c in first["cells"]]

    listed = imbtool("runs", "list", "--store", "s.db")
    assert listed.out.count("complete") == 3


def test_a_broken_data_set_is_reported_with_code_5_and_the_others_go_on(imbtool, suite) -> None:
    Path("data/b.csv").write_text("x,fraud\n1,0\n")
    Path("data/aa.csv").write_text("")
    shown = imbtool(*CALL, "--no-store", "--json")
    assert shown.code == 5
    found = {run["name"]: run for run in shown.json()["data"]}
    assert {name: run["status"] for name, run in found.items()} == {
        "a": "ok",
        "aa": "failed",
        "b": "failed",
        "c": "ok",
    }
    assert found["aa"]["code"] == "empty-file"
    assert shown.json()["answer"]["data"] == ["a", "c"]
    assert "The suite goes on." in shown.err


def test_when_nothing_can_be_compared_it_is_code_3(imbtool, suite) -> None:
    for path in Path("data").iterdir():
        path.write_text("x,fraud\n1,0\n")
    shown = imbtool(*CALL, "--no-store", "--json")
    assert shown.code == 3
    assert shown.json()["error"]["code"] == "nothing-compared"
    assert "- a: " in shown.json()["error"]["message"]


def test_an_interruption_gives_what_is_done_and_code_130_and_the_rest_later(
    imbtool, suite, monkeypatch
) -> None:
    from imbtool.api import comparison as api

    real = api.compare_dataset

    def stop_at_b(dataset, *rest):
        if dataset.name == "b":
            raise KeyboardInterrupt
        return real(dataset, *rest)

    monkeypatch.setattr(api, "compare_dataset", stop_at_b)
    shown = imbtool(*CALL, "--store", "s.db", "--json")
    assert shown.code == 130
    assert [run["status"] for run in shown.json()["data"]] == ["ok", "interrupted", "not-run"]
    assert shown.json()["complete"] is False
    monkeypatch.setattr(api, "compare_dataset", real)
    shown = imbtool(*CALL, "--store", "s.db", "--json")
    assert (shown.code, shown.json()["complete"]) == (0, True)
    assert shown.err.count("trials are in the store already") == 1


def test_a_dry_run_lists_what_would_run_and_reads_no_table(imbtool, suite) -> None:
    Path("data/b.csv").write_text("")
    shown = imbtool("batch", "suite.toml", "--dry-run", "--max-rows", "50")
    assert shown.code == 0
    assert [line.split()[:3] for line in shown.out.splitlines()[1:4]] == [
        [name, f"data/{name}.csv", "fraud"] for name in "abc"
    ]
    assert "3 data sets, 3 comparisons, ranked by pr_auc, equal within 0.01" in shown.out
    document = imbtool("batch", "suite.toml", "--dry-run", "--json", "--max-rows", "50").json()
    assert document["data"][0] == {
        "name": "a",
        "path": "data/a.csv",
        "seeds": [0],
        "tags": [],
        "target": "fraud",
        "max_rows": 50,
        "methods": ["none"],
        "learners": ["logistic"],
        "folds": 2,
        "repeats": 1,
        "metric": "pr_auc",
        "threshold_metric": "f1",
        "rope": 0.01,
    }


def test_the_call_wins_over_the_suite_and_the_suite_over_the_configuration(imbtool, suite) -> None:
    Path("imbtool.toml").write_text('metric = "roc_auc"\nrope = 0.3\n')
    suite.write_text(SUITE.replace("[defaults]", '[defaults]\nmetric = "mcc"'))

    def read(*more: str):
        document = imbtool("batch", "suite.toml", "--dry-run", "--json", *more).json()
        return document["metric"], document["rope"]

    assert read() == ("mcc", 0.3)
    assert read("--metric", "f1", "--rope", "0.02") == ("f1", 0.02)


@pytest.mark.parametrize(
    ("more", "code", "slug"),
    [
        (("--plot", "x.png"), 2, "plot-format"),
        (("--csv", "nowhere/x.csv"), 3, "output-folder-missing"),
        (("--junit", "data"), 3, "output-is-a-folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_runs(imbtool, suite, more, code, slug) -> None:
    shown = imbtool(*CALL, *more, "--json", "--no-store")
    assert (shown.code, shown.json()["error"]["code"]) == (code, slug)
    assert "[1/3]" not in shown.err
    if slug.startswith("output"):
        assert shown.json()["error"]["message"].startswith(more[0])


def test_every_fault_of_a_suite_is_told_at_once_with_code_3(imbtool, suite) -> None:
    suite.write_text(SUITE + 'metod = "x"\nfolds = 1\n')
    shown = imbtool(*CALL)
    assert shown.code == 3
    assert "suite.toml holds 2 settings that cannot be used:" in shown.err
    assert "line 11: `data[1].metod`: is not a setting. Did you mean 'methods'?" in shown.err
    assert "line 12: `data[1].folds`: `folds` must be at least 2; got 1." in shown.err


def test_a_suite_that_is_not_there_is_code_3(imbtool) -> None:
    shown = imbtool("batch", "none.toml")
    assert shown.code == 3
    assert "The suite none.toml cannot be read: No such file or directory." in shown.err
