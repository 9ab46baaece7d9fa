"""What every sampler of the synthetic family holds to, the hard cases among them."""

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.methods.catalog.synthetic import ROWS
from imbtool.testing.tables import table

SAMPLERS = {row.name: row.load() for row in ROWS}
NUMERIC_ONLY = [name for name in SAMPLERS if name != "smote_ipf"]
# These may end below or beside the ratio: one rejects, one filters.
EXACT = [name for name in SAMPLERS if name not in ("lee_smote", "smote_ipf")]
CLASS_ONLY = ("polynom_fit_smote", "smobd", "lvq_smote")


def run(name, part, seed=0, **params):
    return SAMPLERS[name](**params).resample(part.X, part.y, layout=part.layout, random_state=seed)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize(("ratio", "n_rare"), [(1.0, 80), (0.5, 40), (0.1, 12)])
def test_the_ratio_is_reached_exactly(name, ratio, n_rare):
    drawn = run(name, table("numeric", (80, 12)), ratio=ratio)
    np.testing.assert_array_equal(np.bincount(drawn.y), [80, n_rare])


@pytest.mark.parametrize("name", EXACT)
def test_each_rare_class_is_raised(name):
    drawn = run(name, table("mixed", (80, 30, 9), n_numeric=3, levels=(4,), missing=0.03))
    np.testing.assert_array_equal(np.bincount(drawn.y), [80, 80, 80])


@pytest.mark.parametrize("name", SAMPLERS)
def test_another_seed_gives_other_rows(name):
    part = table("numeric", (80, 13))
    one, two = (run(name, part, seed) for seed in (1, 2))
    assert one.X.shape != two.X.shape or (one.X != two.X).any()


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_rare_row_of_two_classes_is_not_applicable(name):
    with pytest.raises(NotApplicableError, match=r"at least 2 rows of class 1 .* found 1"):
        run(name, table("one rare row", (40, 1)))


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_row_of_a_third_class_is_left_as_it_is(name):
    try:
        drawn = run(name, table("numeric", (60, 20, 1)))
    except NotApplicableError as reason:
        assert reason.code == "class-removed"  # noqa: PT017 - the filter may take a single row
        return
    assert (drawn.y == 2).sum() == 1
    assert (drawn.y == 1).sum() > 20


@pytest.mark.parametrize("n_rare", [2, 3, 4, 5])
@pytest.mark.parametrize("name", SAMPLERS)
def test_fewer_rows_than_neighbours_work_or_say_why(name, n_rare):
    part = table("few", (40, n_rare), seed=3)
    try:
        drawn = run(name, part)
    except NotApplicableError as reason:
        assert reason.code in ("too-few-rows", "nothing-to-generate", "class-removed")  # noqa: PT017
        assert name in ("lvq_smote", "lee_smote", "smote_ipf")
        return
    assert np.isfinite(drawn.X).all()


@pytest.mark.parametrize("levels", [(), (3,)])
@pytest.mark.parametrize("name", SAMPLERS)
def test_all_values_equal_work_or_say_why(name, levels):
    part = table("flat", (40, 8), levels=levels)
    part.X[:] = 1.0
    try:
        drawn = run(name, part)
    except NotApplicableError as reason:
        assert reason.code in ("too-few-rows", "nothing-to-generate", "class-removed")  # noqa: PT017
        return
    new = drawn.X[(drawn.source < 0) & (drawn.y == 1)]
    if name == "ccr":  # its spheres have a size of their own
        assert np.abs(new - 1.0).max() <= 0.25
    else:
        assert (new == 1.0).all()


@pytest.mark.parametrize("name", SAMPLERS)
def test_duplicates_everywhere_work(name):
    part = table("twins", (20, 6), n_numeric=3, seed=1)
    X, y = np.repeat(part.X, 5, axis=0), np.repeat(part.y, 5)
    drawn = SAMPLERS[name]().resample(X, y, layout=part.layout, random_state=0)
    assert np.isfinite(drawn.X).all()
    assert (drawn.y == 1).sum() > 30


@pytest.mark.parametrize("name", NUMERIC_ONLY)
def test_categories_alone_are_not_applicable(name):
    with pytest.raises(NotApplicableError, match=f"{name} makes numbers; found no numeric feature") as caught:
        run(name, table("categorical", (40, 8), n_numeric=0, levels=(3, 4)))
    assert caught.value.code == "no-numeric-features"


def test_smote_ipf_reads_categories_alone():
    drawn = run("smote_ipf", table("categorical", (60, 20), n_numeric=0, levels=(3, 4)))
    assert set(drawn.y) == {0, 1}


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_gap_that_all_rare_rows_have_is_had_by_all_new_rows(name):
    part = table("gaps", (60, 14), n_numeric=3, seed=2)
    part.X[part.y == 1, 1] = np.nan
    drawn = run(name, part)
    new = drawn.X[(drawn.source < 0) & (drawn.y == 1)]
    assert len(new)
    assert np.isnan(new[:, 1]).all()
    assert np.isfinite(new[:, [0, 2]]).all()


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_category_that_all_rare_rows_have_is_had_by_all_new_rows(name):
    part = table("mixed", (60, 14), n_numeric=3, levels=(5,), seed=2)
    part.X[part.y == 1, 3] = 4
    drawn = run(name, part)
    new = drawn.X[(drawn.source < 0) & (drawn.y == 1)]
    assert len(new)
    assert (new[:, 3] == 4).all()


@pytest.mark.parametrize("name", CLASS_ONLY)
@pytest.mark.parametrize("levels", [(), (4,)])
def test_rows_of_other_classes_leave_no_trace(name, levels):
    from imbtool.methods.resample.space import SampleSpace

    part = table("any", (60, 14), levels=levels, seed=5)
    space = SampleSpace(part.X, part.layout)
    changed = part.X.copy()
    changed[np.ix_(part.y == 0, part.layout.numeric)] += 100
    new = [
        SAMPLERS[name]().resample(X, part.y, layout=part.layout, random_state=0, space=space).X[74:]
        for X in (part.X, changed)
    ]
    np.testing.assert_array_equal(*new)


@pytest.mark.parametrize("name", ["polynom_fit_smote", "prowsyn", "smobd", "assembled_smote", "lee_smote"])
def test_convex_samplers_stay_in_the_range_of_the_class(name):
    part = table("any", (80, 14), seed=6)
    part.X[part.y == 1, 0] = 0.1
    drawn = run(name, part)
    own, new = part.X[part.y == 1], drawn.X[drawn.source < 0]
    assert (new >= own.min(axis=0)).all()
    assert (new <= own.max(axis=0)).all()
    assert set(new[:, 0]) == {0.1}


@pytest.mark.parametrize("name", SAMPLERS)
def test_extreme_shapes_work(name):
    noise = table("noise", (60, 12), n_numeric=200)
    extreme = table("500:1", (1500, 3), n_numeric=3)
    for part in (noise, extreme):
        try:
            drawn = run(name, part)
        except NotApplicableError as reason:
            assert name in ("lvq_smote", "lee_smote", "smote_ipf")
            assert str(reason)  # noqa: PT017
        else:
            assert np.isfinite(drawn.X).all()
