"""The laws of a comparison, on whole runs."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification

from imbtool import compare
from imbtool.core.errors import DataError

QUICK = "lightgbm(n_estimators=20)"


def table(n=600, seed=0, signal=True):
    X, y = make_classification(
        n, 6, n_informative=3, weights=[0.9], class_sep=1.2, flip_y=0.01, random_state=seed
    )
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(6)])
    frame["colour"] = random.choice(["red", "green", "blue"], n)
    frame.loc[random.random(n) < 0.1, "x0"] = np.nan
    frame["y"] = y if signal else random.permutation(y)
    return frame


def numbers(report):
    """Everything about the trials but the clock."""
    return [
        (t.learner, t.recipe, t.repeat, t.fold, t.status, tuple(sorted(t.metrics.items())), t.threshold)
        for t in report.comparison.trials
    ]


def same(a, b):
    return all(
        x == y or (isinstance(x, float) and math.isnan(x) and math.isnan(y))
        for left, right in zip(a, b, strict=True)
        for (_, x), (_, y) in zip(left[5], right[5], strict=True)
    ) and [n[:5] for n in a] == [n[:5] for n in b]


def test_the_same_seed_gives_the_same_numbers_with_one_worker_and_with_two():
    options = {"target": "y", "methods": "smote,cooldown,easy_ensemble", "learners": QUICK, "repeats": 1}
    one = compare(table(), jobs=1, **options)
    two = compare(table(), jobs=2, **options)
    assert same(numbers(one), numbers(two))
    assert one.verdict.kind == two.verdict.kind


def test_another_seed_draws_other_folds():
    options = {"target": "y", "methods": "none", "learners": "logistic", "repeats": 1, "jobs": 1}
    assert not same(
        numbers(compare(table(), seed=0, **options)), numbers(compare(table(), seed=1, **options))
    )


def test_a_method_scores_the_same_alone_and_in_company():
    options = {"target": "y", "learners": QUICK, "repeats": 1, "jobs": 1}
    alone = compare(table(), methods="tomek", **options)
    company = compare(table(), methods="class_weight,random_over,smote,tomek,adasyn", **options)
    pick = [[n for n in numbers(r) if n[1] == "tomek"] for r in (alone, company)]
    assert pick[0]
    assert same(*pick)


def test_the_controls_are_always_there():
    report = compare(table(), target="y", methods="smote", learners="logistic", repeats=1, jobs=1)
    have = set(report.methods["recipe"])
    assert {
        "none",
        "threshold",
        "sigmoid",
        "isotonic",
        "temperature_scaling",
        "class_weight",
        "smote",
    } == have


def test_on_pure_noise_no_method_ranks_better_than_chance():
    frame = table(n=900, signal=False)
    report = compare(frame, target="y", learners=QUICK, folds=3, repeats=1, jobs=1)
    done = report.methods[report.methods["status"] == "ok"]
    assert len(done) > 15
    assert done["roc_auc"].between(0.35, 0.65).all()
    assert report.verdict.kind not in ("use", "move-threshold", "calibrate")


def test_test_rows_are_untouched_by_resampling():
    frame = table()
    report = compare(frame, target="y", methods="smote,random_under", learners="logistic", repeats=1, jobs=1)
    for recipe in ("none", "smote", "random_under"):
        trials = [t for t in report.comparison.trials if t.recipe == recipe]
        assert sum(t.n_test for t in trials) == len(frame)
        for trial in trials:
            assert sum(trial.counts_before) == trial.n_train
            majority, minority = trial.counts_after
            assert (majority > 2 * minority) == (recipe == "none")


def test_what_cannot_be_applied_is_reported_with_its_reason_and_the_rest_goes_on():
    report = compare(table(), target="y", methods="cooldown,adasyn", learners="logistic", repeats=1, jobs=1)
    rows = report.methods.set_index("recipe")
    assert rows.loc["cooldown", "status"] == "not-applicable"
    assert rows.loc["adasyn", "status"] == "not-applicable"
    reasons = {m.recipe: m.reason for m in report.comparison.methods}
    assert "trained in stages" in reasons["cooldown"]
    assert "colour" in reasons["adasyn"]
    assert rows.loc["none", "status"] == "ok"


def test_groups_stay_on_one_side_and_time_runs_forward():
    frame = table()
    frame["patient"] = np.arange(len(frame)) // 3
    report = compare(
        frame, target="y", group="patient", methods="none", learners="logistic", repeats=1, jobs=1
    )
    assert "groups apart" in report.comparison.settings.splitter
    frame["day"] = pd.date_range("2024-01-01", periods=len(frame), freq="D")
    report = compare(frame, target="y", time="day", methods="smote", learners="logistic", jobs=1)
    assert report.comparison.settings.splitter.startswith("forward")
    sizes = [t.n_train for t in report.comparison.trials if t.recipe == "none"]
    assert sizes == sorted(sizes)


def test_weights_reach_training_and_metrics():
    frame = table()
    frame["w"] = np.where(frame["x1"] > 0, 5.0, 1.0)
    options = {"target": "y", "methods": "class_weight", "learners": "logistic", "repeats": 1, "jobs": 1}
    weighted = compare(frame, weight="w", **options)
    plain = compare(frame.drop(columns="w"), **options)
    assert not same(numbers(weighted), numbers(plain))


def test_three_classes_work_throughout():
    frame = table(n=500)
    frame["y"] = np.where(frame["y"] == 1, "bad", np.where(frame["x2"] > 1, "odd", "good"))
    report = compare(frame, target="y", learners=QUICK, folds=2, repeats=1, jobs=1)
    done = report.methods[report.methods["status"] == "ok"]
    assert len(done) > 15
    assert done["pr_auc"].between(0, 1).all()
    winner = next(m for m in report.comparison.methods if m.rank == 1)
    assert set(winner.per_class["pr_auc"]) == {"bad", "good", "odd"}


def test_more_folds_than_positives_is_refused_when_asked_for():
    frame = table(n=100)
    frame["y"] = [1] * 4 + [0] * 96
    with pytest.raises(DataError, match="4"):
        compare(frame, target="y", folds=10)
    report = compare(frame, target="y", methods="none", learners="logistic", jobs=1)
    assert report.verdict.kind == "too-few-positives"
    assert report.comparison.settings.folds == 4
