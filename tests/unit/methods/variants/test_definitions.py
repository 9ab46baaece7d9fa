"""Each sampler of the synthetic family against its definition, by hand-computed examples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from imbtool.core.types import Layout
from imbtool.methods.resample.space import SampleSpace
from imbtool.methods.resample.variants.assembled import AssembledSmote, pieces
from imbtool.methods.resample.variants.ccr import CombinedCleaningResampling, grown_radius
from imbtool.methods.resample.variants.geometric import GeometricSmote, shaped, uniform_ball
from imbtool.methods.resample.variants.lee import LeeSmote
from imbtool.methods.resample.variants.lvq import LvqSmote, like_pairs
from imbtool.methods.resample.variants.polynom_fit import PolynomFitSmote, _pair
from imbtool.methods.resample.variants.prowsyn import ProWSyn, partners, proximity_levels
from imbtool.methods.resample.variants.shares import even_shares, proportional_shares
from imbtool.methods.resample.variants.smobd import Smobd, density_factors
from imbtool.methods.resample.variants.smote_ipf import SmoteIpf, clean_rows
from imbtool.testing.tables import table


def line(rare, n_frequent):
    """One feature: the rare rows given, the frequent ones far away and spread."""
    X = np.concatenate((1000 + np.arange(float(n_frequent)), rare))[:, None]
    y = np.repeat([0, 1], [n_frequent, len(rare)]).astype(np.int64)
    return X, y, Layout(names=("x",), levels=(0,))


def new_numbers(sampler, rare, n_new):
    X, y, layout = line(np.asarray(rare, dtype=float), len(rare) + n_new)
    drawn = sampler.resample(X, y, layout=layout, random_state=0)
    return drawn.X[drawn.source < 0, 0]


# polynom-fit-SMOTE


@pytest.mark.parametrize(
    ("topology", "rare", "n_new", "expected"),
    [
        ("star", [0, 4], 2, [1, 3]),
        ("star", [0, 6], 4, [1, 2, 4, 5]),
        ("bus", [0, 3, 9], 4, [1, 2, 5, 7]),
        ("mesh", [0, 4, 10], 3, [2, 5, 7]),
        ("mesh", [0, 3], 2, [1, 2]),
        ("curve", [0, 1, 2, 3], 3, [0.5, 1.5, 2.5]),
    ],
)
def test_points_stand_at_equal_distances_on_the_lines(topology, rare, n_new, expected):
    found = np.sort(new_numbers(PolynomFitSmote(topology), rare, n_new))
    np.testing.assert_allclose(found, expected, atol=1e-12)


# What smote-variants 1.0.1 makes of these five rows; as a test dependency it would bring TensorFlow.
FIVE = np.array([[0, 1], [4, 3], [6, 9], [10, 2], [5, 5]], dtype=float)
THEIRS = {
    "star": """
        1.666667 2.0  3.333333 3.0  4.333333 3.333333  4.666667 3.666667  5.0 4.333333
        5.0 4.666667  5.333333 5.666667  5.666667 7.333333  6.666667 3.333333  8.333333 2.666667
    """,
    "bus": """
        1.333333 1.666667  2.666667 2.333333  4.666667 5.0  5.333333 7.0
        6.666667 4.0  7.333333 6.666667  8.333333 3.0  8.666667 4.333333
    """,
}


@pytest.mark.parametrize("topology", THEIRS)
def test_polynom_fit_makes_the_rows_of_smote_variants(topology):
    expected = np.reshape([float(word) for word in THEIRS[topology].split()], (-1, 2))
    frequent = np.column_stack([100 + np.arange(5.0 + len(expected)), np.zeros(5 + len(expected))])
    y = np.repeat([0, 1], [len(frequent), 5]).astype(np.int64)
    layout = Layout(names=("a", "b"), levels=(0, 0))
    drawn = PolynomFitSmote(topology).resample(np.vstack([frequent, FIVE]), y, layout=layout, random_state=0)
    made = drawn.X[drawn.source < 0]
    np.testing.assert_allclose(made[np.lexsort(made.T[::-1])], expected, atol=1e-5)


def test_a_curve_follows_a_parabola():
    found = np.sort(new_numbers(PolynomFitSmote("curve", degree=2), np.arange(9.0) ** 2, 4))
    np.testing.assert_allclose(found, (8 * np.array([0.125, 0.375, 0.625, 0.875])) ** 2, atol=1e-9)


def test_all_pairs_come_once():
    first, second = _pair(np.arange(300 * 299 // 2))
    assert (first < second).all()
    assert (first >= 0).all()
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == 300 * 299 // 2
    far = np.array([10**11])
    first, second = _pair(far)
    assert first + second * (second - 1) // 2 == far


def test_more_pairs_than_rows_give_different_midpoints():
    rare = 2.0 ** np.arange(12)
    found = new_numbers(PolynomFitSmote("mesh"), rare, 20)
    middles = {(a + b) / 2 for i, a in enumerate(rare) for b in rare[:i]}
    assert len(set(found)) == 20
    assert set(found) <= middles


# Shares


@given(st.integers(0, 500), st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_shares_add_up_and_follow_the_weights(n, weights):
    weights = np.asarray(weights)
    counts = proportional_shares(n, weights)
    assert counts.sum() == n
    if weights.sum() > 0:
        assert (np.abs(counts - n * weights / weights.sum()) < 1 + 1e-6).all()


@given(st.integers(0, 500), st.integers(1, 40))
@settings(max_examples=30)
def test_even_shares_differ_by_at_most_one(n, m):
    counts = even_shares(n, m, np.random.default_rng(0))
    assert counts.sum() == n
    assert np.ptp(counts) <= 1


# ProWSyn


def test_levels_of_proximity_by_hand():
    own = np.arange(5.0)[:, None]
    np.testing.assert_array_equal(proximity_levels(own, np.array([[-1.0]]), 2, 3), [1, 1, 2, 2, 3])
    np.testing.assert_array_equal(proximity_levels(own, np.array([[-1.0], [9.0]]), 1, 3), [1, 2, 3, 2, 1])
    np.testing.assert_array_equal(proximity_levels(own, np.array([[-1.0]]), 1, 1), [1] * 5)


def test_closer_levels_get_more_rows():
    X = np.concatenate((np.arange(40.0), 40 + 10 * np.arange(12.0)))[:, None]
    y = np.repeat([0, 1], [40, 12]).astype(np.int64)
    drawn = ProWSyn(k_neighbors=3, theta=1.0).resample(
        X, y, layout=Layout(names=("x",), levels=(0,)), random_state=0
    )
    new = drawn.X[drawn.source < 0, 0]
    by_level = [((new >= a) & (new <= a + 20)).sum() for a in (40, 70, 100, 130)]
    # 28 rows over levels of three with weights 1, e^-1, e^-2, e^-3.
    np.testing.assert_allclose(by_level, 28 * np.exp(-np.arange(4)) / np.exp(-np.arange(4)).sum(), atol=1.5)


def test_partners_are_others_of_the_same_group():
    group = np.array([1, 1, 1, 2, 2, 3])
    base = np.repeat(np.arange(6), 200)
    found = partners(group, base, np.random.default_rng(0))
    assert (found != base).all()
    together = group[base] < 3
    np.testing.assert_array_equal(group[found[together]], group[base[together]])
    assert set(found[base == 0]) == {1, 2}
    assert set(found[base == 5]) == {0, 1, 2, 3, 4}


# Lee


def test_accepted_rows_have_few_foreign_neighbours():
    part = table("overlap", (150, 25), seed=3)
    drawn = LeeSmote(rejection=0.4).resample(part.X, part.y, layout=part.layout, random_state=0)
    new = drawn.X[drawn.source < 0]
    space = SampleSpace(part.X, part.layout)
    index = NearestNeighbors(n_neighbors=5).fit(space.distance(part.X))
    judges = index.kneighbors(space.distance(new), return_distance=False)
    assert len(new)
    assert ((part.y[judges] != 1).mean(axis=1) <= 0.4).all()


def test_nothing_is_rejected_where_everything_is_allowed():
    part = table("overlap", (150, 25), seed=3)
    drawn = LeeSmote(rejection=1.0).resample(part.X, part.y, layout=part.layout, random_state=0)
    np.testing.assert_array_equal(np.bincount(drawn.y), [150, 150])


# SMOBD


def test_noise_has_no_weight_and_density_is_as_defined():
    matrix = np.array([0.0, 1, 2, 3, 4, 50])[:, None]
    found = density_factors(matrix, 2, 0.5, 1.8)
    core = np.array([1, 1, 1, 1, 1, 46.0])
    close = np.array([6 - 1, 5, 5, 5, 5, 1.0])  # within the mean core distance of 8.5
    expected = 0.5 * core / 46 + 0.5 * close / 5
    expected[5] = 0
    np.testing.assert_allclose(found, expected)


def test_equal_rows_are_equally_dense():
    np.testing.assert_allclose(np.ptp(density_factors(np.ones((6, 2)), 3, 0.5, 1.8)), 0)


def test_no_synthetic_row_starts_from_noise():
    rare = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 90]
    found = new_numbers(Smobd(min_samples=3), rare, 40)
    assert found.max() <= 0.5


# Geometric SMOTE


@pytest.mark.parametrize("width", [1, 2, 10])
def test_the_ball_is_filled_uniformly(width):
    ball = uniform_ball(20_000, width, np.random.default_rng(0))
    radius = np.linalg.norm(ball, axis=1)
    assert radius.max() <= 1
    assert abs(radius.mean() - width / (width + 1)) < 0.01
    assert np.abs(ball.mean(axis=0)).max() < 0.02


def along(truncation, deformation):
    ball = uniform_ball(2000, 3, np.random.default_rng(0))
    way = np.tile([0.0, 4.0, 0.0], (2000, 1))
    step = shaped(ball, way, truncation, deformation)
    return step[:, 1] / 4, np.delete(step, 1, axis=1)


def test_truncation_cuts_the_far_or_the_near_half():
    assert along(1.0, 0.0)[0].min() >= 0
    assert along(-1.0, 0.0)[0].max() <= 0
    free = along(0.0, 0.0)[0]
    assert free.min() < -0.8
    assert free.max() > 0.8
    half = along(0.5, 0.0)[0]
    assert -0.5 <= half.min() < -0.4


def test_deformation_squeezes_to_the_line():
    across = [np.abs(along(1.0, d)[1]).max() for d in (0.0, 0.5, 1.0)]
    assert across[0] > 3
    np.testing.assert_allclose(across[1], across[0] / 2)
    assert across[2] < 1e-12


def test_a_ball_without_radius_is_its_centre():
    step = shaped(uniform_ball(5, 3, np.random.default_rng(0)), np.zeros((5, 3)), 1.0, 0.0)
    assert (step == 0).all()


def test_fully_deformed_and_truncated_it_is_smote():
    part = table("any", (60, 12), n_numeric=3, seed=1)
    sampler = GeometricSmote(selection="minority", truncation=1.0, deformation=1.0, k_neighbors=3)
    drawn = sampler.resample(part.X, part.y, layout=part.layout, random_state=0)
    own = part.X[part.y == 1]
    for point in drawn.X[drawn.source < 0]:
        offset, way = point - own[:, None], own[None] - own[:, None]
        gap = np.einsum("abj,abj->ab", np.broadcast_to(offset, way.shape), way) / np.maximum(
            np.einsum("abj,abj->ab", way, way), 1e-300
        )
        off = np.abs(offset - gap[:, :, None] * way).max(axis=2)
        assert ((off < 1e-9) & (gap >= 0) & (gap <= 1)).any()


def test_majority_selection_stays_closer_than_the_nearest_foreign_row():
    part = table("any", (60, 12), n_numeric=3, seed=1)
    drawn = GeometricSmote(selection="majority").resample(part.X, part.y, layout=part.layout, random_state=0)
    space = SampleSpace(part.X, part.layout)
    new, own, foreign = (
        space.distance(X) for X in (drawn.X[drawn.source < 0], part.X[part.y == 1], part.X[part.y == 0])
    )
    radius = NearestNeighbors(n_neighbors=1).fit(foreign).kneighbors(own)[0][:, 0]
    distance = np.linalg.norm(new[:, None] - own[None], axis=2)
    assert (distance <= radius + 1e-9).any(axis=1).all()


# CCR


@pytest.mark.parametrize(
    ("distance", "energy", "radius"),
    [
        ([], 1.0, 1.0),
        ([0.5], 1.0, 0.75),
        ([0.2, 0.4], 1.0, 0.4 + 0.4 / 3),
        ([2.0], 1.0, 1.0),
        ([0.0, 0.0], 0.9, 0.3),
        ([0.1], 0.0, 0.0),
    ],
)
def test_a_sphere_grows_until_its_energy_is_spent(distance, energy, radius):
    np.testing.assert_allclose(grown_radius(np.array(distance), energy), radius)


def test_frequent_rows_inside_are_pushed_to_the_surface_and_no_others():
    X = np.concatenate(([0.0, 100.0], [0.02, -0.03, 60.0, 61.0, 62.0]))[:, None]
    y = np.array([1, 1, 0, 0, 0, 0, 0])
    layout = Layout(names=("x",), levels=(0,))
    space = SampleSpace(X, layout)
    drawn = CombinedCleaningResampling(energy=0.25).resample(X, y, layout=layout, random_state=0)
    scale = float(space.scale[0])
    near, far = 0.02 / scale, 0.03 / scale
    radius = far + (0.25 - near - 2 * (far - near)) / 3
    np.testing.assert_array_equal(drawn.source, [0, 1, 4, 5, 6, -1, -1, -1, -1, -1])
    np.testing.assert_array_equal(drawn.y, [1, 1, 0, 0, 0, 0, 0, 1, 1, 1])
    np.testing.assert_allclose(drawn.X[5:7, 0] / scale, [radius, -radius])
    # Three rows over radii of about 0.08 and 0.25: all or all but one in the small sphere.
    made = drawn.X[7:, 0] / scale
    inside = np.abs(made) <= radius + 1e-12
    assert inside.sum() == 2
    assert (np.abs(made[~inside] - 100 / scale) <= 0.25).all()


def test_a_row_on_the_centre_is_pushed_too():
    X = np.concatenate(([0.0, 50.0], [0.0, 20.0, 30.0]))[:, None]
    y = np.array([1, 1, 0, 0, 0])
    layout = Layout(names=("x",), levels=(0,))
    drawn = CombinedCleaningResampling().resample(X, y, layout=layout, random_state=0)
    pushed = drawn.X[(drawn.source < 0) & (drawn.y == 0), 0]
    np.testing.assert_allclose(np.abs(pushed) / SampleSpace(X, layout).scale, 0.125)


def test_a_rare_class_does_not_push_a_rarer_one():
    part = table("three", (60, 20, 6), seed=2)
    drawn = CombinedCleaningResampling(energy=5.0).resample(
        part.X, part.y, layout=part.layout, random_state=0
    )
    assert set(np.flatnonzero(part.y == 2)) <= set(drawn.source)
    assert len(drawn.source[drawn.source >= 0]) < 86


def test_a_pushed_row_keeps_its_gaps_and_categories():
    part = table("mixed", (60, 15), n_numeric=3, levels=(4,), missing=0.1, seed=2)
    drawn = CombinedCleaningResampling(energy=20.0).resample(
        part.X, part.y, layout=part.layout, random_state=0
    )
    moved = np.setdiff1d(np.flatnonzero(part.y == 0), drawn.source)
    pushed = drawn.X[(drawn.source < 0) & (drawn.y == 0)]
    assert len(moved)
    np.testing.assert_array_equal(pushed[:, 3], part.X[moved, 3])
    np.testing.assert_array_equal(np.isnan(pushed), np.isnan(part.X[moved]))


# LVQ-SMOTE


def test_like_pairs_are_disjoint_and_closest_in_offset():
    code = np.array([[0.0, 0], [1, 0], [0, 5], [1, 5.2]])
    first, similar = like_pairs(code)
    pair = {(0, 1): 2, (1, 0): 3, (2, 3): 0, (3, 2): 1, (0, 2): 1, (1, 3): 0}
    ordered = [(a, b) for a in range(4) for b in range(4) if a != b]
    found = dict(zip(ordered, similar.tolist(), strict=True))
    assert [a for a, _ in ordered] == first.tolist()
    assert {key: found[key] for key in pair} == pair


def test_rows_are_moved_by_the_difference_of_two_codes():
    rare = [0, 10, 30, 70, 71]
    found = new_numbers(LvqSmote(n_codes=4, k_neighbors=1), rare, 60)
    codes = [0, 10, 30, 70.5]
    rows = {0: [0], 10: [10], 30: [30], 70.5: [70, 71]}
    possible = {round(row + a - i, 6) for i in codes for row in rows[i] for a in codes if a != i}
    assert {round(x, 6) for x in found} <= possible


# Assembled SMOTE


def test_pieces_that_run_in_one_direction_are_joined():
    steps = np.arange(10.0)
    along_x = np.column_stack([steps, np.zeros(10)])
    further = along_x + np.array([30.0, 1.0])
    upwards = np.column_stack([np.full(10, 75.0), steps])
    found = pieces(np.vstack([along_x, further, upwards]), 2, 0.3)
    assert len(set(found[:20])) == 1
    assert len(set(found[20:])) == 1
    assert found[0] != found[20]
    assert len(set(pieces(np.vstack([along_x, upwards]), 2, 0.0))) == 2
    assert len(set(pieces(np.vstack([along_x, upwards]), 11, 0.3))) == 1


def test_twins_are_one_piece_without_direction():
    assert len(set(pieces(np.ones((5, 2)), 6, 0.3))) == 1


def test_off_the_border_and_on_it_are_not_mixed():
    rare = np.concatenate((np.linspace(0, 1, 10), [999.0, 999.5]))
    X, y, layout = line(rare, 60)
    drawn = AssembledSmote(k_neighbors=3).resample(X, y, layout=layout, random_state=0)
    new = drawn.X[drawn.source < 0, 0]
    assert ((new <= 1) | (new >= 999)).all()


# SMOTE-IPF


def separated(n=120):
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(n, 2)), rng.normal(size=(n // 2, 2)) + 30])
    return X, np.repeat([0, 1], [n, n // 2]).astype(np.int64)


def test_nothing_is_removed_where_classes_are_apart():
    X, y = separated()
    drawn = SmoteIpf().resample(X, y, layout=Layout(names=("a", "b"), levels=(0, 0)), random_state=0)
    np.testing.assert_array_equal(np.bincount(drawn.y), [120, 120])


def test_mislabelled_rows_are_removed():
    X, y = separated()
    y[[3, 140]] = [1, 0]
    drawn = SmoteIpf(ratio=0.5).resample(X, y, layout=Layout(names=("a", "b"), levels=(0, 0)), random_state=0)
    assert not {3, 140} & set(drawn.source)
    assert len(drawn.y) >= 175


def test_consensus_removes_less_than_majority():
    part = table("overlap", (150, 60), seed=1)
    sizes = {
        voting: len(SmoteIpf(voting=voting).resample(part.X, part.y, layout=part.layout, random_state=0).y)
        for voting in ("majority", "consensus")
    }
    assert sizes["majority"] < sizes["consensus"] <= 300


def test_a_larger_share_stops_sooner():
    part = table("overlap", (150, 60), seed=1)
    few = {
        limit: len(clean_rows(part.X, part.y, n_parts=9, needed=4.5, few=limit, seed=0))
        for limit in (0, 1000)
    }
    assert few[0] <= few[1000] < 210
