"""A recipe that names a second table: read in the data's columns, part of the run's key, never test rows."""

import numpy as np
import pandas as pd
import pytest

from imbtool import ImbtoolError, Recipe, compare
from imbtool.data.companion import read_companions
from imbtool.data.load import load_dataset
from imbtool.evaluation import workshop
from imbtool.evaluation.work import run_task


def rows(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(shift, 1.0, n)
    region = np.where(rng.random(n) < 0.3 + 0.3 * (shift > 0), "north", "south")
    y = np.where(rng.random(n) < 1 / (1 + np.exp(2.5 - x)), "yes", "no")
    return pd.DataFrame({"x": x, "z": rng.normal(size=n), "region": region, "y": y})


@pytest.fixture
def later(tmp_path):
    """A file of later rows, in another order of columns and without the target."""
    path = tmp_path / "later.csv"
    rows(300, 7, shift=1.0)[["region", "z", "x"]].to_csv(path, index=False)
    return path


def run_with(path, data=None, **more):
    return compare(
        rows(300, 0) if data is None else data,
        target="y",
        methods=f"importance(table='{path}')",
        learners="logistic",
        folds=3,
        repeats=1,
        jobs=1,
        **more,
    )


def result(report, name="importance"):
    return next(row for row in report.comparison.methods if row.recipe.startswith(name))


def test_weights_lean_to_the_table_and_the_columns_are_matched_by_name(later):
    row = result(run_with(later))
    assert row.status == "ok"
    data = load_dataset(rows(300, 0), target="y")
    (found,) = read_companions(data, [str(later)]).values()
    names = data.layout.names
    assert found.X[:, names.index("x")].mean() > 0.8
    assert data.X[:, names.index("x")].mean() < 0.2
    assert set(found.X[:, names.index("region")]) == {0.0, 1.0}


def test_a_recipe_in_python_reads_the_table_too(later):
    data = rows(300, 0)
    X, y = data.drop(columns="y"), data["y"]
    plain = Recipe("none", "logistic").fit(X, y)
    towards = Recipe(f"importance(table='{later}')", "logistic").fit(X, y)
    assert not np.allclose(plain.predict_proba(X), towards.predict_proba(X))


def test_rows_of_the_data_are_left_out_and_counted(later, tmp_path):
    data = rows(300, 0)
    both = tmp_path / "both.csv"
    pd.concat([data.head(40), pd.read_csv(later)]).drop(columns="y").to_csv(both, index=False)
    report = run_with(both, data)
    assert any("40 rows left out, found in the data too" in note for note in report.comparison.notes)
    alone = result(run_with(later, data))
    assert result(report).estimates["pr_auc"].mean == alone.estimates["pr_auc"].mean


def test_the_data_itself_is_no_table(tmp_path):
    path = tmp_path / "data.csv"
    rows(300, 0).to_csv(path, index=False)
    with pytest.raises(ImbtoolError, match="all of its 300 rows stand in the data too") as caught:
        run_with(path, str(path))
    assert caught.value.code == "table-is-data"


def test_standard_input_is_no_table():
    with pytest.raises(ImbtoolError, match="must be a file"):
        run_with("-")


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "narrow.csv"
    rows(50, 3)[["x", "region"]].to_csv(path, index=False)
    with pytest.raises(ImbtoolError, match="'z'"):
        run_with(path)


def test_without_a_table_it_is_not_applicable():
    report = compare(
        rows(120, 0), target="y", methods="importance", learners="logistic", folds=2, repeats=1, jobs=1
    )
    row = result(report)
    assert row.status == "not-applicable"
    assert "needs a table" in row.reason


def test_a_resumed_run_knows_whether_the_table_has_changed(later, tmp_path, monkeypatch):
    store = tmp_path / "trials.db"
    first = run_with(later, store=store)

    trained = []

    def counted(shared, task):
        trained.append(task)
        return run_task(shared, task)

    monkeypatch.setattr(workshop, "run_task", counted)
    again = run_with(later, store=store)
    assert trained == []
    assert result(again).fold_values == result(first).fold_values
    rows(300, 8, shift=-1.0)[["region", "z", "x"]].to_csv(later, index=False)
    changed = run_with(later, store=store)
    assert trained
    assert result(changed).fold_values != result(first).fold_values
