"""A model that is saved and loaded predicts the same numbers; fitted again it is the same bytes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from tests.unit.bundle.conftest import table

import imbtool
from imbtool.bundle.files import from_bytes
from imbtool.bundle.request import to_fit
from imbtool.core.errors import OutputError, UsageError

KINDS = [
    ("none", "lightgbm(n_estimators=10)", 2),
    ("smote+isotonic+threshold", "lightgbm(n_estimators=10)", 2),
    ("cooldown(tau=3)+sigmoid+threshold(metric=mcc)", "lightgbm(n_estimators=10)", 2),
    ("temperature_scaling", "logistic", 2),
    ("easy_ensemble(n_bags=3)+isotonic+threshold", "logistic", 2),
    ("balanced_forest(n_trees=12)+sigmoid", "forest", 2),
    ("class_weight+threshold", "forest(n_estimators=4)", 2),
    ("cooldown(tau=3)+isotonic+threshold", "lightgbm(n_estimators=6)", 3),
    ("easy_ensemble(n_bags=2)+sigmoid", "lightgbm(n_estimators=5)", 3),
    ("temperature_scaling+threshold", "forest(n_estimators=4)", 3),
    ("balanced_forest(n_trees=10)+threshold", "forest", 3),
    ("sigmoid+threshold", "logistic", 3),
    ("class_weight+beta+threshold(metric=recall, min_precision=0.5)", "lightgbm(n_estimators=5)", 2),
    ("random_under+prior_correction+logit_adjustment", "logistic", 2),
    ("beta+logit_adjustment(form=multiplicative)", "logistic", 3),
    ("class_weight+prior_correction+threshold(metric=fbeta)", "forest(n_estimators=4)", 3),
    ("weight_aligning(tau=0.5)+isotonic", "logistic", 3),
    ("focal+threshold", "lightgbm(n_estimators=10)", 2),
    ("ldam+rs2+isotonic", "lightgbm(n_estimators=10)", 2),
    ("class_weight+loss_based(every=3)+easy_ensemble(n_bags=2)", "lightgbm(n_estimators=6)", 2),
    ("focal+sigmoid", "lightgbm(n_estimators=6)", 3),
    ("asymmetric+threshold", "lightgbm(n_estimators=6)", 3),
    ("smote+isotonic+threshold", "torch(epochs=6, width=16)", 2),
    ("cooldown+easy_ensemble(n_bags=2)+sigmoid", "torch(epochs=4, width=16)", 2),
    ("asymmetric+threshold", "torch(epochs=4, width=16, depth=1)", 3),
    ("ldam+cosine_head+threshold", "torch(epochs=6, width=16)", 2),
]


@pytest.mark.parametrize(("recipe", "learner", "n_classes"), KINDS)
def test_a_reloaded_model_predicts_the_same_and_a_refitted_one_is_the_same_bytes(
    tmp_path, recipe, learner, n_classes
):
    if learner.startswith("torch"):
        pytest.importorskip("torch", reason="imbtool[torch] is not installed")
    rows, new = table(n_classes=n_classes), table(60, n_classes, seed=9)
    model = imbtool.fit(rows, target="fraud", recipe=recipe, learner=learner, seed=5)
    model.save(tmp_path / "a.imb")
    imbtool.fit(rows, target="fraud", recipe=recipe, learner=learner, seed=5).save(tmp_path / "b.imb")
    assert (tmp_path / "a.imb").read_bytes() == (tmp_path / "b.imb").read_bytes()
    again = imbtool.load(tmp_path / "a.imb")
    np.testing.assert_allclose(again.predict_proba(new), model.predict_proba(new), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(again.predict(new), model.predict(new))
    assert again.threshold_ == model.threshold_
    assert again.to_bytes() == model.to_bytes()
    assert model.predict_proba(new).shape == (60, n_classes)
    if n_classes == 2:
        assert average_precision_score(new.fraud, model.predict_proba(new)[:, 1]) > 0.3


def test_another_seed_is_another_model(rows):
    first, other = (
        imbtool.fit(rows, target="fraud", recipe="smote", learner="lightgbm(n_estimators=5)", seed=s)
        for s in (0, 1)
    )
    assert (first.predict_proba(rows) != other.predict_proba(rows)).any()


def test_a_model_is_the_recipe_fitted_on_all_rows(rows):
    """The same training and finishing as in the estimator, at the seed that it derives."""
    seed = 11
    drawn = int(np.random.RandomState(seed).randint(2**31 - 1))
    model = imbtool.fit(
        rows, target="fraud", recipe="smote+isotonic+threshold", learner="lightgbm", seed=drawn
    )
    X, y = rows.drop(columns="fraud"), rows.fraud
    recipe = imbtool.Recipe("smote+isotonic+threshold", "lightgbm", random_state=seed).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(rows), recipe.predict_proba(X))
    np.testing.assert_array_equal(model.predict(rows), recipe.predict(X))
    assert model.threshold_ == recipe.threshold_


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (np.array([7, 3]), [3, 7]),
        (np.array([False, True]), [False, True]),
        (np.array(["no", "yes"], dtype=object), ["no", "yes"]),
        (np.array([0.0, 1.0]), [0, 1]),
    ],
)
def test_decisions_are_labels_of_the_kind_that_came_in(rows, labels, expected):
    X, y = rows.drop(columns="fraud"), labels[rows.fraud]
    model = imbtool.fit(X, target=y, recipe="threshold", learner="logistic")
    again = from_bytes(model.to_bytes())
    for m in (model, again):
        assert m.classes_.tolist() == expected
        assert set(m.predict(X)) == set(expected)
        assert (m.predict(X) == y).mean() > 0.8
        assert m.score(X, y) == (m.predict(X) == y).mean()


def test_the_columns_of_probabilities_follow_the_classes(rows):
    y = np.array(["b", "a"])[rows.fraud]  # the rarer class comes first in the alphabet
    X = rows.drop(columns="fraud")
    model = imbtool.fit(X, target=y, recipe="threshold", learner="logistic")
    assert model.classes_.tolist() == ["a", "b"]
    assert model.manifest.classes == ("b", "a")
    (threshold,) = model.threshold_
    np.testing.assert_array_equal(model.predict(X) == "a", model.predict_proba(X)[:, 0] >= threshold)


def test_the_verdict_of_a_comparison_can_be_fitted(rows):
    report = imbtool.compare(
        rows, target="fraud", methods="none", learners="logistic", repeats=1, folds=2, seed=4, jobs=1
    )
    model = imbtool.fit(rows, comparison=report)
    assert (model.manifest.recipe, model.manifest.learner) == (report.verdict.recipe, "logistic")
    assert model.manifest.seed == 4
    assert model.manifest.data.fingerprint == report.comparison.dataset.fingerprint
    assert imbtool.fit(rows, comparison=report, seed=9).manifest.seed == 9


@pytest.mark.parametrize(
    ("recipe", "metric", "fitted"),
    [
        ("smote", "f1", "smote+threshold"),
        ("smote+isotonic", "mcc", "smote+isotonic+threshold"),
        ("smote", "pr_auc", "smote"),
        ("none", "f1", "none"),
        ("sigmoid", "f1", "sigmoid"),
        ("threshold", "f1", "threshold"),
    ],
)
def test_what_is_fitted_decides_as_it_was_judged(recipe, metric, fitted):
    assert to_fit(recipe, None, metric) == fitted


def test_the_manifest_says_how_good_the_model_was(boosted, rows):
    metrics = boosted.manifest.metrics
    assert metrics.training["pr_auc"] > metrics.cross_validated["pr_auc"] > rows.fraud.mean()
    assert boosted.manifest.decision.metric == "f1"
    assert boosted.manifest.data.counts == tuple(np.bincount(rows.fraud))


def test_levels_of_columns_that_are_not_read_stay_out_of_the_file(rows):
    keyed = rows.assign(customer=[f"secret-{i % 50}" for i in range(len(rows))])
    model = imbtool.fit(keyed, target="fraud", recipe="none", learner="logistic", group="customer")
    assert b"secret" not in model.manifest.to_json().encode()


def test_it_follows_scikit_learn(boosted, rows):
    from sklearn.base import is_classifier
    from sklearn.calibration import CalibrationDisplay  # noqa: F401 -- takes fitted classifiers
    from sklearn.frozen import FrozenEstimator
    from sklearn.metrics import get_scorer
    from sklearn.utils.validation import check_is_fitted

    assert is_classifier(boosted)
    check_is_fitted(boosted)
    check_is_fitted(FrozenEstimator(boosted))
    assert get_scorer("average_precision")(boosted, rows, rows.fraud) > 0.5
    assert list(boosted.feature_names_in_) == ["amount", "age", "branch", "code", "member", "day"]
    assert boosted.n_features_in_ == 6


def test_nothing_is_said_about_a_table_like_that_of_training(boosted, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        boosted.predict(rows)


def test_what_to_fit_must_be_said(rows):
    with pytest.raises(UsageError, match="not said what to fit"):
        imbtool.fit(rows, target="fraud")
    with pytest.raises(UsageError, match="which column is the target"):
        imbtool.fit(rows, recipe="none")


def test_a_schedule_without_stages_is_refused(rows):
    with pytest.raises(UsageError, match="cooldown needs a learner that is trained in stages"):
        imbtool.fit(rows, target="fraud", recipe="cooldown", learner="logistic")


def test_a_loss_with_a_learner_that_has_its_own_is_refused(rows):
    with pytest.raises(UsageError, match="focal needs a learner whose loss can be chosen") as caught:
        imbtool.fit(rows, target="fraud", recipe="focal", learner="forest")
    assert "lightgbm" in caught.value.hint


def test_a_model_of_a_plug_in_cannot_be_saved():
    from imbtool.bundle.models import write_model

    class Foreign:
        pass

    with pytest.raises(UsageError, match="cannot be saved"):
        write_model(Foreign(), 0)


def test_a_file_that_cannot_be_written_is_said(boosted, tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        boosted.save(tmp_path / "none" / "model.imb")
