"""Synthetic rows thinned to chosen marginals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.marginals import MarginalFilter, raked, systematic
from imbtool.methods.resample.smote import Smote
from imbtool.recipe import parse_recipe
from imbtool.recipe.rows import resample
from imbtool.recipe.workspace import Part, Workspace
from imbtool.testing.tables import table

MIXED = table("mixed", (400, 60), n_numeric=3, levels=(3, 6), seed=4)


def drawn(method, part=MIXED, seed=0):
    return method.resample(part.X, part.y, layout=part.layout, random_state=seed)


def distance(column, like, levels):
    """Return the total variation between the shares of levels in two columns."""
    shares = [np.bincount(c.astype(int), minlength=levels) / len(c) for c in (column, like)]
    return np.abs(shares[0] - shares[1]).sum() / 2


def test_shares_of_the_chosen_columns_come_nearer_to_those_of_the_class():
    rare = MIXED.X[MIXED.y == 1]
    plain, kept = drawn(Smote()), drawn(MarginalFilter(keep=0.2))
    for j, levels in ((3, 3), (4, 6)):
        before = distance(plain.X[plain.source < 0, j], rare[:, j], levels)
        after = distance(kept.X[kept.source < 0, j], rare[:, j], levels)
        assert before > 0.02
        assert after < 0.5 * before


def test_it_makes_as_many_rows_as_the_ratio_asks_and_keeps_the_originals():
    kept = drawn(MarginalFilter(ratio=0.5))
    assert np.bincount(kept.y).tolist() == [400, 200]
    np.testing.assert_array_equal(kept.source[:460], np.arange(460))
    np.testing.assert_array_equal(kept.X[:460], MIXED.X)


def test_keeping_all_is_smote():
    kept, plain = drawn(MarginalFilter(keep=1.0)), drawn(Smote())
    np.testing.assert_array_equal(kept.X, plain.X)


def test_only_the_columns_named_count():
    rare = MIXED.X[MIXED.y == 1]
    kept = drawn(MarginalFilter(columns="x0, x4", keep=0.1))
    new = kept.X[kept.source < 0]
    assert distance(new[:, 4], rare[:, 4], 6) < 0.02
    quarters = np.quantile(MIXED.X[:, 0], [0.25, 0.5, 0.75])
    cut = [np.searchsorted(quarters, rows[:, 0], side="right") for rows in (new, rare)]
    assert distance(*cut, 4) < 0.05


def test_even_shares_can_be_wanted():
    rows = drawn(MarginalFilter(columns="x3", keep=0.1, target="even"))
    assert distance(rows.X[rows.source < 0, 3], np.repeat([0, 1, 2], 100), 3) < 0.02


def test_after_another_sampler_its_rows_are_thinned():
    workspace = Workspace(Part(X=MIXED.X, y=MIXED.y), MIXED.X[:0], layout=MIXED.layout, n_classes=2)
    whole = resample(workspace, parse_recipe("smote"), list)
    part = resample(workspace, parse_recipe("smote+marginal_filter(keep=0.25)"), list)
    made = {row.tobytes() for row in whole.X[whole.source < 0]}
    assert (part.source < 0).sum() == round(0.25 * (whole.source < 0).sum())
    assert {row.tobytes() for row in part.X[part.source < 0]} <= made
    np.testing.assert_array_equal(part.source[:460], np.arange(460))


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(NotApplicableError, match="there is no feature 'x9'"):
        drawn(MarginalFilter(columns="x9"))


@given(st.integers(0, 500), st.integers(1, 40))
def test_the_draw_has_its_size_and_no_row_twice(seed, size):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    cells = rng.integers(0, 3, (n, 2))
    found = systematic(rng.gamma(0.3, size=n) + 1e-12, cells, size, rng)
    assert len(found) == len(set(found.tolist())) == min(size, n)
    assert (np.diff(found) > 0).all()


@given(st.integers(0, 500))
def test_raking_meets_margins_that_can_be_met_and_leaves_fitting_rows_alone(seed):
    rng = np.random.default_rng(seed)
    cells = np.concatenate(
        (rng.integers(0, 3, (60, 2)), np.array(np.meshgrid([0, 1, 2], [0, 1, 2])).reshape(2, -1).T)
    )
    shares = [rng.dirichlet(np.full(3, 5.0)) for _ in range(2)]
    weight = raked(cells, shares)
    for column, share in zip(cells.T, shares, strict=True):
        np.testing.assert_allclose(np.bincount(column, weights=weight) / len(cells), share, atol=1e-6)
    own = [np.bincount(column) / len(cells) for column in cells.T]
    np.testing.assert_allclose(raked(cells, own), 1.0)
