import pytest

from imbtool import registry


def test_the_list_has_one_line_a_method(imbtool) -> None:
    lines = imbtool("methods").out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *registry.methods()]
    assert all(line == line.rstrip() for line in lines)


def test_json_rows_hold_everything_the_catalogue_knows(imbtool) -> None:
    rows = {row["name"]: row for row in imbtool("methods", "--json").json()}
    assert list(rows) == list(registry.methods())
    smote = rows["smote"]
    assert smote.keys() == {"name", "kind", "summary", "parameters", "paper", "cost", "needs", "aliases"}
    first = smote["parameters"][0]
    assert (first["name"], first["type"], first["default"], first["low"]) == ("k_neighbors", "int", 5, 1)
    assert {"high", "choices", "summary"} <= first.keys()


def test_kind_filters(imbtool) -> None:
    rows = imbtool("methods", "--kind", "ensemble", "--json").json()
    assert {row["kind"] for row in rows} == {"ensemble"}


@pytest.mark.parametrize("name", list(registry.methods()))
def test_every_method_is_explained_with_its_parameters_and_paper(imbtool, name) -> None:
    text = imbtool("methods", name).out
    row = registry.method(name)
    assert row.summary in text
    assert row.paper in text
    assert all(f"{param.name}=" in text for param in row.params)


def test_aliases_are_understood(imbtool) -> None:
    assert imbtool("methods", "platt").out.startswith("sigmoid:")


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
