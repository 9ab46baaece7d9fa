"""From a source to a data set: targets, roles, sampling, findings."""

import json

import numpy as np
import pandas as pd
import pytest

from imbtool.core.errors import DataError, ImbtoolError, UsageError
from imbtool.data.labels import encode_labels
from imbtool.data.load import load_dataset


def table(n=200, n_pos=20, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "num": rng.normal(size=n),
            "cat": rng.choice(["a", "b", "c"], n),
            "y": (np.arange(n) < n_pos).astype(int),
        }
    )


def codes(dataset):
    return {finding.code for finding in dataset.findings}


def failure(frame, kind=DataError, **options):
    with pytest.raises(kind) as caught:
        load_dataset(frame, **({"target": "y"} | options))
    assert caught.value.hint
    return caught.value


def test_the_rarer_class_is_positive():
    dataset = load_dataset(table().assign(y=lambda f: np.where(f.y == 1, "sound", "zz")), target="y")
    assert dataset.classes == ("zz", "sound")
    assert dataset.counts == (180, 20)
    assert dataset.task == "binary"
    assert dataset.rare == 1


@pytest.mark.parametrize(
    ("labels", "positive"),
    [(("no", "yes"), "yes"), (("True", "False"), "True"), ((2, 1), "1"), (("b", "a"), "b")],
)
def test_with_equal_counts_the_affirmative_or_larger_label_is_positive(labels, positive):
    frame = table(40).assign(y=[labels[i % 2] for i in range(40)])
    assert load_dataset(frame, target="y").classes[1] == positive


@pytest.mark.parametrize("positive", ["0", 0, 0.0, "0.0"])
def test_the_positive_class_can_be_given_in_any_spelling(positive):
    dataset = load_dataset(table(), target="y", positive=positive)
    assert dataset.classes == ("1", "0")
    assert dataset.counts == (20, 180)


def test_bool_and_float_targets_read_like_their_text():
    assert load_dataset(table().assign(y=lambda f: f.y == 1), target="y").classes == ("False", "True")
    assert load_dataset(table().assign(y=lambda f: f.y * 1.0), target="y").classes == ("0", "1")


def test_an_unknown_positive_class_lists_those_found():
    error = failure(table().assign(y=lambda f: np.where(f.y == 1, "fraud", "fine")), positive="fraude")
    assert error.code == "positive-unknown"
    assert "Did you mean 'fraud'?" in error.hint
    assert "'fine'" in error.hint


def test_several_classes_are_in_natural_order():
    frame = table(120).assign(y=np.arange(120) % 12)
    dataset = load_dataset(frame, target="y")
    assert dataset.task == "multiclass"
    assert dataset.classes == tuple(map(str, range(12)))


def test_a_positive_class_among_several_is_one_against_the_rest():
    frame = table(120).assign(y=[("a", "b", "c")[i % 3] for i in range(120)])
    dataset = load_dataset(frame, target="y", positive="b")
    assert dataset.classes == ("not b", "b")
    assert dataset.counts == (80, 40)
    assert "one-against-rest" in codes(dataset)


def test_classes_that_differ_in_capital_letters_only_are_a_warning_whatever_the_positive_one():
    frame = table(120).assign(y=[("yes", "No", "no", "Yes", "no ")[i % 5] for i in range(120)])
    for positive in (None, "yes"):
        found = [
            f
            for f in load_dataset(frame, target="y", positive=positive).findings
            if f.code == "classes-alike"
        ]
        assert [f.level for f in found] == ["warning"]
        assert "only: 'No', 'no'; 'Yes', 'yes'. They" in found[0].message
    assert "classes-alike" not in codes(load_dataset(table(120), target="y"))


@pytest.mark.parametrize(
    ("y", "code", "words"),
    [
        ([1] * 200, "target-constant", "one class only ('1')"),
        ([np.nan] * 200, "target-missing-values", "missing in 200 of 200 rows"),
        ([0.0, 1.0, np.nan, 1.0] * 50, "target-missing-values", "missing in 50 of 200 rows"),
        (np.linspace(0, 1, 200), "target-continuous", "200 different numbers"),
        (np.arange(200), "target-continuous", "200 different numbers"),
        ([f"k{i}" for i in range(200)], "target-continuous", "200 different values"),
        (pd.date_range("2024-01-01", periods=200), "target-continuous", "dates"),
        ([0.0, np.inf] * 100, "target-continuous", "infinite"),
        (["a"] * 199 + ["b"], "class-too-small", "1 class of the target 'y' with 1 row only: 'b'"),
        ([[1], [2]] * 100, "target-continuous", "lists"),
    ],
)
def test_what_cannot_be_a_target_is_said(y, code, words):
    error = failure(table().assign(y=y))
    assert error.code == code
    assert words in error.message


