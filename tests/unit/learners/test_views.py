"""How learners see the feature matrix."""

from __future__ import annotations

import numpy as np
import pytest

from imbtool.core.types import Layout
from imbtool.learners.design import MAX_LEVELS, WIDE, DesignView
from imbtool.learners.numeric import MAX_RANKED
from imbtool.learners.views import IdentityView, RankedView, frequency_ranks


def layout(*levels: int) -> Layout:
    return Layout(names=tuple(f"x{i}" for i in range(len(levels))), levels=levels)


def dense(matrix: object) -> np.ndarray:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def test_identity_view_hands_the_matrix_on_untouched() -> None:
    X = np.array([[1.0, np.nan], [0.0, 2.0]])
    assert IdentityView(layout=layout(0, 3)).transform(X) is X


def test_frequency_ranks_count_from_the_most_frequent_and_put_unused_levels_last() -> None:
    column = np.array([2.0, 2.0, 0.0, np.nan, 2.0, 1.0, 1.0])
    assert frequency_ranks(column, 4).tolist() == [2.0, 1.0, 0.0, 4.0]


def test_ranked_view_keeps_missing_cells_and_puts_unseen_levels_after_the_last() -> None:
    X = np.array([[5.0, 1.0], [6.0, 1.0], [7.0, 0.0]])
    view = RankedView.fit(X, layout(0, 3))
    Z = view.transform(np.array([[1e300, 2.0], [np.nan, np.nan], [-1e300, 1.0]]))
    assert Z[:, 1].tolist()[0] == 3.0
    assert np.isnan(Z[1]).all()
    assert Z[2, 1] == 0.0
    assert np.isfinite(Z[[0, 2], 0].astype(np.float32)).all()


def test_ranked_view_leaves_its_input_alone() -> None:
    X = np.array([[0.0], [1.0], [1.0]])
    RankedView.fit(X, layout(2)).transform(X)
    assert X.ravel().tolist() == [0.0, 1.0, 1.0]


def test_design_standardises_values_and_ranks_on_the_training_rows() -> None:
    X = np.random.default_rng(0).lognormal(size=(500, 3)) ** 3
    Z = DesignView.fit(X, layout(0, 0, 0)).transform(X)
    assert Z.shape == (500, 6)
    np.testing.assert_allclose(Z.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(Z.std(axis=0), 1.0, atol=1e-12)


def test_design_keeps_the_order_of_every_number_even_beyond_the_training_range() -> None:
    X = np.random.default_rng(1).standard_cauchy(size=(300, 1))
    new = np.sort(np.concatenate([X.ravel(), [1e6, -1e6, 1e200, -1e200]]))[:, None]
    Z = DesignView.fit(X, layout(0)).transform(new)
    assert np.isfinite(Z).all()
    assert (np.diff(Z, axis=0) >= 0).all()
    assert Z[-2, 0] > Z[-3, 0]


def test_design_flags_missing_numbers_and_puts_the_median_in_their_place() -> None:
    X = np.array([[1.0], [2.0], [9.0], [np.nan]])
    Z = DesignView.fit(X, layout(0)).transform(np.array([[np.nan], [2.0]]))
    assert Z[0, -1] == 1.0
    assert Z[1, -1] == 0.0
    np.testing.assert_array_equal(Z[0, :-1], Z[1, :-1])


@pytest.mark.parametrize("value", [0.0, 7.5, 1e308, -1e308, 5e-324, np.nan])
def test_design_turns_a_constant_or_empty_column_into_zeros(value: float) -> None:
    X = np.full((20, 1), value)
    Z = DesignView.fit(X, layout(0)).transform(X)
    assert (Z[:, 0] == 0.0).all()


def test_design_stays_finite_at_the_ends_of_float64() -> None:
    X = np.array([[1e308], [-1e308], [5e-324], [0.0], [1.0], [np.nan]])
    Z = DesignView.fit(X, layout(0)).transform(X)
    assert np.isfinite(Z).all()


def test_design_encodes_levels_seen_in_training_and_leaves_unseen_ones_zero() -> None:
    X = np.array([[0.0], [0.0], [2.0], [np.nan]])
    Z = dense(
        DesignView.fit(X, layout(4)).transform(np.array([[0.0], [2.0], [np.nan], [1.0], [3.0], [99.0]]))
    )
    assert Z.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_design_gives_the_rarest_levels_of_a_large_column_one_column_together() -> None:
    n_levels = MAX_LEVELS + 10
    codes = np.repeat(np.arange(n_levels), np.arange(n_levels, 0, -1)).astype(float)[:, None]
    Z = dense(DesignView.fit(codes, layout(n_levels)).transform(codes))
    assert Z.shape[1] == MAX_LEVELS + 1
    assert (Z.sum(axis=1) == 1).all()
    assert Z[:, -1].sum() == (codes >= MAX_LEVELS).sum()


def test_design_is_sparse_when_there_are_many_levels_and_says_the_same() -> None:
    rng = np.random.default_rng(2)
    width = WIDE // MAX_LEVELS + 1
    X = np.column_stack([rng.normal(size=2000), rng.integers(0, MAX_LEVELS, size=(2000, width))])
    view = DesignView.fit(X, layout(0, *[MAX_LEVELS] * width))
    Z = view.transform(X)
    assert Z.format == "csr"
    assert Z.shape == (2000, 2 + MAX_LEVELS * width)
    assert (Z.toarray()[:, 2:].sum(axis=1) == width).all()


def test_design_adds_no_ranks_to_very_wide_tables() -> None:
    X = np.random.default_rng(3).normal(size=(30, MAX_RANKED + 1))
    assert DesignView.fit(X, layout(*[0] * (MAX_RANKED + 1))).transform(X).shape == (30, MAX_RANKED + 1)


def test_views_learn_nothing_from_rows_they_only_transform() -> None:
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.normal(size=100), rng.integers(0, 5, 100)])
    other = np.column_stack([rng.normal(50, 9, size=100), rng.integers(0, 9, 100)])
    for kind in (DesignView, RankedView):
        view = kind.fit(X, layout(0, 9))
        before = view.transform(X)
        view.transform(other)
        np.testing.assert_array_equal(dense(view.transform(X)), dense(before))
