"""What a suite may say, and that all its faults are told at once."""

from __future__ import annotations

import pytest

from imbtool.batches.lines import lines_of
from imbtool.batches.reading import read_suite
from imbtool.core.errors import ConfigError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A suite's folder that is not the current one."""
    (tmp_path / "data" / "old").mkdir(parents=True)
    for name in ("claims", "lapse", "old/claims"):
        (tmp_path / "data" / f"{name}.csv").write_text("a,y\n1,0\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return tmp_path


def read(folder, text, **how):
    path = folder / "suite.toml"
    path.write_text(text)
    return read_suite(path, **how)


def faults(folder, text):
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    assert caught.value.code == "config-values"
    return caught.value.message


def test_settings_of_a_data_set_win_over_the_defaults(folder):
    suite = read(
        folder,
        """
        name = "two"
        [defaults]
        target = "y"
        methods = ["smote(k_neighbors=3)", "tomek,threshold"]
        learners = "logistic"
        max-rows = 500
        seeds = [1, 2]
        rope = 0.02
        tags = "plain"
        [[data]]
        path = "data/claims.csv"
        [[data]]
        path = "data/lapse.csv"
        name = "lapses"
        target = "z"
        methods = "none"
        seed = 7
        tags = ["old", "small"]
        drop = "a"
        """,
    )
    assert (suite.name, suite.metric, suite.rope) == ("two", "pr_auc", 0.02)
    first, second = suite.entries
    assert (first.name, first.data) == ("claims", str(folder / "data/claims.csv"))
    assert first.arguments == {
        "target": "y",
        "methods": ("smote(k_neighbors=3)", "tomek", "threshold"),
        "learners": ("logistic",),
        "max_rows": 500,
        "metric": "pr_auc",
        "threshold_metric": "f1",
        "rope": 0.02,
    }
    assert (first.seeds, first.tags) == ((1, 2), ("plain",))
    assert (second.name, second.arguments["target"], second.arguments["methods"]) == (
        "lapses",
        "z",
        ("none",),
    )
    assert (second.seeds, second.tags, second.arguments["drop"]) == ((7,), ("old", "small"), ("a",))


def test_paths_are_relative_to_the_suite_and_patterns_go_into_folders(folder):
    suite = read(folder, '[[data]]\npath = "data/**/*.csv"\ntarget = "y"\n')
    assert [e.name for e in suite.entries] == ["data/claims", "lapse", "data/old/claims"]


def test_a_file_named_outright_is_not_also_taken_from_a_pattern(folder):
    suite = read(
        folder,
        '[[data]]\npath = "data/*.csv"\ntarget = "y"\n[[data]]\npath = "data/lapse.csv"\ntarget = "z"\n',
    )
    assert [(e.name, e.arguments["target"]) for e in suite.entries] == [("claims", "y"), ("lapse", "z")]


def test_a_data_set_that_comes_along_knows_its_target(folder):
    suite = read(folder, '[defaults]\ntarget = "y"\n[[data]]\npath = "digits8"\n')
    assert (suite.entries[0].data, suite.entries[0].arguments["target"]) == ("digits8", "is_eight")


def test_a_file_wins_over_a_data_set_of_the_same_name(folder):
    (folder / "digits8").write_text("a,y\n1,0\n")
    suite = read(folder, '[[data]]\npath = "digits8"\ntarget = "y"\n')
    assert suite.entries[0].data == str(folder / "digits8")


def test_what_is_given_for_a_call_wins_and_a_configuration_stands_in(folder):
    text = '[defaults]\nmax_rows = 100\n[[data]]\npath = "digits8"\n'
    suite = read(folder, text, over={"max_rows": 50}, under={"rope": 0.2, "max_rows": 70})
    assert (suite.entries[0].arguments["max_rows"], suite.rope) == (50, 0.2)
    assert read(folder, text, under={"max_rows": 70}).entries[0].arguments["max_rows"] == 100


def test_a_suite_can_be_plain_data():
    suite = read_suite({"data": [{"path": "wine_rare", "positive": 3}]})
    assert (suite.name, suite.entries[0].arguments["positive"]) == ("suite", "3")


BAD = """\
nmae = "x"
[defaults]
target = "y"
metrik = "f1"
metric = "rock_auc"
jobs = 3
methods = ["smoted", "tomek", "smote(k=3)"]
[[data]]
path = "data/claims.csv"
metric = "f1"
folds = 1
repeats = "many"
[[data]]
path = "data/claim.csv"
seeds = [1, 1]
[[data]]
path = "nothing/*.csv"
[[data]]
target = "y"
sede = 4
"""


def test_settings_above_all_tables_are_shown_where_they_belong(folder):
    told = faults(folder, 'learners = "logistic"\njobs = 2\n[[data]]\npath = "digits8"\n')
    assert "- line 1: `learners`: is no setting of its own; write it under [defaults]." in told
    assert "- line 2: `jobs`: does not belong to a suite: give it to the command, --jobs" in told


def test_all_faults_are_told_at_once_each_with_its_line_and_a_way_out(folder):
    told = faults(folder, BAD)
    assert "holds 14 settings that cannot be used" in told
    for text in (
        "- line 1: `nmae`: is not a setting. Did you mean 'name'?",
        "- line 4: `defaults.metrik`: is not a setting. Did you mean 'metric'",
        "- line 5: `defaults.metric`: Unknown metric 'rock_auc'. Did you mean 'roc_auc'",
        "- line 6: `defaults.jobs`: does not belong to a suite: give it to the command, --jobs,",
        "- line 7: `defaults.methods`: Unknown method 'smoted'. Did you mean 'smote'",
        "- line 7: `defaults.methods`: Unknown parameter 'k' of method 'smote'.",
        "- line 10: `data[1].metric`: is one for the whole suite; write it under [defaults].",
        "- line 11: `data[1].folds`: `folds` must be at least 2; got 1.",
        "- line 12: `data[1].repeats`: must be a whole number; got 'many'.",
        "- line 14: `data[2].path`: there is no file 'data/claim.csv' in",
        "and no data set of that name. Did you mean 'claims.csv'",
        "- line 15: `data[2].seeds`: must be at least 0, each once; got [1, 1].",
        "- line 17: `data[3].path`: no file matches 'nothing/*.csv' in",
        "- line 18: `data[4].path`: is missing:",
        "- line 20: `data[4].sede`: is not a setting. Did you mean 'seed'",
    ):
        assert text in told


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "`data`: a suite needs data sets"),
        ('data = "x.csv"', "`data[1]`: must be a table, written [[data]]; got 'x.csv'."),
        ('defaults = 3\n[[data]]\npath = "digits8"', "`defaults`: must be a table, written [defaults]"),
        ('[[data]]\npath = "data/claims.csv"', "`data[1].target`: is missing"),
        (
            '[[data]]\npath = "data"\ntarget = "y"',
            "'data' is a folder. For the tables in it write data/*.csv.",
        ),
        ('[[data]]\npath = "data/*.csv"\ntarget = "y"\nname = "x"', "`data[1].name`: 'data/*.csv' matches 2"),
        ('[[data]]\npath = "digits8"\n[[data]]\npath = "digits8"', "2 data sets are called 'digits8'"),
        ('[[data]]\npath = "digits8"\nseed = 1\nseeds = [2]', "stands beside `seed`; give one of them."),
        ('[[data]]\npath = "digits8"\nseeds = [-1]', "must be at least 0, each once; got [-1]."),
        ('[[data]]\npath = "digits8"\nseeds = []', "must be a list of whole numbers"),
        ('[[data]]\npath = "digits8"\nfolds = true', "must be a whole number; got True."),
        ('[[data]]\npath = "digits8"\nlearners = ["auto", "forest"]', "'auto' cannot stand beside other"),
        ('[[data]]\npath = "digits8"\ntarget = " "', "must be a text in quotes; got ' '."),
        ('[[data]]\npath = "digits8"\ndrop = ["a", 3]', "must be a text or a list of texts"),
        ('[[data]]\npath = "digits8"\nbudget = "soon"', "`budget` must be a duration above 0"),
        ('[[data]]\npath = "mammography"', "not on this machine yet. Run: imbtool datasets fetch"),
        ("name = 3\n[[data]]\npath = 'digits8'", "`name`: must be a text in quotes; got 3."),
        ("[defaults]\nrope = 2\n[[data]]\npath = 'digits8'", "`rope` must be at least 0 and below 1; got 2."),
        (
            (
                "[defaults]\nlearners = 'auto'\n[[data]]\npath = 'digits8'\n[[data]]\npath = 'machines'\n"
                "learners = ['forest', 'logistic']"
            ),
            "machines would have several learners where others have 'auto'",
        ),
    ],
)
def test_every_fault_has_its_text(folder, text, fault, monkeypatch):
    monkeypatch.setenv("IMBTOOL_DATA", str(folder / "nowhere"))
    assert fault in faults(folder, text)


