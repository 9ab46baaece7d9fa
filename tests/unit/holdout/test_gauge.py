"""Measures of many weightings at once are those of the catalogue, one at a time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.holdout.made import scored

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.metric_info import MetricInfo
from imbtool.holdout.gauge import Gauge
from imbtool.holdout.measures import at_top, metric_named, take_measure, top_of
from imbtool.holdout.run import catalogue
from imbtool.metrics.evaluate import evaluate


def expected(rows, weight):
    values, _ = evaluate(
        rows.y,
        rows.proba,
        predicted=rows.decided,
        predicted_default=rows.decided_default,
        n_classes=len(rows.classes),
        base_rate=rows.base_rate,
        sample_weight=weight,
        classes=rows.classes,
    )
    return values


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(4, 80),
    n_classes=st.integers(2, 4),
    seed=st.integers(0, 99),
    decimals=st.sampled_from([None, 1]),
    weighted=st.booleans(),
    base_rate=st.booleans(),
)
def test_every_metric_of_every_resample_is_that_of_the_catalogue(
    n, n_classes, seed, decimals, weighted, base_rate
):
    rows = scored(n, n_classes, seed=seed, decimals=decimals, weighted=weighted, base_rate=base_rate)
    rng = np.random.default_rng(seed)
    counts = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(3)])
    present = [k for k in range(n_classes) if (rows.y == k).any()]
    counts = counts[[all((c[rows.y == k] > 0).any() for k in present) for c in counts]]
    weight = counts if rows.weight is None else counts * rows.weight
    found = Gauge(rows, catalogue(rows)).measure(weight)
    for i, one in enumerate(weight):
        for name, value in expected(rows, one.astype(float)).items():
            assert found[name][i] == pytest.approx(value, rel=0, abs=1e-9, nan_ok=True), name


def test_the_calibration_line_of_many_scores_is_gathered_in_cells_without_harm():
    rows = scored(20_000)
    found = Gauge(rows, [metric_named("calibration_slope"), metric_named("calibration_intercept")])
    values = found.measure(np.ones((1, rows.n)))
    exact = expected(rows, np.ones(rows.n))
    for name in values:
        assert values[name][0] == pytest.approx(exact[name], abs=1e-3)


def test_what_is_costly_can_be_left_out():
    rows = scored(50)
    found = Gauge(rows, catalogue(rows)).measure(np.ones((2, 50)), costly=False)
    assert np.isnan(found["calibration_slope"]).all()
    assert np.isfinite(found["pr_auc"]).all()


def test_scores_that_are_no_probabilities_have_no_metric_of_their_values():
    rows = replace(scored(60), probabilities=False)
    found = Gauge(rows, catalogue(rows)).measure(np.ones((1, 60)))
    assert np.isnan([found[n][0] for n in ("brier", "log_loss", "calibration_error")]).all()
    assert np.isfinite(found["roc_auc"][0])


def brute_points(rows):
    """Precision and recall of every cut."""
    cuts = np.unique(rows.proba[:, 1])
    hit = rows.y == 1
    for cut in cuts:
        called = rows.proba[:, 1] >= cut
        yield (hit & called).sum() / called.sum(), (hit & called).sum() / hit.sum()


@pytest.mark.parametrize("decimals", [None, 1])
@pytest.mark.parametrize("level", [0.3, 0.5, 0.9, 1.0])
def test_a_point_of_the_curve_is_the_best_over_all_cuts(decimals, level):
    rows = scored(120, decimals=decimals)
    measures = [take_measure(f"{kind}>={level}")[0] for kind in ("recall@precision", "precision@recall")]
    found = Gauge(rows, measures).measure(np.ones((1, rows.n)))
    every = list(brute_points(rows))
    assert found[f"recall@precision>={level:g}"][0] == max([r for p, r in every if p >= level], default=0)
    assert found[f"precision@recall>={level:g}"][0] == max([p for p, r in every if r >= level], default=0)


def test_ties_at_the_edge_of_the_top_count_as_drawn_by_lot():
    rows = scored(40, decimals=1, seed=3)
    top = top_of("7")
    found = Gauge(rows, [at_top("precision@top", top), at_top("recall@top", top)]).measure(np.ones((1, 40)))
    score, hit = rows.proba[:, 1], rows.y == 1
    edge = np.sort(score)[::-1][6]
    sure, tied = np.flatnonzero(score > edge), np.flatnonzero(score == edge)
    draws = [hit[[*sure, *some]].sum() for some in itertools.combinations(tied, 7 - len(sure))]
    assert len(draws) > 1
    assert found["precision@top7"][0] == pytest.approx(np.mean(draws) / 7)
    assert found["recall@top7"][0] == pytest.approx(np.mean(draws) / hit.sum())


def test_a_top_larger_than_the_table_is_the_table_and_a_share_is_at_least_a_row():
    rows = scored(50)
    measures = [at_top("recall@top", top_of(text)) for text in ("1000", "100%", "0.1%")]
    found = Gauge(rows, measures).measure(np.ones((1, 50)))
    assert found["recall@top1000"][0] == found["recall@top100%"][0] == 1
    assert found["recall@top0.1%"][0] in (0, 1 / (rows.y == 1).sum())


def accuracy(y, predicted, n_classes, sample_weight):
    return float(np.average(y == predicted, weights=sample_weight))


def broken(y, proba, sample_weight):
    raise RuntimeError("no")


def test_metrics_of_plug_ins_are_called_for_each_resample(monkeypatch):
    ours = dict(registry.metrics())
    row = MetricInfo(name="accuracy", summary="", family="decision", target=f"{__name__}:accuracy")
    monkeypatch.setattr(registry, "metrics", lambda: {**ours, "accuracy": row})
    monkeypatch.setattr(MetricInfo, "load", lambda self: globals()[self.target.partition(":")[2]])
    rows = scored(80)
    found = Gauge(rows, [metric_named("accuracy"), metric_named("accuracy_default")]).measure(
        np.vstack([np.ones(80), rows.y == 1])
    )
    assert found["accuracy"] == pytest.approx(
        [np.mean(rows.y == rows.decided), np.mean(rows.decided[rows.y == 1])]
    )
    assert found["accuracy_default"][0] == np.mean(rows.y == rows.decided_default)
    bad = MetricInfo(name="broken", summary="", family="ranking", target=f"{__name__}:broken")
    monkeypatch.setattr(registry, "metrics", lambda: {**ours, "broken": bad})
    with pytest.raises(UsageError, match=r"'broken'.*RuntimeError: no"):
        Gauge(rows, [metric_named("broken")]).measure(np.ones((1, 80)))
