"""Whole evaluations: metrics, slices, gates, baselines, the document."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.unit.holdout.made import scored, table

import imbtool
from imbtool.core.errors import DataError, UsageError
from imbtool.report.holdout.document import to_document


@pytest.fixture(scope="module")
def frame():
    return table(scored(600, threshold=0.3))


def judged(frame, **how):
    return imbtool.evaluate(scores=frame, **{"target": "truth", "resamples": 200, **how})


@pytest.fixture(scope="module")
def report(frame):
    gates = ["roc_auc >= 0.6", "roc_auc >= 0.99", "pr_auc >= 0.78", "each region: recall >= 0.2"]
    gates += ["recall@precision>=0.5 >= 0.01"]
    return judged(frame, slices=["region", "age"], gates=gates)


def test_gates_pass_fail_or_stay_open_and_open_ones_fail_unless_told_otherwise(report, frame):
    outcomes = [gate.outcome for gate in report.gates]
    assert outcomes[:3] == ["pass", "fail", "inconclusive"]
    assert [gate.passed for gate in report.gates[:3]] == [True, False, False]
    assert [gate.level for gate in report.gates[3:6]] == ["north", "south", "west"]
    assert report.gates[6].measure == "recall@precision>=0.5"
    assert not report.passed
    lenient = judged(frame, gates=["pr_auc >= 0.78", "roc_auc >= 0.6"], inconclusive="pass")
    assert lenient.passed
    assert lenient.gates[0].outcome == "inconclusive"
    assert "about" in lenient.gates[0].sentence
    assert lenient.gates[0].rows_needed > 600


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_intervals(report, frame):
    gates = [gate.gate for gate in report.gates]
    again = judged(
        frame, slices=["region", "age"], gates=[*gates[:3], "each region: recall >= 0.2", gates[-1]]
    )
    assert again.to_json() == report.to_json()
    other = judged(frame, seed=1)
    assert other.metrics.loc["pr_auc", "value"] == report.metrics.loc["pr_auc", "value"]
    assert other.metrics.loc["pr_auc", "low"] != report.metrics.loc["pr_auc", "low"]


def test_rows_in_another_order_give_the_same_values(report, frame):
    mixed = judged(frame.sample(frac=1, random_state=3), slices="region")
    np.testing.assert_allclose(
        mixed.metrics["value"].astype(float),
        report.metrics.loc[mixed.metrics.index, "value"].astype(float),
        rtol=0,
        atol=1e-12,
    )


def test_slices_are_evaluations_of_their_rows(report, frame):
    (region, age) = report.evaluation.slices
    assert (region.how, age.how) == ("levels", "quartiles")
    north = judged(frame[frame["region"] == "north"])
    for name in ("pr_auc", "recall", "log_loss"):
        found = region.slices[0].metrics[name]
        assert found.value == pytest.approx(north.metrics.loc[name, "value"])
        assert found.low <= found.value <= found.high
    assert sum(part.rows for part in age.slices) == 600
    assert list(report.slices["slice"][:3]) == ["north", "south", "west"]


def test_a_small_slice_is_marked_told_and_never_decided(frame):
    few = frame.assign(region=np.where(frame["key"] < 12, "island", "main"))
    found = judged(few, slices="region", gates=["region=island: recall >= 0.01", "region=island: brier <= 1"])
    island = found.evaluation.slices[0].slices[0]
    assert island.small
    assert any("'island'" in note for note in found.evaluation.notes)
    assert [gate.outcome for gate in found.gates] == ["inconclusive", "inconclusive"]
    assert "at least 10 are needed" in found.gates[0].sentence


def test_a_slice_of_one_class_has_no_metric_and_no_decision(frame):
    only = frame.assign(region=np.where(frame["truth"] == "a", "x", "y"))
    found = judged(only, gates=["each region: roc_auc >= 0.5"])
    assert [gate.outcome for gate in found.gates] == ["inconclusive"] * 2
    assert all(gate.rows_needed is None for gate in found.gates)
    json.loads(found.to_json())


def test_gates_on_what_is_not_there_are_refused_together(frame):
    with pytest.raises(UsageError) as caught:
        judged(
            frame, gates=["regoin=north: recall >= 0.1", "region=nroth: recall >= 0.1", "pr_auc >= baseline"]
        )
    told = caught.value.message
    assert "3 gates" in told
    assert "Did you mean 'region'?" in told
    assert "Did you mean 'north'" in told
    assert "--baseline" in told
    with pytest.raises(UsageError) as caught:
        judged(frame, slices="regoin")
    assert caught.value.code == "column-missing"


def test_the_same_rows_are_compared_row_by_row_whatever_their_order(report, frame):
    gates = ["pr_auc >= baseline", "pr_auc >= baseline - 0.01", "roc_auc > baseline"]
    same = judged(frame.sample(frac=1, random_state=1), gates=gates, baseline=report)
    assert same.evaluation.baseline.paired
    assert [gate.outcome for gate in same.gates] == ["pass", "pass", "fail"]
    assert same.gates[0].difference.low == same.gates[0].difference.high == 0
    noise = np.random.default_rng(0).normal(size=600)
    p = frame["probability_b"].clip(1e-6, 1 - 1e-6)
    worse = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + 1.5 * noise)))
    changed = frame.assign(probability_b=worse, probability_a=1 - worse)
    found = judged(
        changed, gates=["roc_auc >= baseline", "region=north: roc_auc >= baseline"], baseline=report
    )
    assert found.evaluation.baseline.paired
    assert [gate.paired for gate in found.gates] == [True, True]
    assert found.gates[0].outcome == "fail"
    alone = judged(changed, gates=["roc_auc >= baseline"], baseline=report.without_rows())
    assert not alone.evaluation.baseline.paired
    assert "without the scores of its rows" in alone.evaluation.baseline.reason
    paired, loose = found.gates[0].difference, alone.gates[0].difference
    assert paired.value == pytest.approx(loose.value)
    assert paired.high - paired.low < loose.high - loose.low


def test_other_rows_are_not_paired_and_say_so(report, frame):
    half = judged(frame.iloc[:300], gates=["pr_auc >= baseline - 0.5"], baseline=report)
    assert not half.evaluation.baseline.paired
    assert "300 of 300 rows are among its 600" in half.evaluation.baseline.reason
    changed = frame.assign(age=frame["age"] + 1)
    assert not judged(changed, gates=["f1 >= baseline"], baseline=report).evaluation.baseline.paired
    less = judged(frame.drop(columns="age"), gates=["f1 >= baseline"], baseline=report)
    assert "lacks columns of it: 'age'" in less.evaluation.baseline.reason
    more = judged(frame.assign(new=1), gates=["f1 >= baseline"], baseline=report)
    assert more.evaluation.baseline.paired


def test_rows_of_equal_content_are_matched_one_to_one():
    rows = scored(300, decimals=1)
    plain = table(rows).drop(columns=["key", "age"])
    first = judged(plain)
    again = judged(plain.sample(frac=1, random_state=2), gates=["pr_auc >= baseline"], baseline=first)
    assert again.evaluation.baseline.paired


def test_what_the_baseline_did_not_measure_is_measured_on_its_rows_or_asked_for(report, frame):
    half = frame.iloc[:300]
    found = judged(half, gates=["precision@top7% >= baseline - 0.9"], baseline=report)
    assert found.gates[0].outcome == "pass"
    with pytest.raises(DataError) as caught:
        judged(half, gates=["precision@top7% >= baseline"], baseline=report.without_rows())
    assert caught.value.code == "baseline-lacks"
    sliced = judged(half, gates=["region=north: recall >= baseline - 0.9"], baseline=report.without_rows())
    assert sliced.gates[0].outcome == "pass"
    with pytest.raises(DataError, match="region=north"):
        judged(half, gates=["region=north: recall >= baseline"], baseline=judged(frame, keep_rows=False))


def test_weights_travel_with_the_baseline():
    frame = table(scored(300)).assign(w=np.random.default_rng(0).integers(1, 4, 300))
    first = judged(frame, weight="w")
    found = judged(frame, weight="w", gates=["pr_auc >= baseline"], baseline=first)
    assert (found.gates[0].baseline, found.gates[0].outcome) == (found.gates[0].value.value, "pass")


def test_several_classes_are_judged_too():
    frame = table(scored(250, 3))
    first = judged(frame, slices="region", gates=["roc_auc >= 0.6", "each region: f1 >= 0.1"])
    assert first.gates[0].outcome == "pass"
    assert set(first.evaluation.per_class["recall"]) == {"a", "b", "c"}
    assert first.evaluation.top == ()
    found = judged(frame, gates=["roc_auc >= baseline", "recall@top20 >= baseline"], baseline=first)
    assert found.evaluation.baseline.paired
    assert found.passed


def hostile(document):
    rows = document["row_scores"]
    bomb = base64.b64encode(zlib.compress(b"\0" * 50_000_000)).decode()
    yield {"not": "an evaluation"}
    yield document | {"metrics": None}
    yield document | {"metrics": {"pr_auc": {"value": "x", "low": 0, "high": 1, "how": ""}}}
    yield document | {"data": {}}
    yield document | {"row_scores": rows | {"scores": [bomb]}}
    yield document | {"row_scores": rows | {"scores": rows["scores"] * 2}}
    yield document | {"row_scores": rows | {"n": 10**12}}
    yield document | {"row_scores": rows | {"n": -1}}
    yield document | {"row_scores": rows | {"fingerprints": "%%%"}}
    yield document | {
        "row_scores": rows | {"classes": base64.b64encode(zlib.compress(b"\xff" * 1200)).decode()}
    }
    yield document | {"row_scores": {"method": "splitmix64/1"}}
    nan = np.full(rows["n"], np.nan).tobytes()
    yield document | {"row_scores": rows | {"scores": [base64.b64encode(zlib.compress(nan)).decode()]}}


def test_a_baseline_that_is_none_is_refused_and_takes_no_memory(report, frame, tmp_path):
    for changed in hostile(to_document(report.evaluation)):
        with pytest.raises(DataError) as caught:
            judged(frame, gates=["pr_auc >= baseline"], baseline=changed)
        assert caught.value.code in ("not-evaluation", "bad-evaluation")
    newer = to_document(report.evaluation) | {"schema_version": 99}
    with pytest.raises(DataError) as caught:
        judged(frame, baseline=newer)
    assert caught.value.code == "newer-schema"
    broken = tmp_path / "b.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        judged(frame, baseline=broken)
    assert caught.value.code == "not-json"


def test_what_to_judge_must_be_clear(frame):
    for how in (
        {},
        {"model": "m.imb", "scores": frame},
        {"scores": frame},
        {"model": "m.imb"},
        {"model": "m.imb", "data": frame, "score": "p"},
    ):
        with pytest.raises(UsageError) as caught:
            imbtool.evaluate(**how)
        assert caught.value.code == "what-to-judge"
    with pytest.raises(UsageError):
        judged(frame, inconclusive="maybe")
    with pytest.raises(UsageError):
        judged(frame, resamples=5)
    with pytest.raises(UsageError):
        judged(frame, top="many")


def test_a_model_is_judged_against_its_training():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"x": rng.normal(size=1000)})
    data["y"] = (data["x"] + rng.normal(size=1000) > 1.8).astype(int)
    model = imbtool.fit(data, target="y", recipe="threshold", learner="logistic")
    kept = (data["y"] == 1) | (rng.random(1000) < 0.3)
    report = imbtool.evaluate(model, data[kept], resamples=200)
    assert report.evaluation.shift.clear
    assert report.evaluation.shift.classes[0].log_odds == pytest.approx(np.log(1 / 0.3), abs=0.15)
    assert report.evaluation.model["recipe"] == "threshold"
    assert report.evaluation.settings.threshold == model.threshold_
    moved = imbtool.evaluate(model, data, threshold=0.9, resamples=100)
    assert moved.evaluation.settings.threshold == (0.9,)
    assert "PR-AUC" in repr(report)
    assert "<table" in report._repr_html_()


def test_every_documented_field_of_the_document_is_there_and_every_field_is_documented(report):
    from pathlib import Path

    text = (Path(__file__).parents[3] / "docs" / "eval.md").read_text(encoding="utf-8")
    document = to_document(replace(report.evaluation))

    def names(value):
        if isinstance(value, dict):
            for key, item in value.items():
                yield key
                yield from names(item)
        if isinstance(value, list):
            for item in value[:1]:
                yield from names(item)

    loose = {*document["metrics"], *document["points"]}
    missing = {name for name in names(document) if name not in loose and f"`{name}`" not in text}
    assert missing == set()