def test_a_missing_target_column_suggests_the_nearest():
    error = failure(table(), target="Y_")
    assert error.code == "target-missing"
    assert "Columns: 'num', 'cat', 'y'" in failure(table(), target="nothing like it").hint


def test_a_file_without_header_gets_the_right_hint(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("1.5,2.5,0\n" * 3 + "2.5,1.5,1\n" * 3)
    assert "add a line of column names" in failure(str(path)).hint


@pytest.mark.parametrize("option", ["weight", "group", "time", "drop", "categorical"])
def test_unknown_columns_in_options_suggest_the_nearest(option):
    wrong = ("nun",) if option in ("drop", "categorical") else "nun"
    error = failure(table(), **{option: wrong})
    assert error.code == "column-missing"
    assert "Did you mean 'num'?" in error.hint
    assert f"--{option}" in error.message


@pytest.mark.parametrize(
    "options", [{"weight": "y"}, {"weight": "num", "time": "num"}, {"drop": ["y"]}, {"categorical": ["y"]}]
)
def test_one_column_cannot_have_two_roles(options):
    assert failure(table(), UsageError, **options).code == "role-conflict"


def test_roles_take_columns_out_of_the_features():
    frame = table().assign(
        w=np.tile([1.0, 3.0], 100),
        g=np.arange(200) // 10,
        t=pd.date_range("2024-01-01", periods=200),
        junk=1.5,
    )
    dataset = load_dataset(frame, target="y", weight="w", group="g", time="t", drop=["junk"])
    assert dataset.layout.names == ("num", "cat")
    assert dataset.weight.mean() == pytest.approx(1.0)
    assert np.unique(dataset.group).size == 20
    assert (np.diff(dataset.time) == 86400).all()
    roles = {c.name: c.role for c in dataset.schema.columns}
    assert roles == {
        "num": "feature",
        "cat": "feature",
        "y": "target",
        "w": "weight",
        "g": "group",
        "t": "time",
        "junk": "dropped",
    }


def test_rows_of_weight_zero_are_left_out_and_said():
    dataset = load_dataset(table().assign(w=[0.0, 2.0] * 100), target="y", weight="w")
    assert dataset.n_rows == 100
    assert dataset.weight.tolist() == [1.0] * 100
    assert "zero-weight-rows" in codes(dataset)


@pytest.mark.parametrize(
    ("option", "values", "code"),
    [
        ("weight", ["x"] * 200, "weight-unusable"),
        ("weight", [-1.0, 1.0] * 100, "weight-unusable"),
        ("weight", [np.nan, 1.0] * 100, "weight-unusable"),
        ("weight", [np.inf, 1.0] * 100, "weight-unusable"),
        ("weight", [0.0] * 200, "weight-unusable"),
        ("group", [None, "a"] * 100, "group-unusable"),
        ("group", ["a"] * 200, "group-unusable"),
        ("time", [np.nan, 1.0] * 100, "time-unusable"),
        ("time", [1.0] * 200, "time-unusable"),
        ("time", ["soon", "later"] * 100, "time-unusable"),
    ],
)
def test_unusable_roles_are_said(option, values, code):
    assert failure(table().assign(r=values), **{option: "r"}).code == code


def test_a_table_without_features_says_why():
    error = failure(pd.DataFrame({"y": [0, 1] * 20, "k": 1}))
    assert error.code == "no-features"
    assert "'k' is left out" in error.hint


def test_max_rows_keeps_the_prevalence_and_the_rare_rows():
    frame = table(10_000, 8)
    dataset = load_dataset(frame, target="y", max_rows=1000, seed=3)
    assert dataset.counts == (999, 5)
    assert "rows-sampled" in codes(dataset)
    again = load_dataset(frame, target="y", max_rows=1000, seed=3)
    other = load_dataset(frame, target="y", max_rows=1000, seed=4)
    assert dataset.fingerprint == again.fingerprint != other.fingerprint
    assert load_dataset(table(10_000, 1000), target="y", max_rows=1000).counts == (900, 100)


def test_max_rows_changes_nothing_when_there_are_fewer():
    assert (
        load_dataset(table(), target="y", max_rows=200).fingerprint
        == load_dataset(table(), target="y").fingerprint
    )
    assert failure(table(), UsageError, max_rows=1).code == "max-rows"


def test_sampling_does_not_change_what_the_columns_are():
    frame = table(5000, 100).assign(key=np.arange(5000))
    whole = load_dataset(frame, target="y")
    part = load_dataset(frame, target="y", max_rows=500)
    assert whole.schema == part.schema


def test_copies_are_counted():
    frame = table(100, 20)
    dataset = load_dataset(pd.concat([frame, frame.head(30)]), target="y")
    message = next(f.message for f in dataset.findings if f.code == "duplicate-rows")
    assert message.startswith("60 rows (46.2 percent)")


def test_few_positives_are_said():
    assert "few-positives" in codes(load_dataset(table(), target="y"))
    assert "few-positives" not in codes(load_dataset(table(1000, 100), target="y"))


def test_csv_parquet_and_memory_give_the_same_fingerprint(tmp_path):
    frame = table().assign(
        flag=lambda f: f.num > 0,
        gap=lambda f: f.num.where(f.num > -1),
        when=pd.date_range("2024-01-01", periods=200),
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    sources = [str(tmp_path / "t.csv"), tmp_path / "t.parquet", frame]
    datasets = [load_dataset(source, target="y") for source in sources]
    assert len({d.fingerprint for d in datasets}) == 1
    assert [d.name for d in datasets] == ["t", "t", "memory"]
    assert load_dataset(frame.assign(num=frame.num + 1), target="y").fingerprint != datasets[0].fingerprint


def test_other_tables_and_target_arrays_are_accepted():
    import pyarrow as pa

    frame = table()
    by_name = load_dataset(pa.Table.from_pandas(frame), target="y")
    by_array = load_dataset(frame.drop(columns="y"), target=frame["y"].to_numpy())
    by_series = load_dataset(frame.drop(columns="y"), target=frame["y"])
    assert by_name.fingerprint == by_series.fingerprint
    assert by_array.target == "target"
    matrix = load_dataset(np.random.default_rng(0).normal(size=(200, 3)), target=frame["y"].to_numpy())
    assert matrix.layout.names == ("f0", "f1", "f2")


@pytest.mark.parametrize(
    ("source", "options", "kind", "code"),
    [
        (42, {}, UsageError, "not-a-table"),
        (table().head(0), {}, DataError, "no-rows"),
        (table().drop(columns="y"), {"target": np.zeros(3)}, DataError, "target-length"),
        (pd.concat([table(), table()[["num"]]], axis=1), {}, DataError, "duplicate-columns"),
        ("digits8", {"target": np.zeros(3)}, UsageError, "target-not-a-name"),
    ],
)
def test_what_is_no_table_is_said(source, options, kind, code):
    assert failure(source, kind, **options).code == code


def test_a_thousand_constant_columns_give_one_finding():
    frame = pd.concat([table(), pd.DataFrame(np.ones((200, 1000))).add_prefix("k")], axis=1)
    found = [f for f in load_dataset(frame, target="y").findings if f.code == "constant-column"]
    assert len(found) == 1
    assert "1,000 columns" in found[0].message


@pytest.mark.parametrize("name", ["digits8", "breast_rare", "wine_rare", "machines"])
def test_bundled_sets_load_by_name_as_their_index_says(name):
    from imbtool.data.bundled import dataset_info, dataset_path

    info = dataset_info(name)
    dataset = load_dataset(name, target=info.target)
    assert (dataset.name, dataset.source) == (name, name)
    assert (dataset.n_rows, dataset.n_classes) == (info.rows, info.classes)
    assert len(dataset.schema.columns) == info.features + 1
    assert round(max(dataset.counts) / min(dataset.counts), 1) == info.imbalance
    assert dataset.fingerprint == load_dataset(dataset_path(name), target=info.target).fingerprint


def test_a_file_wins_over_a_data_set_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table().to_csv("digits8", index=False)
    assert load_dataset("digits8", target="y").n_rows == 200


def test_a_misspelt_data_set_name_is_suggested():
    with pytest.raises(DataError, match="Did you mean 'digits8'"):
        load_dataset("digit8", target="is_eight")


def test_labels_of_another_table_follow_the_classes():
    assert encode_labels(pd.Series([1.0, 0.0, 1.0]), ("0", "1")).tolist() == [1, 0, 1]
    for bad in (["0", "2"], ["0", None]):
        with pytest.raises(DataError) as caught:
            encode_labels(pd.Series(bad), ("0", "1"))
        assert caught.value.code == "class-unknown"


def test_findings_and_schema_are_plain_data():
    dataset = load_dataset("machines", target="failed")
    assert json.dumps(dataset.schema.to_dict())
    assert all(isinstance(f.message, str) for f in dataset.findings)
    assert issubclass(DataError, ImbtoolError)
