import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.report import fixtures

from imbtool.core.errors import DataError, MissingExtraError


def test_the_report_goes_to_standard_output_and_all_talk_to_standard_error(imbtool, library) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y")
    assert shown.code == 0
    assert shown.out.startswith("\nroad_accidents")
    assert "imbtool:" not in shown.out
    assert shown.err.startswith("imbtool: reading x.csv\n")
    assert " s in all\n" in shown.err.splitlines(keepends=True)[-1]


def test_json_is_one_document_on_standard_output(imbtool, library) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y", "--json")
    assert shown.json()["verdict"]["kind"] == "use"


def test_quiet_silences_standard_error_only(imbtool, library) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y", "--quiet")
    assert shown.err == ""
    assert "Verdict" in shown.out


@pytest.mark.parametrize(
    ("name", "begin"),
    [("r.json", "{"), ("r.md", "# "), ("r.html", "<!DOCTYPE html>"), ("r.HTM", "<!"), ("r.txt", "{")],
)
def test_the_suffix_chooses_the_format_of_the_file(imbtool, library, name, begin) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y", "-o", name)
    assert shown.code == 0
    assert Path(name).read_text().startswith(begin)
    assert f"written to {name}" in shown.err


def test_a_place_that_cannot_be_written_is_told_before_the_run(imbtool, library) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y", "-o", "nowhere/r.json")
    assert shown.code == 3
    assert library.called_with == {}


def test_a_failed_run_leaves_the_old_file_alone(imbtool, library) -> None:
    Path("r.json").write_text("old")
    library.fault = DataError("The data is bad.", hint="Mend it.", code="bad")
    assert imbtool("compare", "x.csv", "-t", "y", "-o", "r.json").code == 3
    assert Path("r.json").read_text() == "old"
    assert [p.name for p in Path().iterdir()] == ["r.json"]


def test_options_reach_the_library_as_they_were_given(imbtool, library) -> None:
    imbtool(
        *("compare", "-", "--target", "y", "--positive", "1", "--weight", "w", "--group", "g", "--time", "t"),
        *(
            "--drop",
            "a",
            "--drop",
            "b",
            "--categorical",
            "c",
            "--max-rows",
            "100",
            "--metric",
            "mcc",
            "--jobs",
            "3",
        ),
        *(
            "--methods",
            "none,smote(k_neighbors=3,ratio=0.5)",
            "--methods",
            "adasyn",
            "--learners",
            "forest,logistic",
        ),
        *("--threshold-metric", "g_mean", "--folds", "4", "--repeats", "2", "--rope", "0.1", "--seed", "5"),
        "--fast",
        "--prove",
        *("--budget", "1h30m", "--method-timeout", "90", "--max-memory", "8G", "--inner-folds", "0"),
        *("--engine", "dask", "--scheduler", "tcp://127.0.0.1:8786", "--device", "cpu"),
        *("--together", "fold"),
        *("--cost-fn", "10", "--cost-fp", "0.5", "--cost-matrix", "0,1;2,0", "--cost-column", "c"),
        *("--value-column", "v", "--top-k", "20", "--top-rate", "0.1"),
        *("--min-precision", "0.9", "--min-recall", "0.8", "--emp", "churn"),
        *("--test", "permutation", "--correction", "bh"),
    )
    asked = dict(library.called_with)
    asked.pop("command")
    assert asked.pop("store") is not None
    assert asked == {
        "test": "permutation",
        "correction": "bh",
        "data": "-",
        "target": "y",
        "cost_fn": 10.0,
        "cost_fp": 0.5,
        "cost_matrix": "0,1;2,0",
        "cost_column": "c",
        "value_column": "v",
        "top_k": 20,
        "top_rate": 0.1,
        "min_precision": 0.9,
        "min_recall": 0.8,
        "emp": "churn",
        "positive": "1",
        "weight": "w",
        "group": "g",
        "time": "t",
        "drop": ("a", "b"),
        "categorical": ("c",),
        "max_rows": 100,
        "metric": "mcc",
        "jobs": 3,
        "methods": ("none", "smote(k_neighbors=3,ratio=0.5)", "adasyn"),
        "learners": ("forest", "logistic"),
        "threshold_metric": "g_mean",
        "folds": 4,
        "repeats": 2,
        "rope": 0.1,
        "seed": 5,
        "budget": "1h30m",
        "method_timeout": "90",
        "max_memory": "8G",
        "inner_folds": 0,
        "engine": "dask",
        "scheduler": "tcp://127.0.0.1:8786",
        "device": "cpu",
        "together": "fold",
        "fast": True,
        "prove": True,
    }


def test_defaults_leave_the_choice_to_the_library(imbtool, library) -> None:
    imbtool("compare", "x.csv", "-t", "y")
    asked = library.called_with
    assert (asked["methods"], asked["learners"]) == (None, ("auto",))
    assert (asked["folds"], asked["repeats"], asked["jobs"]) == (None, None, None)


def test_some_failed_trials_give_a_report_and_code_5(imbtool, library) -> None:
    run = fixtures.multiclass()
    library.comparison = replace(
        run, trials=(replace(run.trials[0], status="failed", reason="boom"), *run.trials[1:])
    )
    shown = imbtool("compare", "x.csv", "-t", "y")
    assert shown.code == 5
    assert "Verdict" in shown.out


