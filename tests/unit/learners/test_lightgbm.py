"""LightGBM: shared bins, weights that change between rounds, rare positives."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from imbtool.core.protocols import Phase
from imbtool.core.types import Layout
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.learners.lightgbm.learner import set_weight


class Steps:
    """A schedule of given weights, each for its share of the rounds."""

    def __init__(self, *steps: tuple[float, np.ndarray]) -> None:
        self.steps = steps

    def phases(self, y: np.ndarray, n_stages: int) -> tuple[Phase, ...]:
        ends = [round(end * n_stages) for end, _ in self.steps]
        starts = [0, *ends[:-1]]
        return tuple(
            Phase(start=a, stop=b, weight=w) for a, b, (_, w) in zip(starts, ends, self.steps, strict=True)
        )


def table(n: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(size=n) > 2.2).astype(np.int64)
    return X, y


LAYOUT = Layout(names=tuple("abcdef"), levels=(0,) * 6)
X, Y = table()
HEAVY = np.where(Y == 1, 10.0, 1.0)
HEAVY /= HEAVY.mean()
ONES = np.ones(len(Y))


def fit(learner: LightGBMLearner, y: np.ndarray = Y, **more: Any) -> np.ndarray:
    view = learner.view(X, LAYOUT)
    n_classes = int(y.max()) + 1
    return learner.fit(X, y, view=view, n_classes=n_classes, random_state=3, **more).predict_proba(X)


def test_a_schedule_of_constant_weights_equals_plain_training() -> None:
    learner = LightGBMLearner(n_estimators=40)
    np.testing.assert_array_equal(fit(learner, schedule=Steps((0.5, ONES), (1.0, ONES))), fit(learner))


def test_a_schedule_that_never_switches_equals_row_weights() -> None:
    learner = LightGBMLearner(n_estimators=40)
    np.testing.assert_array_equal(
        fit(learner, schedule=Steps((1.0, HEAVY), (1.0, ONES))), fit(learner, sample_weight=HEAVY)
    )


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_switch_of_weights_equals_training_on_from_a_saved_model(n_classes: int) -> None:
    y = Y if n_classes == 2 else Y + (X[:, 4] > 1)
    learner = LightGBMLearner(n_estimators=40, colsample_bytree=1.0)
    ours = fit(learner, y, schedule=Steps((0.5, HEAVY), (1.0, ONES)))

    task = {"objective": "binary"} if n_classes == 2 else {"objective": "multiclass", "num_class": 3}
    params = {**task, **learner.training_params(3)}
    first = lgb.train(params, lgb.Dataset(X, y, weight=HEAVY, params=params), 20)
    both = lgb.train(params, lgb.Dataset(X, y, params=params), 20, init_model=first)
    theirs = np.asarray(both.predict(X, num_threads=1))
    np.testing.assert_allclose(
        ours[:, 1:] if n_classes == 2 else ours, theirs.reshape(len(X), -1), atol=1e-12
    )
    for weights in (HEAVY, ONES):
        assert np.abs(ours - fit(learner, y, sample_weight=weights)).max() > 0.05


def test_row_weights_multiply_the_weights_of_a_schedule() -> None:
    learner = LightGBMLearner(n_estimators=20)
    other = np.where(X[:, 0] > 0, 1.5, 0.5)
    product = HEAVY * other
    np.testing.assert_array_equal(
        fit(learner, schedule=Steps((1.0, HEAVY)), sample_weight=other),
        fit(learner, sample_weight=product / product.mean()),
    )


@pytest.mark.parametrize("wrong", [None, ONES])
def test_weights_of_one_method_do_not_leak_into_the_next_on_shared_bins(wrong: np.ndarray | None) -> None:
    learner = LightGBMLearner(n_estimators=20)
    view = learner.view(X, LAYOUT)
    shared = learner.bin(X, Y, view=view)
    heavy = (Phase(start=0, stop=20, weight=HEAVY),)
    natural = None if wrong is None else (Phase(start=0, stop=20, weight=wrong),)

    def raw(phases: tuple[Phase, ...] | None, data: lgb.Dataset) -> np.ndarray:
        booster = learner.train(data, phases, n_present=2, random_state=1)
        return np.asarray(booster.predict(X, raw_score=True, num_threads=1))

    alone = raw(None, learner.bin(X, Y, view=view))
    weighted = raw(heavy, shared)
    np.testing.assert_array_equal(raw(natural, shared), alone)
    np.testing.assert_array_equal(raw(heavy, shared), weighted)
    assert np.abs(weighted - alone).max() > 0.5


def test_set_weight_clears_weights_that_the_library_call_would_keep() -> None:
    learner = LightGBMLearner()
    data = learner.bin(X, Y, view=learner.view(X, LAYOUT))
    set_weight(data, HEAVY)
    set_weight(data, None)
    assert data.get_field("weight") is None


def test_rows_taken_from_shared_bins_equal_rows_binned_alike() -> None:
    learner = LightGBMLearner(n_estimators=20)
    view = learner.view(X, LAYOUT)
    shared = learner.bin(X, Y, view=view)
    rows = np.sort(np.random.default_rng(0).integers(0, len(Y), 900))
    copied = learner.bin(X[rows], Y[rows], view=view, reference=shared)
    a = learner.train(shared.subset(rows.tolist()).construct(), None, n_present=2, random_state=0)
    b = learner.train(copied, None, n_present=2, random_state=0)
    np.testing.assert_array_equal(a.predict(X, num_threads=1), b.predict(X, num_threads=1))


def test_no_rounds_of_information_leave_the_base_rate() -> None:
    learner = LightGBMLearner(n_estimators=5)
    flat = np.zeros_like(X)
    view = learner.view(flat, LAYOUT)
    p = learner.fit(flat, Y, view=view, n_classes=2, random_state=0).predict_proba(flat)
    np.testing.assert_allclose(p[:, 1], Y.mean(), rtol=1e-6)


def test_first_rounds_can_be_scored_alone() -> None:
    learner = LightGBMLearner(n_estimators=30)
    view = learner.view(X, LAYOUT)
    model = learner.fit(X, Y, view=view, n_classes=2, random_state=3)
    short = LightGBMLearner(n_estimators=10)
    np.testing.assert_array_equal(
        model.predict_proba(X, n_stages=10),
        short.fit(X, Y, view=view, n_classes=2, random_state=3).predict_proba(X),
    )


def test_a_handful_of_positives_among_many_rows_do_not_blow_the_scores_up() -> None:
    rng = np.random.default_rng(5)
    n = 40_000
    rows = rng.normal(size=(n, 3))
    y = np.zeros(n, dtype=np.int64)
    y[:20] = 1
    rows[:20] += 2.5
    half = np.arange(n) % 2 == 0
    learner = LightGBMLearner()
    layout = Layout(names=("a", "b", "c"), levels=(0, 0, 0))
    view = learner.view(rows[half], layout)
    model = learner.fit(rows[half], y[half], view=view, n_classes=2, random_state=0)
    p = model.predict_proba(rows[~half])[:, 1]
    assert roc_auc_score(y[~half], p) > 0.97
    assert -np.log(np.where(y[~half] == 1, p, 1 - p)).mean() < 0.0044  # that of the base rate


def test_a_category_of_many_levels_without_signal_costs_little() -> None:
    rng = np.random.default_rng(6)
    n = 6000
    codes = rng.integers(0, 400, n).astype(float)
    signal = rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(3.5 - signal))).astype(np.int64)
    rows = np.column_stack([signal, codes])
    train, test = np.arange(n) < n // 2, np.arange(n) >= n // 2

    def auc(columns: list[int], levels: tuple[int, ...]) -> float:
        learner = LightGBMLearner()
        layout = Layout(names=tuple("ab"[: len(columns)]), levels=levels)
        Z = rows[:, columns]
        view = learner.view(Z[train], layout)
        model = learner.fit(Z[train], y[train], view=view, n_classes=2, random_state=0)
        return float(roc_auc_score(y[test], model.predict_proba(Z[test])[:, 1]))

    assert auc([0, 1], (0, 400)) > auc([0], (0,)) - 0.03


@pytest.mark.parametrize(
    "more", [{}, {"schedule": Steps((0.5, HEAVY), (1.0, ONES))}, {"sample_weight": HEAVY}]
)
def test_a_fast_learner_grows_half_the_trees_with_twice_the_step_and_ranks_nearly_as_well(more) -> None:
    fast = LightGBMLearner(n_estimators=61, fast=True)
    view = fast.view(X, LAYOUT)
    model = fast.fit(X, Y, view=view, n_classes=2, random_state=3, **more)
    assert model.booster.num_trees() == 30
    assert fast.training_params(0)["learning_rate"] == 0.2
    plain = roc_auc_score(Y, fit(LightGBMLearner(n_estimators=61), **more)[:, 1])
    assert roc_auc_score(Y, model.predict_proba(X)[:, 1]) > plain - 0.03


def test_where_lightgbm_gives_up_on_quantised_gradients_whole_ones_are_taken(monkeypatch) -> None:
    fast, asked, usual = LightGBMLearner(n_estimators=20, fast=True), [], LightGBMLearner.train

    def train(self, *data, quantised, **how):
        asked.append(quantised)
        if quantised:
            raise lgb.basic.LightGBMError("Check failed: (best_split_info.right_count) > (0)")
        return usual(self, *data, quantised=quantised, **how)

    monkeypatch.setattr(LightGBMLearner, "train", train)
    levels = Layout(names=LAYOUT.names, levels=(0,) * 5 + (2,))
    for layout, tried in (LAYOUT, [True, False]), (levels, [False]):
        asked.clear()
        table = X if layout is LAYOUT else np.column_stack([X[:, :5], X[:, 5] > 0])
        view = fast.view(table, layout)
        model = fast.fit(table, Y, view=view, n_classes=2, random_state=3)
        assert asked == tried
        assert model.booster.num_trees() == 10
