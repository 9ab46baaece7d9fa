"""How many rows a tree of the forest draws."""

from __future__ import annotations

import numpy as np

from imbtool.learners.forest import MIN_DRAW, MIN_RARE, ForestLearner, rows_per_tree


def target(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


def test_a_tree_draws_its_share_of_a_large_table() -> None:
    assert rows_per_tree(target(90_000, 10_000), 0.3) == 30_000


def test_a_tree_draws_all_rows_of_a_small_table() -> None:
    assert rows_per_tree(target(900, 100), 0.3) == 1000
    assert rows_per_tree(target(4 * MIN_DRAW, 1000), 0.01) == MIN_DRAW


def test_a_tree_draws_more_when_the_rarest_class_would_be_missed() -> None:
    assert rows_per_tree(target(99_960, 2 * MIN_RARE), 0.1) == 50_000
    assert rows_per_tree(target(99_995, 5), 0.1) == 100_000


def test_a_class_that_is_absent_does_not_count_as_the_rarest() -> None:
    assert rows_per_tree(np.repeat([0, 2], [90_000, 10_000]), 0.3) == 30_000


def test_the_forest_grows_the_trees_it_was_asked_for_on_the_rows_it_promised() -> None:
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(MIN_DRAW + 1000, 3))
    y = (Z[:, 0] > 1).astype(np.int64)
    learner = ForestLearner(n_estimators=7, max_samples=0.5)
    model = learner.fit(Z, y, view=None, n_classes=2, random_state=0)
    assert len(model.estimator.estimators_) == 7
    assert model.estimator.estimators_[0].tree_.weighted_n_node_samples[0] == MIN_DRAW
