"""Scores and labels from tables of all kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.unit.holdout.made import scored, table

import imbtool
from imbtool.core.errors import DataError, UsageError
from imbtool.holdout.intake import from_model
from imbtool.holdout.scores import from_scores


@pytest.fixture(scope="module")
def rows():
    return scored(200)


@pytest.fixture(scope="module")
def frame(rows):
    return table(rows)


def test_what_predict_writes_is_read_without_naming_columns(rows, frame, tmp_path):
    frame.to_csv(tmp_path / "scored.csv", index=False)
    found = from_scores(str(tmp_path / "scored.csv"), target="truth")
    assert found.rows.classes == ("a", "b")
    order = np.argsort(-rows.proba[:, 1], kind="stable")
    np.testing.assert_array_equal(found.rows.y, rows.y[order])
    np.testing.assert_array_equal(found.rows.proba, rows.proba[order])
    np.testing.assert_array_equal(found.rows.decided, rows.decided[order])
    assert found.scored_by == ("probability_a", "probability_b")
    assert "decisions come from the column 'decision'" in found.notes
    np.testing.assert_array_equal(found.table["key"], order)


def test_one_column_is_the_score_of_the_positive_class(frame):
    one = frame.drop(columns=["decision", "probability_a"]).rename(columns={"probability_b": "p"})
    found = from_scores(one, target="truth", score=["p"])
    assert found.rows.classes == ("a", "b")  # b is rarer
    assert found.threshold == (0.5,)
    turned = from_scores(one, target="truth", score=["p"], positive="a")
    assert turned.rows.classes == ("b", "a")
    assert (turned.rows.proba[:, 1].max(), turned.rows.y.mean()) == (one["p"].max(), 1 - found.rows.y.mean())
    named = from_scores(frame, target="truth", score=["probability_a"])
    assert named.rows.classes == ("b", "a")  # the column says whose probability it is


def test_a_threshold_goes_before_decisions_that_came_along(frame):
    found = from_scores(frame, target="truth", threshold=0.9)
    np.testing.assert_array_equal(found.rows.decided, found.rows.proba[:, 1] >= 0.9)
    assert found.threshold == (0.9,)


def test_scores_beyond_0_and_1_are_only_ranked(frame):
    odd = frame.assign(s=np.log(frame["probability_b"])).drop(columns=["decision"])
    found = from_scores(odd, target="truth", score=["s"])
    assert not found.rows.probabilities
    assert found.rows.decided is None
    assert any("no probabilities" in note for note in found.notes)
    assert any("--threshold" in note for note in found.notes)
    cut = from_scores(odd, target="truth", score=["s"], threshold=-1.0)
    np.testing.assert_array_equal(cut.rows.decided, cut.rows.proba[:, 1] >= -1.0)


def test_columns_are_matched_to_several_classes_by_name():
    rows = scored(150, 3)
    frame = table(rows).drop(columns="decision")
    renamed = frame.rename(columns={f"probability_{k}": f"p_{k}" for k in "abc"})
    expected = from_scores(frame, target="truth")
    found = from_scores(renamed, target="truth", score=["p_c", "p_a", "p_b"])
    assert found.rows.classes == ("c", "a", "b")
    assert found.rows.proba.max(axis=1).sum() == pytest.approx(expected.rows.proba.max(axis=1).sum())
    one = from_scores(frame, target="truth", score=["probability_c"])
    assert one.rows.classes == ("not c", "c")


def test_weights_are_read_and_rows_without_weight_left_out(frame):
    weight = np.where(frame["key"] < 30, 0.0, 2.0)
    found = from_scores(frame.assign(w=weight), target="truth", weight="w")
    assert found.rows.n == 170
    assert found.rows.weight.mean() == pytest.approx(200 / 170)
    assert "30 rows of weight 0 left out" in found.notes


FAULTS = [
    (lambda f: f, {"target": "nothing"}, DataError, "column-missing"),
    (lambda f: f, {"score": ["nothing"]}, DataError, "column-missing"),
    (lambda f: f.drop(columns=["probability_a", "probability_b"]), {}, UsageError, "which-scores"),
    (lambda f: f, {"score": ["region"]}, DataError, "bad-scores"),
    (lambda f: f.assign(probability_b=np.where(f["key"] < 3, np.nan, 0.5)), {}, DataError, "bad-scores"),
    (
        lambda f: f.assign(truth=np.where(f["key"] < 3, None, f["truth"])),
        {},
        DataError,
        "target-missing-values",
    ),
    (lambda f: f.assign(truth=np.where(f["key"] < 3, "z", f["truth"])), {}, DataError, "class-unknown"),
    (lambda f: f[f["truth"] == "a"], {}, DataError, "target-constant"),
    (lambda f: f.assign(decision="z"), {}, DataError, "class-unknown"),
    (lambda f: f.iloc[:0], {}, DataError, "no-rows"),
    (
        lambda f: f.assign(truth=np.arange(len(f)) % 3),
        {"score": ["probability_b"]},
        DataError,
        "positive-unknown",
    ),
    (
        lambda f: f.assign(truth=np.arange(len(f)) % 3).rename(columns={"probability_b": "p"}),
        {"score": ["p"]},
        UsageError,
        "which-scores",
    ),
    (lambda f: f, {"positive": "z"}, UsageError, "which-scores"),
    (lambda f: f, {"weight": "region"}, DataError, "weight-unusable"),
]


@pytest.mark.parametrize(("change", "how", "kind", "code"), FAULTS)
def test_what_cannot_be_judged_is_refused_with_a_reason(frame, change, how, kind, code):
    with pytest.raises(kind) as caught:
        from_scores(change(frame), **{"target": "truth", **how})
    assert caught.value.code == code
    assert caught.value.hint


def test_a_threshold_for_several_classes_is_refused():
    frame = table(scored(90, 3))
    with pytest.raises(UsageError) as caught:
        from_scores(frame, target="truth", threshold=0.5)
    assert caught.value.code == "threshold-many-classes"


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """A model on mixed columns, and its training table."""
    from imbtool.data.bundled import find_dataset

    data = pd.read_csv(find_dataset("machines"))
    target = data.columns[-1]
    model = imbtool.fit(data, target=target, recipe="sigmoid+threshold", learner="logistic")
    return model, data, target


def test_a_model_scores_a_labelled_table_as_it_predicts(machines, tmp_path):
    model, data, target = machines
    found = from_model(model, data)
    order = np.argsort(
        -model.predict_proba(data)[
            :, list(model.classes_).index(type(model.classes_[0])(model.manifest.positive))
        ],
        kind="stable",
    )
    expected = model.predict(data)[order]
    labels = np.array(model.manifest.classes)[found.rows.decided]
    assert [str(one) for one in expected] == labels.tolist()
    data.to_csv(tmp_path / "hold.csv", index=False)
    data.to_parquet(tmp_path / "hold.parquet")
    for name in ("hold.csv", "hold.parquet"):
        again = from_model(model, str(tmp_path / name))
        np.testing.assert_array_equal(again.rows.proba, found.rows.proba)
        np.testing.assert_array_equal(again.rows.prints, found.rows.prints)
    assert found.target == target
    assert found.model["training_counts"] == model.manifest.data.counts


def test_missing_features_and_unknown_labels_are_refused(machines):
    model, data, target = machines
    with pytest.raises(DataError) as caught:
        from_model(model, data.drop(columns=model.feature_names_in_[0]))
    assert caught.value.code == "columns-differ"
    with pytest.raises(DataError) as caught:
        from_model(model, data.drop(columns=target))
    assert caught.value.code == "column-missing"
    with pytest.raises(DataError) as caught:
        from_model(model, data.assign(**{target: ["new"] * len(data)}))
    assert caught.value.code == "class-unknown"


def test_weights_of_training_are_used_where_the_table_has_them():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=200), "w": rng.integers(1, 4, 200)})
    data["y"] = (data["x"] + rng.normal(size=200) > 1).astype(int)
    model = imbtool.fit(data, target="y", weight="w", recipe="none", learner="logistic")
    weighted = from_model(model, data)
    assert weighted.rows.weight is not None
    assert any("weighted by 'w'" in note for note in weighted.notes)
    plain = from_model(model, data.drop(columns="w"))
    assert plain.rows.weight is None
    assert any("count alike" in note for note in plain.notes)


def test_rows_that_the_model_was_fitted_on_are_recognised_in_any_order_and_others_are_not():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=200), "w": rng.integers(1, 4, 200)})
    data["y"] = (data["x"] + rng.normal(size=200) > 1).astype(int)
    model = imbtool.fit(data, target="y", weight="w", recipe="none", learner="logistic")

    def flatters(table):
        return any("fitted on these very rows" in note for note in from_model(model, table).notes)

    assert flatters(data)
    assert flatters(data.sample(frac=1.0, random_state=1))
    assert not flatters(data.assign(x=data["x"].to_numpy()[::-1]))
    assert not flatters(data.drop(index=3))


def test_rows_of_which_many_were_trained_on_are_recognised_and_new_ones_are_not():
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(1200, 4)), columns=list("abcd"))
    data["y"] = (data["a"] + 1.5 * rng.normal(size=1200) > 2).astype(int)
    old, new = data[:600], data[600:]
    model = imbtool.fit(old, target="y", recipe="none", learner="lightgbm")

    def told(table):
        found = imbtool.evaluate(model, table, resamples=100).evaluation
        return [note for note in found.notes if "trained on" in note or "very rows" in note]

    for part in (old[:300], pd.concat([old, new[:200]]).sample(frac=1.0, random_state=0)):
        assert [note[:8] for note in told(part)] == ["log-loss"]
    assert [note[:9] for note in told(old)] == ["the model"]
    assert told(new) == []


def test_a_model_of_one_class_against_the_rest_reads_the_old_labels():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=300), "y": rng.choice(["u", "v", "w"], 300)})
    model = imbtool.fit(data, target="y", positive="w", recipe="none", learner="logistic")
    found = from_model(model, data)
    assert found.rows.classes == ("not w", "w")
    assert found.rows.y.sum() == (data["y"] == "w").sum()
