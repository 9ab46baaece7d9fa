"""Borderline-SMOTE and ADASYN beyond their equality with imbalanced-learn."""

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.adasyn import Adasyn
from imbtool.methods.resample.borderline import BorderlineSmote
from imbtool.testing.tables import Table, table


def run(method, part, seed=0):
    return method.resample(part.X, part.y, layout=part.layout, random_state=seed)


def far_apart(sizes):
    part = table("far apart", sizes, seed=0)
    return Table(name=part.name, X=part.X + 1e3 * part.y[:, None], y=part.y, layout=part.layout)


@pytest.mark.parametrize("method", [BorderlineSmote(), Adasyn()])
def test_categorical_features_are_named(method):
    part = table("mixed", (40, 9), n_numeric=1, levels=(2, 3, 4, 5))
    with pytest.raises(NotApplicableError) as caught:
        run(method, part)
    assert "found categorical features x1, x2, x3 and 1 more." in caught.value.message
    assert "Use smote" in caught.value.hint


def test_without_rows_in_danger_borderline_changes_nothing():
    part = far_apart((60, 12))
    drawn = run(BorderlineSmote(), part)
    np.testing.assert_array_equal(drawn.X, part.X)
    np.testing.assert_array_equal(drawn.source, np.arange(72))


def test_without_foreign_neighbours_adasyn_is_not_applicable():
    with pytest.raises(NotApplicableError, match="nothing to generate"):
        run(Adasyn(), far_apart((60, 12)))


def test_adasyn_leaves_out_only_the_class_without_foreign_neighbours():
    part = table("three classes", (60, 12, 12), seed=0)
    X = part.X.copy()
    X[part.y == 2] += 1e3
    drawn = Adasyn().resample(X, part.y, layout=part.layout, random_state=0)
    counts = np.bincount(drawn.y)
    assert counts[2] == 12
    assert counts[1] > 40


def test_adasyn_raises_the_outnumbered_rows_most():
    y = np.repeat([0, 1], [40, 12]).astype(np.int64)
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, 40), rng.normal(0, 1, 4), rng.normal(50, 1, 8)])[:, None]
    drawn = Adasyn(n_neighbors=3).resample(
        X, y, layout=table("x", (1, 1), n_numeric=1).layout, random_state=0
    )
    assert (drawn.X[drawn.source < 0, 0] < 25).all()


@pytest.mark.parametrize("method", [BorderlineSmote(), Adasyn(), BorderlineSmote(kind="borderline-2")])
def test_tables_with_gaps_are_read(method):
    part = table("gaps", (120, 24), missing=0.15, seed=1)
    drawn = run(method, part)
    synthetic = drawn.X[drawn.source < 0]
    assert len(synthetic) > 50
    assert 0 < np.isnan(synthetic).mean() < 0.4


@pytest.mark.parametrize("method", [BorderlineSmote(), Adasyn()])
def test_a_class_of_two_rows_is_interpolated(method):
    drawn = run(method, table("two rows", (60, 2), seed=3))
    assert set(drawn.y) == {0, 1}


def test_more_danger_neighbours_than_rows_are_clipped():
    drawn = run(BorderlineSmote(m_neighbors=500), table("numeric", (30, 10), seed=0))
    assert len(drawn.y) >= 40
