"""All metrics of one test part at once."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool import registry
from imbtool.core.errors import DataError, UsageError
from imbtool.core.metric_info import MetricInfo
from imbtool.metrics.catalog import METRICS
from imbtool.metrics.decision import AVERAGES
from imbtool.metrics.evaluate import evaluate


def part(n_classes, n=500, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(n_classes, n, p=np.arange(n_classes, 0, -1) / np.arange(n_classes, 0, -1).sum())
    proba = rng.dirichlet(np.ones(n_classes), n) + 0.3 * np.eye(n_classes)[y]
    proba /= proba.sum(axis=1, keepdims=True)
    predicted = (proba[:, 1] >= 0.4).astype(int) if n_classes == 2 else np.argmax(proba * [[2, 1, 1]], axis=1)
    return y, proba, predicted, proba.argmax(axis=1), rng.uniform(0.5, 2, n)


def run(y, proba, predicted, default, weight=None, **more):
    n_classes = proba.shape[1]
    more = {"base_rate": np.full(n_classes, 1 / n_classes), "classes": tuple("abc"[:n_classes])} | more
    return evaluate(
        y,
        proba,
        predicted=predicted,
        predicted_default=default,
        n_classes=n_classes,
        sample_weight=weight,
        **more,
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_value_is_that_of_the_metrics_own_function(n_classes, weighted):
    y, proba, predicted, default, weight = part(n_classes)
    weight = weight if weighted else None
    metrics, _ = run(y, proba, predicted, default, weight)
    for row in METRICS:
        function = row.load()
        if row.family == "decision":
            assert metrics[row.name] == pytest.approx(function(y, predicted, n_classes, weight), abs=1e-12)
            assert metrics[f"{row.name}_default"] == pytest.approx(
                function(y, default, n_classes, weight), abs=1e-12
            )
        elif row.name == "brier_skill":
            rate = np.full(n_classes, 1 / n_classes)
            assert metrics[row.name] == pytest.approx(function(y, proba, weight, rate), abs=1e-12)
        else:
            assert metrics[row.name] == pytest.approx(function(y, proba, weight), abs=1e-12)


def test_names_follow_the_catalogue_and_decisions_come_twice():
    metrics, _ = run(*part(2)[:4])
    expected = [
        name
        for row in METRICS
        for name in ((row.name, f"{row.name}_default") if row.family == "decision" else (row.name,))
    ]
    assert list(metrics) == expected


def test_binary_has_no_values_by_class():
    assert run(*part(2)[:4])[1] == {}


def test_values_by_class_are_those_of_the_class_against_the_rest():
    y, proba, predicted, default, weight = part(3)
    metrics, per_class = run(y, proba, predicted, default, weight)
    averages = {f"{name}{suffix}" for name in AVERAGES for suffix in ("", "_default")}
    assert set(per_class) == set(metrics) - averages
    for k, label in enumerate("abc"):
        pair = np.column_stack((1 - proba[:, k], proba[:, k]))
        codes = [(c == k).astype(int) for c in (y, predicted, default)]
        binary, _ = run(codes[0], pair, *codes[1:], weight, base_rate=np.array([2 / 3, 1 / 3]))
        found = {name: values[label] for name, values in per_class.items()}
        assert found == pytest.approx({n: v for n, v in binary.items() if n not in averages}, abs=1e-9)


def test_a_class_without_rows_has_nan_of_its_own_and_spoils_no_mean():
    y, proba, predicted, default, _ = part(3)
    y = np.where(y == 2, 0, y)
    metrics, per_class = run(y, proba, predicted, default)
    assert np.isnan(per_class["pr_auc"]["c"])
    assert np.isnan(per_class["recall"]["c"])
    assert not any(np.isnan(v) for v in metrics.values())


def test_a_part_of_one_class_gives_nan_where_undefined_without_warnings():
    y, proba, predicted, default, _ = part(2)
    metrics, _ = run(np.zeros_like(y), proba, predicted, default)
    undefined = {name for name, value in metrics.items() if np.isnan(value)}
    assert {"pr_auc", "roc_auc", "f1", "f1_default", "mcc", "calibration_slope"} <= undefined
    assert undefined.isdisjoint({"brier", "log_loss", "calibration_error", "brier_skill"})


def test_broken_scores_are_refused():
    y, proba, predicted, default, _ = part(2)
    proba[3] = np.nan
    with pytest.raises(DataError, match="1 of 500 rows hold NaN"):
        run(y, proba, predicted, default)


def mean_score(y, proba, sample_weight=None):
    return np.average(proba[:, 1], weights=sample_weight)


def share_called(y, predicted, n_classes, sample_weight=None):
    return np.average(predicted == 1, weights=sample_weight)


def broken(y, proba, sample_weight=None):
    return 1 / 0


@pytest.fixture
def with_plug_in(monkeypatch):
    def install(name, family, function):
        row = MetricInfo(
            name=name, family=family, summary="A plug-in's", target=f"{__name__}:{function.__name__}"
        )
        monkeypatch.setattr(MetricInfo, "load", lambda self: function)
        known = {**registry.metrics(), name: row}
        monkeypatch.setattr(registry, "metrics", lambda: known)

    return install


def test_a_plug_in_metric_of_scores_is_called_with_scores(with_plug_in):
    with_plug_in("mean_score", "probability", mean_score)
    y, proba, predicted, default, weight = part(2)
    metrics, _ = run(y, proba, predicted, default, weight)
    assert metrics["mean_score"] == pytest.approx(np.average(proba[:, 1], weights=weight))


def test_a_plug_in_metric_of_decisions_is_called_at_both_thresholds(with_plug_in):
    with_plug_in("share_called", "decision", share_called)
    y, proba, predicted, default, _ = part(2)
    metrics, _ = run(y, proba, predicted, default)
    assert metrics["share_called"] == pytest.approx(predicted.mean())
    assert metrics["share_called_default"] == pytest.approx(default.mean())


def test_a_plug_in_metric_that_fails_is_named(with_plug_in):
    with_plug_in("broken", "probability", broken)
    with pytest.raises(UsageError, match=r"Metric 'broken' .* failed: ZeroDivisionError"):
        run(*part(2)[:4])
