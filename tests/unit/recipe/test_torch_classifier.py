"""The network as a classifier of scikit-learn."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from imbtool import TorchClassifier
from imbtool.core.errors import UsageError
from imbtool.learners.torch import TorchLearner

pytest.importorskip("torch", reason="imbtool[torch] is not installed")

QUICK = {"members": 1, "width": 16, "epochs": 10, "learning_rate": 0.02}


def frame(n: int = 300, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.choice(["x", "y", "z"], n), "c": rng.normal(size=n)})
    X.loc[::7, "a"] = np.nan
    y = np.where(X.a.fillna(0) + (X.b == "z") + rng.normal(size=n) > 1.5, "rare", "usual")
    return X, y


def test_its_parameters_and_defaults_are_those_of_the_learner() -> None:
    ours, learners = (inspect.signature(kind).parameters for kind in (TorchClassifier, TorchLearner))
    assert {n: p.default for n, p in ours.items() if n != "random_state"} == {
        n: p.default for n, p in learners.items()
    }


def test_it_learns_from_a_frame_of_numbers_text_and_gaps() -> None:
    X, y = frame()
    scores = cross_val_score(TorchClassifier(**QUICK), X, y, scoring="roc_auc", cv=3)
    assert scores.mean() > 0.75


def test_the_same_seed_gives_the_same_bytes_and_a_clone_keeps_the_parameters() -> None:
    X, y = frame()
    first = TorchClassifier(**QUICK).fit(X, y)
    again = clone(first).fit(X, y)
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    assert first.classes_.tolist() == ["rare", "usual"]
    assert first.learner == "torch(epochs=10, learning_rate=0.02, members=1, width=16)"


def test_sample_weights_count() -> None:
    X, y = frame()
    heavy = np.where(y == "rare", 10.0, 1.0)
    plain, weighted = (TorchClassifier(**QUICK).fit(X, y, sample_weight=w) for w in (None, heavy))
    assert weighted.predict_proba(X)[:, 0].mean() > plain.predict_proba(X)[:, 0].mean() + 0.1


def test_a_parameter_out_of_its_range_is_refused() -> None:
    X, y = frame(60)
    with pytest.raises(UsageError, match="`dropout` must be a number of at least 0"):
        TorchClassifier(dropout=2.0).fit(X, y)


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks_pass_but_where_they_hand_over_a_class_of_one_row() -> None:
    small = TorchClassifier(members=1, width=8, epochs=25, learning_rate=0.05)
    results = check_estimator(small, on_fail=None, on_skip=None)
    failed = {r["check_name"]: str(r["exception"]) for r in results if r["status"] == "failed"}
    assert len(results) > 50
    assert not {name: text for name, text in failed.items() if "with 1 row only" not in text}
    assert len(failed) < 10