def test_a_run_cut_short_gives_what_there_is_and_code_130(imbtool, library) -> None:
    library.comparison = fixtures.inconclusive()
    shown = imbtool("compare", "x.csv", "-t", "y", "--json")
    assert (shown.code, shown.json()["complete"]) == (130, False)


@pytest.mark.parametrize(
    ("fault", "code", "slug"),
    [
        (DataError("Bad data.", hint="Mend it.", code="bad-data"), 3, "bad-data"),
        (MissingExtraError("torch is missing.", hint="pip install"), 4, "missing-extra"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 3, "out-of-memory"),
        (ZeroDivisionError("oops"), 70, "internal"),
        (RecursionError(), 70, "internal"),
    ],
)
def test_every_failure_has_its_code_and_a_document(imbtool, library, fault, code, slug) -> None:
    library.fault = fault
    shown = imbtool("compare", "x.csv", "-t", "y", "--json")
    assert shown.code == code
    assert shown.json()["error"].keys() == {"code", "message", "hint"}
    assert shown.json()["error"]["code"] == slug
    assert "Traceback" not in shown.err


def test_an_error_is_message_hint_and_where_to_read_more(imbtool, library) -> None:
    library.fault = DataError("Column 'x' is missing.", hint="Did you mean 'y'?", code="target-missing")
    shown = imbtool("compare", "x.csv", "-t", "y", "--quiet")
    assert shown.out == ""
    assert shown.err == (
        "imbtool: error: Column 'x' is missing.\n"
        "  Did you mean 'y'?\n"
        "  [target-missing] docs/errors.md#target-missing\n"
    )


def test_a_bug_leaves_a_log_for_the_report(imbtool, library, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    library.fault = ZeroDivisionError("oops")
    shown = imbtool("compare", "secret.csv", "-t", "y")
    (log,) = tmp_path.glob("imbtool-*.log")
    assert str(log) in shown.err
    assert "ZeroDivisionError: oops" in log.read_text()
    assert "secret.csv" in log.read_text()


def test_traceback_is_shown_when_asked_for(imbtool, library, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    library.fault = ZeroDivisionError("oops")
    assert "Traceback" in imbtool("compare", "x.csv", "-t", "y", "--traceback").err
    monkeypatch.setenv("IMBTOOL_TRACEBACK", "1")
    assert "Traceback" in imbtool("compare", "x.csv", "-t", "y").err


def test_data_in_an_error_cannot_steer_the_terminal(imbtool, library) -> None:
    library.fault = DataError("Column '\x1b[2J' is bad.\nSecond line.")
    assert "Column '\\x1b[2J' is bad.\n  Second line." in imbtool("compare", "x", "-t", "y").err


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["comprae"], "Did you mean 'compare'"),
        (["compare", "x.csv", "-t", "y", "--metod", "f1"], "Did you mean one of: '--methods'"),
        (["compare", "x.csv"], "Missing option '--target'"),
        (["compare", "-t", "y"], "Missing argument 'DATA'"),
        (["compare", "x.csv", "-t", "y", "--folds", "1"], "1 is not in the range x>=2"),
        (["compare", "x.csv", "-t", "y", "--metric", "prauc"], "Unknown metric 'prauc'"),
        (["compare", "x.csv", "-t", "y", "--learners", "svm"], "Unknown learner 'svm'"),
        (["compare", "x.csv", "-t", "y", "--methods", "smote(k=3)"], "smote"),
        (["methods", "smoter"], "Did you mean 'smote'"),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_wrong_usage_is_code_2_with_a_way_out(imbtool, argv, text) -> None:
    shown = imbtool(*argv)
    assert (shown.code, shown.out) == (2, "")
    assert text in shown.err
    assert json.loads(imbtool(*argv, "--json").out)["error"]["message"]


def test_json_after_a_double_dash_is_no_option(imbtool) -> None:
    assert imbtool("compare", "--", "--json").out == ""


def test_a_plot_without_curves_is_not_drawn_and_that_is_said(imbtool, library) -> None:
    shown = imbtool("compare", "x.csv", "-t", "y", "--plot", "curves.svg")
    assert shown.code == 0
    assert "no curves to draw" in shown.err
    assert "written to" not in shown.err
    assert not Path("curves.svg").exists()


def test_a_plot_is_written_beside_the_report(imbtool, tmp_path) -> None:
    asked = ("--learners", "logistic", "--methods", "smote(ratio=0.2|1)", "--repeats", "1", "--folds", "2")
    rows = ("--max-rows", "600", "--engine", "serial", "--no-store")
    shown = imbtool("compare", "machines", "-t", "failed", *asked, *rows, "--plot", "c.svg", "-o", "c.json")
    assert shown.code == 0
    assert Path("c.svg").read_text().startswith("<svg")
    assert [f["name"] for f in json.loads(Path("c.json").read_text())["curves"]["families"]] == ["smote"]
    assert "written to c.json, c.svg" in shown.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_whose_file_cannot_be_written_is_shown_all_the_same(imbtool, library) -> None:
    done = imbtool("compare", "x.csv", "-t", "y", "-o", "/dev/full")
    assert (done.code, library.comparison.verdict.headline in done.out) == (3, True)
    assert "--output /dev/full cannot be written: No space left on device." in done.err
    done = imbtool("compare", "x.csv", "-t", "y", "-o", "/dev/full", "--json")
    assert (done.code, done.json()["error"]["code"]) == (3, "output-not-writable")
