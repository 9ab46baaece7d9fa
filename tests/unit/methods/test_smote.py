"""SMOTE: segments, votes, missing cells, classes with few rows."""

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.core.types import Layout
from imbtool.methods.resample.smote import Smote
from imbtool.testing.tables import table

NAN = np.nan


def run(part, seed=0, **params):
    return Smote(**params).resample(part.X, part.y, layout=part.layout, random_state=seed)


def on_a_segment(point, rows, k):
    """Whether the point lies between a row and one of its k nearest standardised neighbours."""
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    distance = ((standard[:, None] - standard[None]) ** 2).sum(axis=2)
    for i, near in enumerate(np.argsort(distance, axis=1)[:, 1 : k + 1]):
        for j in near:
            direction = rows[j] - rows[i]
            gap = (point - rows[i]) @ direction / max(direction @ direction, 1e-300)
            if 0 <= gap <= 1 and np.abs(point - rows[i] - gap * direction).max() < 1e-9:
                return True
    return False


def test_every_synthetic_row_lies_between_two_neighbours_of_the_class():
    part = table("numeric", (90, 12), n_numeric=3, seed=4)
    drawn = run(part, k_neighbors=3)
    # Neighbours are found in the space of all rows; a generous k covers the difference in scale.
    own = part.X[part.y == 1]
    assert all(on_a_segment(row, own, 6) for row in drawn.X[drawn.source < 0])


def test_where_the_class_is_constant_synthetic_rows_are_exactly_there():
    part = table("numeric", (80, 10), seed=0)
    part.X[part.y == 1, 0] = 0.1
    drawn = run(part)
    assert set(drawn.X[drawn.source < 0, 0]) == {0.1}


@pytest.mark.parametrize(("ratio", "n_rare"), [(1.0, 80), (0.5, 40), (0.2, 16), (0.1, 10), (0.0, 10)])
def test_the_ratio_is_rare_to_most_frequent(ratio, n_rare):
    part = table("numeric", (80, 10), seed=0)
    drawn = run(part, ratio=ratio)
    assert (drawn.y == 1).sum() == n_rare
    assert (drawn.y == 0).sum() == 80


def test_every_class_but_the_largest_is_raised():
    drawn = run(table("numeric", (80, 30, 9), seed=0), ratio=0.3)
    np.testing.assert_array_equal(np.bincount(drawn.y), [80, 30, 24])


def test_neighbours_are_clipped_to_the_class():
    drawn = run(table("numeric", (60, 30, 3), seed=0))
    np.testing.assert_array_equal(np.bincount(drawn.y), [60, 60, 60])
    assert (np.diff(drawn.y[drawn.source < 0]) >= 0).all()


def test_one_rare_row_of_two_classes_is_not_applicable():
    with pytest.raises(NotApplicableError, match=r"at least 2 rows of class 1 .* found 1"):
        run(table("one rare row", (40, 1)))


def test_one_row_of_a_third_class_is_left_as_it_is():
    drawn = run(table("numeric", (40, 10, 1)))
    np.testing.assert_array_equal(np.bincount(drawn.y), [40, 40, 1])


def test_missing_cells_are_voted_by_the_neighbours():
    part = table("numeric", (60, 12), n_numeric=2, seed=0)
    part.X[part.y == 1, 1] = NAN
    drawn = run(part)
    synthetic = drawn.X[drawn.source < 0]
    assert np.isnan(synthetic[:, 1]).all()
    assert np.isfinite(synthetic[:, 0]).all()


def test_a_missing_category_is_voted_like_any_other():
    layout = Layout(names=("n", "c"), levels=(0, 2))
    y = np.repeat([0, 1], [30, 8]).astype(np.int64)
    X = np.column_stack([np.arange(38.0), np.where(y == 1, NAN, 1.0)])
    drawn = Smote().resample(X, y, layout=layout, random_state=0)
    assert np.isnan(drawn.X[drawn.source < 0, 1]).all()


def test_plain_smote_takes_the_missing_cells_of_the_nearest_row():
    y = np.repeat([0, 1], [12, 4]).astype(np.int64)
    X = np.column_stack([np.arange(16.0), np.arange(16.0)])
    X[-2:, 1] = NAN
    layout = Layout(names=("a", "b"), levels=(0, 0))
    drawn = Smote(variant="plain", k_neighbors=1).resample(X, y, layout=layout, random_state=0)
    synthetic = drawn.X[drawn.source < 0]
    assert np.isnan(synthetic[synthetic[:, 0] > 14, 1]).all()
    assert np.isfinite(synthetic[synthetic[:, 0] < 13, 1]).all()


@pytest.mark.parametrize(
    ("variant", "levels", "message"),
    [
        ("plain", (0, 3), "needs numeric features only; found categorical"),
        ("nc", (0, 0), "needs numeric and categorical features; found only one kind"),
        ("nc", (3, 3), "needs numeric and categorical features; found only one kind"),
        ("n", (0, 3), "needs categorical features only; found numeric"),
    ],
)
def test_a_variant_that_cannot_read_the_columns_says_so(variant, levels, message):
    n_numeric = levels.count(0)
    part = table("any", (30, 8), n_numeric=n_numeric or 0, levels=tuple(k for k in levels if k))
    with pytest.raises(NotApplicableError, match=message):
        run(part, variant=variant)


@pytest.mark.parametrize("variant", ["plain", "auto"])
def test_auto_is_the_variant_that_fits(variant):
    part = table("numeric", (40, 8))
    np.testing.assert_array_equal(run(part, variant=variant).X, run(part).X)


def test_a_thousand_levels_cost_no_dense_code():
    part = table("wide", (900, 300), n_numeric=2, levels=(1000,), seed=0)
    drawn = run(part)
    assert len(drawn.y) == 1800
