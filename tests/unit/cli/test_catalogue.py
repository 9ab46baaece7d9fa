import gc
import sys
from types import SimpleNamespace

import pytest

from imbtool import __main__ as program
from imbtool import registry
from imbtool.cli.listing import aligned


@pytest.fixture
def no_collector():
    """Python without its collector of rubbish, as the command line starts."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_a_command_runs_with_the_collector_on(imbtool) -> None:
    assert imbtool("methods", "smote").code == 0
    assert gc.isenabled()


def test_a_command_ends_without_a_look_for_rubbish(monkeypatch, capsys) -> None:
    found: list[str] = []
    called = {name: lambda name=name: found.append(name) for name in ("disable", "freeze")}
    monkeypatch.setattr(program, "gc", SimpleNamespace(**called))
    monkeypatch.setattr("imbtool.core.clock._COMMAND", [])
    monkeypatch.setattr(sys, "argv", ["imbtool", "methods", "smote"])
    with pytest.raises(SystemExit) as left:
        program.main()
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("smote:")
    assert found == ["disable", "freeze"]


def test_on_a_screen_the_last_column_folds_between_words_and_elsewhere_a_row_is_a_line() -> None:
    header, rows = (
        ("a", "text"),
        [("x", "one two three four five six seven eight"), ("yy", "short"), ("z", "")],
    )
    assert aligned(header, rows, width=30).splitlines() == [
        "a   text",
        "x   one two three four five",
        "    six seven eight",
        "yy  short",
        "z",
    ]
    assert len(aligned(header, rows).splitlines()) == 4
    assert aligned(header, rows, width=20) == aligned(header, rows)  # too narrow to be worth it


def test_the_list_has_one_line_a_method(imbtool) -> None:
    lines = imbtool("methods").out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *registry.methods()]
    assert all(line == line.rstrip() for line in lines)


def test_json_rows_hold_everything_the_catalogue_knows(imbtool) -> None:
    rows = {row["name"]: row for row in imbtool("methods", "--json").json()}
    assert list(rows) == list(registry.methods())
    smote = rows["smote"]
    words = {"name", "kind", "summary", "helps_when", "parameters", "paper", "cost", "needs", "aliases"}
    assert smote.keys() == words | {"default"}
    first = smote["parameters"][0]
    assert (first["name"], first["type"], first["default"], first["low"]) == ("k_neighbors", "int", 5, 1)
    assert {"high", "choices", "summary"} <= first.keys()


def test_kind_filters(imbtool) -> None:
    rows = imbtool("methods", "--kind", "ensemble", "--json").json()
    assert {row["kind"] for row in rows} == {"ensemble"}


def test_cost_filters(imbtool) -> None:
    rows = imbtool("methods", "--kind", "sampler", "--max-cost", "1", "--json").json()
    assert rows
    assert {(row["kind"], row["cost"]) for row in rows} == {("sampler", 1)}


def test_a_text_is_found_in_names_aliases_uses_and_sources(imbtool) -> None:
    def found(text: str) -> list[str]:
        return [row["name"] for row in imbtool("methods", "--find", text, "--json").json()]

    assert found("IPF") == ["smote_ipf"]
    assert "smote_ipf" in found("noise")
    assert "focal" in found("1708.02002")
    assert found("no such thing") == []


@pytest.mark.parametrize("name", list(registry.methods()))
def test_every_method_says_when_it_helps_in_one_line(name) -> None:
    assert 10 < len(registry.method(name).when) < 100


@pytest.mark.parametrize("name", list(registry.methods()))
def test_every_method_is_explained_with_its_parameters_and_paper(imbtool, name) -> None:
    text = imbtool("methods", name).out
    row = registry.method(name)
    assert row.summary in text
    assert row.when in text
    assert row.paper in text
    assert all(f"{param.name}=" in text for param in row.params)


def test_aliases_are_understood(imbtool) -> None:
    assert imbtool("methods", "platt").out.startswith("sigmoid:")


def test_a_method_that_is_compared_where_rows_have_money_says_so(imbtool) -> None:
    assert "with --value-column or --cost-column; when named, or" in imbtool("methods", "expected_gain").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_calls_us_back(imbtool, shell) -> None:
    assert f"_IMBTOOL_COMPLETE={shell}_complete" in imbtool("completion", shell).out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("imbtool com", "compare"),
        ("imbtool methods smo", "smote"),
        ("imbtool compare --metric roc", "roc_auc"),
        ("imbtool compare x.csv --learners li", "lightgbm"),
        ("imbtool compare --thre", "--threshold-metric"),
    ],
)
def test_words_complete(imbtool, monkeypatch, words, found) -> None:
    monkeypatch.setenv("_IMBTOOL_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    shown = imbtool()
    assert shown.code == 0
    assert f"plain,{found}" in shown.out.splitlines()
