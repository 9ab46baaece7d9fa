"""Weight aligning of linear models."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError, UsageError
from imbtool.core.protocols import Adjustment
from imbtool.evaluation.plan import Candidate, not_applicable
from imbtool.learners.base import SingleClassModel
from imbtool.learners.linear import LogisticLearner
from imbtool.methods.postprocess.weight_aligning import WeightAligning, aligned
from imbtool.recipe.fitting import fit_recipe
from imbtool.recipe.parser import parse_learner, parse_recipe
from imbtool.testing.tables import table


def trained(sizes=(160, 40, 9)):
    part = table("rows", sizes, seed=1)
    learner = LogisticLearner()
    view = learner.view(part.X, part.layout)
    Z = view.transform(part.X)
    return learner.fit(Z, part.y, view=view, n_classes=len(sizes), random_state=0), Z


def lengths(vectors):
    return np.linalg.norm(vectors, axis=1)


def test_all_vectors_get_the_mean_length_and_keep_their_direction():
    vectors = np.array([[3.0, 0.0], [-1.0, 1.0], [-2.0, -1.0]])
    scaled = aligned(vectors, 1.0)
    assert lengths(scaled) == pytest.approx([lengths(vectors).mean()] * 3)
    cosine = (scaled * vectors).sum(axis=1) / lengths(scaled) / lengths(vectors)
    assert cosine == pytest.approx([1.0, 1.0, 1.0])


def test_half_the_strength_takes_the_square_root_of_the_factors():
    vectors = np.array([[3.0, 0.0], [-1.0, 1.0], [-2.0, -1.0]])
    once, half = (lengths(aligned(vectors, tau)) / lengths(vectors) for tau in (1.0, 0.5))
    assert half == pytest.approx(np.sqrt(once))


def test_a_vector_of_length_zero_stays():
    assert aligned(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]]), 1.0)[2] == pytest.approx([0.0, 0.0])


def test_what_all_classes_share_is_no_length():
    vectors = np.array([[3.0, 0.0], [-1.0, 1.0], [-2.0, -1.0]])
    assert aligned(vectors + np.array([5.0, -7.0]), 1.0) == pytest.approx(aligned(vectors, 1.0))


def test_tau_zero_changes_no_probability():
    model, Z = trained()
    same = WeightAligning(tau=0.0).adjust(model, n_classes=3)
    assert same.predict_proba(Z) == pytest.approx(model.predict_proba(Z))


def test_a_trained_model_gets_equal_lengths_and_keeps_its_intercepts():
    model, Z = trained((400, 400, 8))
    before = lengths(model.class_vectors() - model.class_vectors().mean(axis=0))
    changed = WeightAligning().adjust(model, n_classes=3)
    assert isinstance(WeightAligning(), Adjustment)
    assert lengths(changed.class_vectors()) == pytest.approx([before.mean()] * 3)
    assert lengths(model.class_vectors()) != pytest.approx([before.mean()] * 3)
    assert (changed.estimator.intercept_ == model.estimator.intercept_).all()
    assert np.abs(changed.predict_proba(Z) - model.predict_proba(Z)).max() > 0.01


def test_two_classes_are_not_applicable():
    with pytest.raises(NotApplicableError, match="two share one weight vector"):
        WeightAligning().adjust(trained((100, 20))[0], n_classes=2)


def test_two_classes_left_in_a_part_have_equal_lengths_already():
    part = table("rows", (100, 20), seed=1)
    learner = LogisticLearner()
    view = learner.view(part.X, part.layout)
    Z = view.transform(part.X)
    model = learner.fit(Z, part.y, view=view, n_classes=3, random_state=0)
    changed = WeightAligning().adjust(model, n_classes=3)
    assert changed.predict_proba(Z) == pytest.approx(model.predict_proba(Z))


def test_a_model_of_one_class_is_returned_as_it_is():
    model = SingleClassModel(code=0, n_classes=3)
    assert WeightAligning().adjust(model, n_classes=3) is model


def test_other_learners_are_refused_before_anything_is_trained():
    recipe, learner = parse_recipe("weight_aligning"), parse_learner("lightgbm")
    with pytest.raises(UsageError, match="weight_aligning needs a learner whose models are linear"):
        fit_recipe(None, recipe, learner)
    assert "weight_aligning needs a learner whose models are linear" in not_applicable(
        Candidate(learner, recipe), 3, price=None
    )
