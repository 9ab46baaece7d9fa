"""What every learner promises, tried on each of them."""

from __future__ import annotations

import inspect
import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from imbtool.core.types import Layout
from imbtool.learners.catalog import LEARNERS
from imbtool.learners.forest import ForestLearner
from imbtool.learners.lightgbm import LightGBMLearner
from imbtool.learners.linear import LogisticLearner

if TYPE_CHECKING:
    from imbtool.core.learner_info import LearnerInfo

SMALL = {
    "lightgbm": {"n_estimators": 30},
    "logistic": {},
    "forest": {"n_estimators": 30},
    "torch": {"members": 2, "epochs": 15, "width": 32, "learning_rate": 0.01},
}
LAYOUT = Layout(names=("a", "b", "c", "d"), levels=(0, 0, 4, 0))


def loaded(row: LearnerInfo) -> Any:
    """Return the class of a row, or skip where its optional package is not installed."""
    if row.extra:
        pytest.importorskip(row.extra, reason=f"imbtool[{row.extra}] is not installed")
    return row.load()


@pytest.fixture(params=[row.name for row in LEARNERS])
def learner(request: pytest.FixtureRequest) -> Any:
    row = next(r for r in LEARNERS if r.name == request.param)
    return loaded(row)(**SMALL[row.name])


def table(n: int = 600, n_classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, 2)), rng.integers(0, 4, n), rng.lognormal(size=n)])
    score = X[:, 0] + (X[:, 2] == 1) + 0.5 * rng.normal(size=n)
    y = np.digitize(score, np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1])).astype(np.int64)
    X[rng.random(X.shape) < 0.1] = np.nan
    return X, y


def proba(
    learner: Any, X: np.ndarray, y: np.ndarray, new: np.ndarray, n_classes: int, **more: Any
) -> np.ndarray:
    view = learner.view(X, LAYOUT)
    model = learner.fit(view.transform(X), y, view=view, n_classes=n_classes, random_state=7, **more)
    return model.predict_proba(view.transform(new))


@pytest.mark.parametrize("row", LEARNERS, ids=lambda row: row.name)
def test_catalogue_and_constructor_agree_on_names_and_defaults(row: Any) -> None:
    signature = inspect.signature(loaded(row)).parameters
    assert {p.name: p.default for p in row.params} == {n: p.default for n, p in signature.items()}
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in signature.values())


@pytest.mark.parametrize("row", LEARNERS, ids=lambda row: row.name)
def test_catalogue_defaults_lie_in_their_ranges(row: Any) -> None:
    for param in row.params:
        if param.type == "choice":
            assert param.default in param.choices
        elif param.default is None:
            assert param.optional
        else:
            assert param.low is None or param.low <= param.default
            assert param.high is None or param.default <= param.high


def test_constructor_only_stores(learner: Any) -> None:
    before = learner.get_params()
    X, y = table()
    proba(learner, X, y, X, 2)
    assert learner.get_params() == before
    assert clone(learner).get_params() == before


@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_have_a_column_a_class_and_sum_to_one(learner: Any, n_classes: int) -> None:
    X, y = table(n_classes=n_classes)
    p = proba(learner, X, y, X[:50], n_classes)
    assert p.shape == (50, n_classes)
    assert p.dtype == np.float64
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_rank_unseen_rows_well(learner: Any, n_classes: int) -> None:
    X, y = table(n_classes=n_classes)
    new, truth = table(n_classes=n_classes, seed=1)
    p = proba(learner, X, y, new, n_classes)
    assert roc_auc_score(truth == n_classes - 1, p[:, -1]) > 0.85


@pytest.mark.parametrize("absent", [0, 1, 2])
def test_a_class_absent_from_training_gets_probability_zero(learner: Any, absent: int) -> None:
    X, y = table(n_classes=3)
    keep = y != absent
    p = proba(learner, X[keep], y[keep], X, 3)
    assert p.shape == (len(X), 3)
    assert (p[:, absent] == 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-9)
    present = [k for k in range(3) if k != absent]
    assert roc_auc_score(y[keep] == present[1], p[keep][:, present[1]]) > 0.8


@pytest.mark.parametrize("only", [0, 1])
def test_training_rows_of_one_class_give_that_class_and_say_so(learner: Any, only: int) -> None:
    X, _ = table(50)
    view = learner.view(X, LAYOUT)
    y = np.full(50, only, dtype=np.int64)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    p = model.predict_proba(view.transform(X[:5]))
    assert p[:, only].tolist() == [1.0] * 5
    assert p.shape == (5, 2)
    assert "one class only" in model.notes[0]


def test_the_same_seed_gives_the_same_bytes(learner: Any) -> None:
    X, y = table(n_classes=3)
    assert proba(learner, X, y, X, 3).tobytes() == proba(learner, X, y, X, 3).tobytes()


def test_weights_move_probabilities_towards_the_heavy_class(learner: Any) -> None:
    X, y = table()
    weight = np.where(y == 1, 9.0, 1.0)
    heavy = proba(learner, X, y, X, 2, sample_weight=weight / weight.mean())
    assert heavy[:, 1].mean() > proba(learner, X, y, X, 2)[:, 1].mean() + 0.05


def test_unseen_levels_missing_cells_and_huge_values_are_scored(learner: Any) -> None:
    X, y = table()
    X[:, 2] = np.where(X[:, 2] == 3, 0, X[:, 2])
    new = np.array([[1e308, -1e308, 3.0, np.nan], [np.nan] * 4, [0.0, 1e-320, 77.0, 1e39]])
    p = proba(learner, X, y, new, 2)
    assert np.isfinite(p).all()


def test_columns_without_information_do_no_harm(learner: Any) -> None:
    X, y = table()
    X[:, 1] = np.nan
    X[:, 3] = 5.0
    assert roc_auc_score(y, proba(learner, X, y, X, 2)[:, 1]) > 0.85


def test_training_is_silent(learner: Any, capfd: pytest.CaptureFixture[str]) -> None:
    X, y = table(40, n_classes=4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        proba(learner, X, y, X, 4)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err == ""


def test_a_trained_model_travels_between_processes(learner: Any) -> None:
    X, y = table()
    view = learner.view(X, LAYOUT)
    model = learner.fit(view.transform(X), y, view=view, n_classes=2, random_state=0)
    again_view, again = pickle.loads(pickle.dumps((view, model)))
    np.testing.assert_array_equal(
        again.predict_proba(again_view.transform(X)), model.predict_proba(view.transform(X))
    )


def test_the_learners_are_those_of_the_catalogue() -> None:
    always = {row.name: row.load() for row in LEARNERS if not row.extra}
    assert always == {"lightgbm": LightGBMLearner, "logistic": LogisticLearner, "forest": ForestLearner}
    assert [row.name for row in LEARNERS if row.extra] == ["torch"]


def test_the_target_of_a_catalogue_row_of_stages_accepts_a_schedule() -> None:
    staged = [row.name for row in LEARNERS if row.stages]
    assert staged == ["lightgbm", "torch"]
