"""Kinds and roles of columns, and encoding new tables the same way."""

import json

import numpy as np
import pandas as pd
import pytest

from imbtool.core.errors import DataError
from imbtool.data.infer import infer_schema
from imbtool.data.schema import Column, Schema

N = 60
RNG = np.random.default_rng(0)


def inferred(values, name="x", **options):
    frame = pd.DataFrame({name: values})
    schema, findings = infer_schema(frame, roles={}, **options)
    return schema.columns[0], {f.code for f in findings}


@pytest.mark.parametrize(
    ("values", "kind", "levels"),
    [
        (RNG.normal(size=N), "numeric", ()),
        ([0, 1] * (N // 2), "numeric", ()),
        ([True, False] * (N // 2), "boolean", ("False", "True")),
        (pd.array([True, None, False] * 20, dtype="boolean"), "boolean", ("False", "True")),
        (["yes", "no", "no"] * 20, "boolean", ("no", "yes")),
        (["f", "t", None] * 20, "boolean", ("f", "t")),
        (["b", "a", "c"] * 20, "categorical", ("a", "b", "c")),
        (["Yes", "No", "No service"] * 20, "categorical", ("No", "No service", "Yes")),
        (pd.Categorical(["lo", "hi"] * 30, ["lo", "mid", "hi"], ordered=True), "categorical", ("lo", "hi")),
        (pd.array([1, None, 7] * 20, dtype="Int64"), "numeric", ()),
        (["2024-01-31", "2024-02-29", "2023-12-24"] * 20, "datetime", ()),
        (["31/12/2023", "24/12/2023", "01/02/2024"] * 20, "datetime", ()),
        (["5 Mar 2023 14:30", "17 Apr 2023 09:05"] * 30, "datetime", ()),
        (["55-59", "60-64", "65-69"] * 20, "categorical", ("55-59", "60-64", "65-69")),
        (pd.to_timedelta(np.arange(N) % 7, "D"), "numeric", ()),
        (pd.arrays.SparseArray([0.0, 1.5, 0.0] * 20), "numeric", ()),
    ],
)
def test_the_kind_follows_from_the_values(values, kind, levels):
    column, _ = inferred(values)
    assert (column.role, column.kind, column.levels) == ("feature", kind, levels)


@pytest.mark.parametrize(
    ("values", "name", "code"),
    [
        (np.arange(1, N + 1), "x", "identifier-column"),
        (RNG.permutation(N), "x", "identifier-column"),
        (RNG.choice(10**9, N, replace=False), "customer_id", "identifier-column"),
        ([f"k{i}" for i in range(N)], "x", "identifier-column"),
        ([f"the machine stopped {i} minutes after the alarm went off" for i in range(N)], "x", "text-column"),
        ([f"name {i % 55}" for i in range(N + 40)], "x", "many-levels"),
        ([3] * N, "x", "constant-column"),
        (["a"] * N, "x", "constant-column"),
        ([np.nan] * N, "x", "empty-column"),
        ([None] * N, "x", "empty-column"),
        ([[1], [2], [3]] * 20, "x", "nested-column"),
    ],
)
def test_columns_without_anything_to_learn_are_left_out_and_said(values, name, code):
    column, codes = inferred(values, name)
    assert column.role == "dropped"
    assert column.reason
    assert codes == {code}


@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=N),  # a measurement that happens to be unique
        np.sort(RNG.choice(10**6, N, replace=False)),  # sorted, but far from evenly spaced
        RNG.choice(10**6, N, replace=False),
        [1.0, np.nan] * (N // 2),  # one value, but missing or not may tell something
    ],
)
def test_measurements_are_not_taken_for_keys_or_constants(values):
    column, codes = inferred(values)
    assert column.role == "feature"
    assert not codes


def test_declared_categories_are_kept_whatever_they_hold():
    column, codes = inferred(np.arange(10, 10 + N), "id", categorical=("id",))
    assert column.role == "feature"
    assert column.levels[:2] == ("10", "11")
    assert not codes


def test_a_thousand_levels_work():
    values = [f"level {i % 1000}" for i in range(5000)]
    column, _ = inferred(values)
    assert len(column.levels) == 1000
    X = Schema(columns=(column,)).encode(pd.DataFrame({"x": values}))
    assert len(np.unique(X)) == 1000


def test_a_key_that_repeats_suggests_groups():
    _, codes = inferred(np.repeat(RNG.choice(10**6, 30, replace=False), 4), "patient_id")
    assert codes == {"looks-like-group"}


def test_infinities_become_missing_and_are_counted():
    frame = pd.DataFrame({"x": [1.0, np.inf, -np.inf, 2.0]})
    schema, findings = infer_schema(frame, roles={})
    assert schema.columns[0].n_missing == 2
    assert "2 infinite values" in findings[0].message
    assert np.isnan(schema.encode(frame)).sum() == 2


def test_dates_expand_into_parts_that_vary():
    stamps = pd.Series(pd.date_range("2024-03-01 06:00", periods=N, freq="7h"))
    schema, _ = infer_schema(pd.DataFrame({"when": stamps}), roles={})
    names = schema.layout.names
    assert "when.year" not in names
    X = pd.DataFrame(schema.encode(pd.DataFrame({"when": stamps})), columns=names)
    assert (X["when.hour"] == stamps.dt.hour).all()
    assert (X["when.dayofweek"] == stamps.dt.day_of_week).all()
    assert X["when.days"].iloc[0] == pytest.approx((stamps[0] - pd.Timestamp(0)) / pd.Timedelta("1D"))


def test_dates_as_text_and_as_timestamps_encode_alike():
    stamps = pd.Series(pd.date_range("2020-01-30", periods=N, freq="11D"))
    schema, _ = infer_schema(pd.DataFrame({"d": stamps.dt.strftime("%d.%m.%Y")}), roles={})
    assert schema.columns[0].date_format == "%d.%m.%Y"
    as_text = schema.encode(pd.DataFrame({"d": stamps.dt.strftime("%d.%m.%Y")}))
    assert np.array_equal(as_text, schema.encode(pd.DataFrame({"d": stamps})))


def test_dates_that_fit_two_formats_are_a_warning():
    column, codes = inferred(["01/02/2024", "03/04/2024", "05/06/2024"] * 20)
    assert codes == {"ambiguous-dates"}
    assert column.date_format == "%m/%d/%Y"


def test_numbers_that_are_dates_need_a_name_that_says_so():
    days = [20240131, 20240229, 20231224] * 20
    assert inferred(days, "start_date")[0].kind == "datetime"
    assert inferred(days, "amount")[0].kind == "numeric"


def test_feature_names_stay_unique_when_date_parts_collide():
    frame = pd.DataFrame({"d": pd.date_range("2024-01-01", periods=N), "d.month": RNG.normal(size=N)})
    names = infer_schema(frame, roles={})[0].layout.names
    assert len(set(names)) == len(names)


def mixed_frame():
    return pd.DataFrame(
        {
            "n": RNG.normal(size=N),
            "c": ["a", "b", None] * 20,
            "b": ["yes", "no"] * 30,
            "d": pd.date_range("2024-01-01", periods=N).strftime("%Y-%m-%d"),
            "k": np.arange(N),
        }
    )


def test_encoding_the_training_frame_follows_the_layout():
    frame = mixed_frame()
    schema, _ = infer_schema(frame, roles={})
    X = schema.encode(frame)
    assert X.dtype == np.float64
    assert X.flags.c_contiguous
    assert X.shape == (N, schema.layout.n_features) == (N, len(schema.sources))
    assert schema.layout.levels[:3] == (0, 2, 2)
    assert np.isnan(X[:, 1]).tolist() == [False, False, True] * 20


def test_unseen_levels_become_missing_and_other_columns_are_ignored():
    schema, _ = infer_schema(mixed_frame(), roles={})
    new = (
        mixed_frame()
        .head(2)
        .assign(c=["b", "zzz"], b=[True, False], extra=1)[["extra", "k", "d", "b", "c", "n"]]
    )
    X = schema.encode(new)
    assert X[0, 1] == 1.0
    assert np.isnan(X[1, 1])
    assert X[:, 2].tolist() == [1.0, 0.0]


def test_missing_columns_are_named():
    schema, _ = infer_schema(mixed_frame(), roles={})
    with pytest.raises(DataError, match=r"2 columns missing from the table: 'n', 'd'") as caught:
        schema.encode(mixed_frame().drop(columns=["n", "d"]))
    assert caught.value.code == "column-missing"


def test_text_where_numbers_are_needed_is_named():
    schema, _ = infer_schema(mixed_frame(), roles={})
    with pytest.raises(DataError, match="'oops'") as caught:
        schema.encode(mixed_frame().assign(n=["oops"] + ["1.5"] * (N - 1)))
    assert caught.value.code == "column-type"


def test_dates_written_another_way_are_refused():
    schema, _ = infer_schema(mixed_frame(), roles={})
    with pytest.raises(DataError, match="must hold dates"):
        schema.encode(mixed_frame().assign(d="yesterday"))


def test_a_schema_survives_json():
    frame = mixed_frame()
    schema, _ = infer_schema(frame, roles={"k": "dropped"})
    again = Schema.from_dict(json.loads(json.dumps(schema.to_dict())))
    assert again == schema
    assert np.array_equal(again.encode(frame), schema.encode(frame), equal_nan=True)


@pytest.mark.parametrize(
    "data", [{}, {"schema_version": 9, "columns": []}, {"schema_version": 1, "columns": [{"x": 1}]}]
)
def test_something_else_is_no_schema(data):
    with pytest.raises(DataError, match="no column schema"):
        Schema.from_dict(data)


def test_columns_are_keyword_only_and_frozen():
    column = Column(name="x", role="feature", kind="numeric")
    with pytest.raises(AttributeError):
        column.role = "dropped"
