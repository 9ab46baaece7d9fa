"""The value to beat."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.metrics import probability
from imbtool.metrics.catalog import METRICS
from imbtool.metrics.chance import no_skill
from imbtool.metrics.decision import confusion, from_confusion
from imbtool.metrics.ranking import pr_auc, roc_auc

COUNTS = {2: (9_000, 1_000), 3: (6_000, 3_000, 1_000)}


def rows(n_classes):
    return np.repeat(np.arange(n_classes), COUNTS[n_classes])


def drawn(n_classes, shares, seed=0):
    y = rows(n_classes)
    return from_confusion(
        confusion(y, np.random.default_rng(seed).choice(n_classes, len(y), p=shares), n_classes)
    )


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_constant_prediction_reaches_exactly_the_no_skill_scores(n_classes):
    y = rows(n_classes)
    shares = np.bincount(y) / len(y)
    proba = np.tile(shares, (len(y), 1))
    for name, metric in {"pr_auc": pr_auc, "roc_auc": roc_auc}.items():
        assert metric(y, proba) == pytest.approx(no_skill(name, y, n_classes), abs=1e-9)
    for name in ("brier", "brier_skill", "log_loss", "calibration_error", "calibration_intercept"):
        found = getattr(probability, name)(y, proba)
        assert found == pytest.approx(no_skill(name, y, n_classes), abs=1e-9), name


@pytest.mark.parametrize("n_classes", [2, 3])
def test_no_blind_drawing_beats_the_no_skill_decisions(n_classes):
    y = rows(n_classes)
    grid = [np.array(s) / sum(s) for s in np.ndindex(*(4,) * n_classes) if sum(s)]
    grid.append(np.bincount(y) / len(y))
    best: dict[str, float] = {}
    for i, shares in enumerate(grid):
        for name, value in drawn(n_classes, shares, i).items():
            best[name] = max(best.get(name, -1.0), value)
    for name, value in best.items():
        assert value == pytest.approx(no_skill(name, y, n_classes), abs=0.04), name


def test_all_positive_is_the_binary_f1_to_beat():
    y = rows(2)
    found = from_confusion(confusion(y, np.ones_like(y), 2))
    assert no_skill("f1", y, 2) == pytest.approx(found["f1"])
    assert no_skill("f1", y, 2) == pytest.approx(2 * 0.1 / 1.1)


def test_weights_change_the_prevalence():
    y = np.array([0, 0, 0, 1])
    assert no_skill("precision", y, 2, np.array([1.0, 1.0, 1.0, 3.0])) == 0.5


def test_every_metric_of_the_catalogue_but_the_slope_has_a_value():
    undefined = {row.name for row in METRICS if np.isnan(no_skill(row.name, rows(2), 2))}
    assert undefined == {"calibration_slope"}


def test_the_default_twin_has_the_value_of_its_metric():
    assert no_skill("f1_default", rows(2), 2) == no_skill("f1", rows(2), 2)


def test_one_class_and_unknown_metrics_have_none():
    assert np.isnan(no_skill("pr_auc", np.zeros(4, int), 2))
    assert np.isnan(no_skill("a_plug_in", rows(2), 2))
