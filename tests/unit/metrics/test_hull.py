"""Upper convex hulls against a Graham scan, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbtool.core.ranked import rank
from imbtool.metrics.hull import area_under, roc_hull, upper_hull
from imbtool.metrics.ranking import area_under_roc

POINTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30)
ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=60)


def graham(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The upper half of a Graham scan, in whole numbers."""
    best = {x: max(b for a, b in points if a == x) for x, _ in points}
    hull: list[tuple[int, int]] = []
    for point in sorted(best.items()):
        while len(hull) > 1:
            (a, b), (c, d), (e, f) = hull[-2], hull[-1], point
            if (c - a) * (f - b) - (d - b) * (e - a) < 0:
                break
            hull.pop()
        hull.append(point)
    return hull


@given(POINTS)
@settings(deadline=None)
def test_the_vertices_are_those_of_a_graham_scan(points):
    x, y = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    at = upper_hull(x, y)
    assert [(int(a), int(b)) for a, b in zip(x[at], y[at], strict=True)] == graham(points)


@given(POINTS)
@settings(deadline=None)
def test_to_take_a_point_away_that_is_no_vertex_changes_nothing(points):
    x, y = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    at = upper_hull(x, y)
    for gone in set(range(len(points))) - set(at.tolist()):
        rest = np.delete(np.arange(len(points)), gone)
        again = rest[upper_hull(x[rest], y[rest])]
        assert area_under(x[again], y[again]) == pytest.approx(area_under(x[at], y[at]))


@given(ROWS)
@settings(deadline=None)
def test_the_hull_of_a_roc_curve_lies_on_or_above_it(rows):
    positive, score = (np.array(side) for side in zip(*rows, strict=True))
    if len(set(positive.tolist())) < 2:
        return
    ranked = rank(score.astype(float), positive)
    fpr, tpr = roc_hull(ranked)
    assert (fpr[0], tpr[0], fpr[-1], tpr[-1]) == (0, 0, 1, 1)
    assert area_under(fpr, tpr) >= area_under_roc(ranked) - 1e-12
    every = np.interp(ranked.alarms / ranked.negatives, fpr, tpr)
    # At a jump straight up the hull has two points at one x: the curve's point lies under the upper one.
    upright = ranked.alarms == 0
    assert (every[~upright] >= (ranked.hits / ranked.positives)[~upright] - 1e-12).all()
    slopes = np.diff(tpr) / np.maximum(np.diff(fpr), 1e-300)
    assert (np.diff(slopes) < 1e-9).all()


def test_the_hull_of_a_curve_that_is_worse_than_chance_is_the_diagonal():
    fpr, tpr = roc_hull(rank(np.array([3.0, 2.0, 1.0, 0.0]), np.array([False, False, True, True])))
    assert (fpr.tolist(), tpr.tolist()) == ([0, 1], [0, 1])
