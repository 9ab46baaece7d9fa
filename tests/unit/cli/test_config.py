from pathlib import Path

import pytest

from imbtool.bundle.request import FitRequest
from imbtool.core.price import Price

GOOD = """
seed = 7
max-rows = 500
[compare]
metric = "roc_auc"
learners = ["logistic", "forest"]
drop = ["a", "b"]
quiet = true
"""


def settings(imbtool, *argv: str) -> dict[str, tuple[object, str]]:
    shown = imbtool("config", "show", "--json", *argv)
    assert shown.code == 0, shown.err
    return {row["name"]: (row["value"], row["origin"]) for row in shown.json()}


def test_a_file_fills_the_defaults(imbtool, library) -> None:
    Path("imbtool.toml").write_text(GOOD)
    assert imbtool("compare", "x.csv", "-t", "y").code == 0
    asked = library.called_with
    assert (asked["seed"], asked["max_rows"], asked["metric"]) == (7, 500, "roc_auc")
    assert (asked["learners"], asked["drop"]) == (("logistic", "forest"), ("a", "b"))


def test_a_variable_beats_the_file_and_a_flag_beats_both(imbtool, library, monkeypatch) -> None:
    Path("imbtool.toml").write_text(GOOD)
    monkeypatch.setenv("IMBTOOL_SEED", "8")
    imbtool("compare", "x.csv", "-t", "y")
    assert library.called_with["seed"] == 8
    imbtool("compare", "x.csv", "-t", "y", "--seed", "9")
    assert library.called_with["seed"] == 9


def test_the_command_in_the_report_repeats_the_run_wherever_settings_came_from(
    imbtool, library, monkeypatch
) -> None:
    Path("imbtool.toml").write_text("seed = 7\ntarget = 'the class'\n")
    monkeypatch.setenv("IMBTOOL_METHODS", "none,smote(k_neighbors=3,ratio=0.5)")
    imbtool("compare", "my file.csv", "--rope", "0.02", "--json", "--drop", "a", "--drop", "b c")
    assert library.called_with["command"] == (
        "imbtool compare 'my file.csv' --target 'the class' --drop a --drop 'b c' "
        "--methods 'none,smote(k_neighbors=3,ratio=0.5)' --rope 0.02 --seed 7"
    )


def test_numbers_stand_in_the_command_as_in_the_command_that_fits(imbtool, library) -> None:
    imbtool("compare", "x.csv", "-t", "y", "--cost-fn", "10", "--cost-fp", "0.5", "--max-rows", "5000")
    command = library.called_with["command"]
    fit = FitRequest(
        target="y", price=Price(cost_fn=10.0, cost_fp=0.5), max_rows=5000, recipe="none", learner="logistic"
    ).command("x.csv")
    for words in ("--cost-fn 10 ", "--cost-fp 0.5 ", "--max-rows 5000 "):
        assert words in f"{command} "
        assert words in fit


def test_show_names_the_origin_of_each_setting(imbtool, monkeypatch) -> None:
    Path("imbtool.toml").write_text("seed = 7\n")
    monkeypatch.setenv("IMBTOOL_FOLDS", "4")
    rows = settings(imbtool)
    assert rows["seed"] == (7, str(Path("imbtool.toml").resolve()))
    assert rows["folds"] == ("4", "environment IMBTOOL_FOLDS")
    assert rows["rope"] == (0.01, "default")


def test_pyproject_and_folders_above_are_looked_at(imbtool, monkeypatch, tmp_path) -> None:
    Path("pyproject.toml").write_text("[tool.imbtool]\nseed = 3\n")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert settings(imbtool)["seed"][0] == 3


def test_a_pyproject_without_our_table_is_passed_over(imbtool) -> None:
    Path("pyproject.toml").write_text("[tool.other]\nseed = 3\n")
    assert settings(imbtool)["seed"] == (0, "default")


def test_a_named_file_beats_the_nearest(imbtool, tmp_path) -> None:
    Path("imbtool.toml").write_text("seed = 1\n")
    Path("other.toml").write_text("seed = 2\n")
    shown = imbtool("--config", "other.toml", "config", "show", "--json")
    assert next(row["value"] for row in shown.json() if row["name"] == "seed") == 2


BAD = """
sede = 1
folds = "many"
[compare]
metrik = "f1"
metric = "rock_auc"
learners = ["lightgmb"]
quiet = "yes"
jobs = true
repeats = 0
"""


def test_all_faults_are_told_at_once_each_with_a_suggestion(imbtool) -> None:
    Path("imbtool.toml").write_text(BAD)
    shown = imbtool("compare", "x.csv", "-t", "y")
    assert shown.code == 3
    for text in (
        "8 settings that cannot be used",
        "`sede` is not a setting. Did you mean 'seed' or 'scheduler'?",
        "`folds`: 'many' is not a valid integer range",
        "`compare.metrik` is not a setting. Did you mean 'metric'",
        "`compare.metric`: Unknown metric 'rock_auc'. Did you mean 'roc_auc'",
        "`compare.learners`: Unknown learner 'lightgmb'. Did you mean 'lightgbm'",
        "`compare.quiet`: must be true or false; got 'yes'.",
        "`compare.jobs`: must be a value like --jobs takes; got True.",
        "`compare.repeats`: 0 is not in the range x>=1.",
        "[config-values]",
    ):
        assert text in shown.err


@pytest.mark.parametrize(
    ("content", "code"),
    [("seed = ", "config-syntax"), ("compare = 3", "config-values"), (b"\xff\xfe", "config-syntax")],
)
def test_a_broken_file_is_bad_configuration(imbtool, content, code) -> None:
    Path("imbtool.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    shown = imbtool("compare", "x.csv", "-t", "y", "--json")
    assert (shown.code, shown.json()["error"]["code"]) == (3, code)


def test_a_broken_file_does_not_take_the_help_away(imbtool) -> None:
    Path("imbtool.toml").write_text("sede = 1")
    assert imbtool("compare", "--help").code == 0


def test_a_named_file_that_is_missing_is_an_error(imbtool) -> None:
    shown = imbtool("--config", "none.toml", "methods")
    assert (shown.code, "No such file" in shown.err) == (3, True)


def test_a_bad_variable_is_wrong_usage(imbtool, monkeypatch) -> None:
    monkeypatch.setenv("IMBTOOL_FOLDS", "one")
    shown = imbtool("compare", "x.csv", "-t", "y")
    assert shown.code == 2
    assert "IMBTOOL_FOLDS" in shown.err
