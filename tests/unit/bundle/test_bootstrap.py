"""The bootstrap .632+ of a model that is fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

import imbtool
from imbtool.bundle.bootstrap import _chance, _draw, _taken, point632
from imbtool.bundle.describe import describe
from imbtool.core.errors import UsageError
from imbtool.data.load import load_dataset

SHARES = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
"""Not so small that one minus it is one."""


def noise(n: int = 150, *, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(n, 5)), columns=list("abcde"))
    return table.assign(y=rng.permutation(np.arange(n) < n // 4).astype(int))


@given(SHARES, SHARES, SHARES)
def test_the_estimate_does_not_depend_on_which_way_is_better(training, out, chance) -> None:
    assert point632(training, out, chance) == pytest.approx(1 - point632(1 - training, 1 - out, 1 - chance))


def test_without_overfitting_it_is_the_632_and_with_all_of_it_the_out_of_bag_value() -> None:
    assert point632(0.3, 0.3, 0.5) == pytest.approx(0.3)
    assert point632(0.9, 0.9, 0.5) == pytest.approx(0.9)
    assert point632(1.0, 0.5, 0.5) == pytest.approx(0.5)
    assert point632(1.0, 0.4, 0.5) == pytest.approx(0.5)  # no worse than chance


def test_it_agrees_with_mlxtend_where_that_stays_within_the_papers_limits() -> None:
    evaluate = pytest.importorskip("mlxtend.evaluate")
    rng = np.random.default_rng(2)
    X = rng.normal(size=(120, 3))
    y = (X[:, 0] + rng.normal(size=120) > 0).astype(int)
    model = LogisticRegression()
    theirs = evaluate.bootstrap_point632_score(
        model, X, y, n_splits=8, method=".632+", random_seed=3, clone_estimator=True
    )
    for score, (train, test) in zip(
        theirs, evaluate.BootstrapOutOfBag(n_splits=8, random_seed=3).split(X), strict=True
    ):
        fitted = LogisticRegression().fit(X[train], y[train])
        called = fitted.predict(X)
        chance = np.mean(y[:, None] == called[None, :])
        training, out = accuracy_score(y, called), accuracy_score(y[test], called[test])
        if chance <= out <= training:
            assert point632(training, out, chance) == pytest.approx(score)
    assert np.ptp(theirs) > 0


@given(st.integers(0, 50), st.booleans())
def test_rows_that_are_left_out_were_not_drawn_and_groups_are_drawn_whole(seed, grouped) -> None:
    table = noise(60).assign(g=np.arange(60) // 4)
    data = load_dataset(table, target="y", group="g" if grouped else None)
    drawn, left = _draw(data, np.random.default_rng(seed))
    assert not set(drawn) & set(left)
    assert set(drawn) | set(left) == set(range(60))
    part = _taken(data, drawn)
    assert len(part.y) == len(drawn)
    if grouped:
        assert not set(data.group[drawn]) & set(data.group[left])
    for code in set(part.group):  # copies of a row are one group
        rows = drawn[part.group == code]
        assert len(set(rows if not grouped else data.group[rows])) == 1


def test_a_model_that_learnt_noise_by_heart_is_found_at_chance() -> None:
    model = imbtool.fit(noise(), target="y", recipe="none", learner="lightgbm", bootstrap=20)
    found = {one.metric: one for one in model.manifest.metrics.bootstrap}
    assert model.manifest.metrics.training["roc_auc"] > 0.9
    assert 0.35 < found["roc_auc"].value < 0.65
    assert found["roc_auc"].low <= found["roc_auc"].value <= found["roc_auc"].high


def test_values_of_pairs_at_random_are_means_over_all_pairs() -> None:
    model = imbtool.fit(noise(), target="y", recipe="none", learner="logistic")
    data = load_dataset(noise(), target="y")
    proba, codes = model.score_matrix(data.X)
    chance = _chance(model, data, None)
    y, p = data.y, proba[:, 1]
    assert chance["brier"] == pytest.approx(np.mean((p[None, :] - y[:, None]) ** 2))
    log = -np.where(y[:, None] == 1, np.log(p)[None, :], np.log(1 - p)[None, :])
    assert chance["log_loss"] == pytest.approx(log.mean())
    assert chance["recall"] == pytest.approx(np.mean(codes == 1))
    skill = 1 - chance["brier"] / (data.y.mean() * (1 - data.y.mean()))
    assert chance["brier_skill"] == pytest.approx(skill)


def test_the_estimate_is_kept_in_the_file_and_shown(tmp_path) -> None:
    model = imbtool.fit(noise(), target="y", recipe="threshold", learner="logistic", bootstrap=10)
    model.save(tmp_path / "m.imb")
    again = imbtool.load(tmp_path / "m.imb")
    assert again.manifest.metrics == model.manifest.metrics
    assert "bootstrap .632+, 10 rounds" in describe(again.manifest)
    plain = replace(model.manifest.metrics, bootstrap=(), rounds=0)
    assert "bootstrap" not in describe(replace(model.manifest, metrics=plain))


def test_an_order_of_time_and_too_few_rounds_are_refused() -> None:
    table = noise().assign(t=np.arange(150))
    with pytest.raises(UsageError, match="rows of all times"):
        imbtool.fit(table, target="y", time="t", recipe="none", learner="logistic", bootstrap=20)
    with pytest.raises(UsageError, match="at least 10 rounds"):
        imbtool.fit(noise(), target="y", recipe="none", learner="logistic", bootstrap=3)