def test_a_suite_that_is_not_there_or_not_toml_is_an_error(folder):
    with pytest.raises(ConfigError, match=r"The suite .* cannot be read: No such file") as caught:
        read_suite(folder / "none.toml")
    assert caught.value.code == "config-unreadable"
    with pytest.raises(ConfigError, match="not valid TOML") as caught:
        read(folder, "[[data]\n")
    assert caught.value.code == "config-syntax"


def test_lines_are_left_out_when_they_cannot_be_told():
    assert lines_of('data = [{path = "a"}, {path = "b"}]', 2) == {}
    assert lines_of('[[data]]\n"path" = "a"\n', 1) == {("data[1]", ""): 1, ("data[1]", "path"): 2}


def test_rows_are_recipes_when_every_data_set_has_one_learner(folder):
    assert read(folder, "[[data]]\npath = 'digits8'").by_recipe
    assert read(folder, "[[data]]\npath = 'digits8'\nlearners = 'forest'").by_recipe
    assert not read(folder, "[[data]]\npath = 'digits8'\nlearners = 'forest,logistic'").by_recipe


def test_every_argument_of_a_comparison_stands_in_a_suite_or_belongs_to_the_call():
    import inspect

    from imbtool.api import compare
    from imbtool.batches.fields import DEFAULTS, ELSEWHERE

    asked = set(inspect.signature(compare).parameters) - {"data", "progress", "command"}
    assert asked - set(DEFAULTS) - set(ELSEWHERE) == set()


def test_the_guide_describes_every_setting():
    from pathlib import Path

    from imbtool.batches.fields import DEFAULTS, ENTRY

    text = (Path(__file__).parents[3] / "docs" / "batch.md").read_text(encoding="utf-8")
    assert {name for name in {**DEFAULTS, **ENTRY} if f"`{name}`" not in text} == set()
