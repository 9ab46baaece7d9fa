"""Points between rows: on the segment, in the box, drawn as imbalanced-learn draws."""

import numpy as np
import pytest

from imbtool.methods.resample import segments
from imbtool.methods.resample.segments import write_between
from imbtool.methods.resample.smote import Smote
from imbtool.testing.tables import table


def written(gap, n_new=500, **more):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(40, 3))
    near = (np.arange(40)[:, None] + rng.integers(1, 40, (40, 5))) % 40
    out = np.empty((n_new, 3))
    base = write_between(numbers, near, out, seed=3, gap=gap, **more)
    return numbers, near, out, base


def gaps(numbers, near, out, base):
    """The gaps that lead from each base to one of its neighbours, with the best fitting neighbour."""
    steps = (out - numbers[base])[:, None] / (numbers[near[base]] - numbers[base][:, None])
    spread = np.ptp(steps, axis=2)
    return steps, spread


def test_one_gap_a_row_puts_it_on_a_segment():
    steps, spread = gaps(*written("segment"))
    best = spread.argmin(axis=1)
    found = steps[np.arange(len(best)), best]
    assert spread.min(axis=1).max() < 1e-9
    assert ((found >= -1e-12) & (found < 1)).all()


def test_a_gap_a_number_puts_it_in_the_box_and_not_on_the_segment():
    steps, spread = gaps(*written("box"))
    inside = ((steps >= 0) & (steps < 1)).all(axis=2).any(axis=1)
    assert inside.all()
    assert np.median(spread.min(axis=1)) > 0.05


@pytest.mark.parametrize("gap", ["segment", "box"])
def test_pieces_draw_what_one_piece_draws(gap, monkeypatch):
    whole = written(gap)[2]
    monkeypatch.setattr(segments, "_CELLS_AT_ONCE", 30)
    np.testing.assert_array_equal(written(gap)[2], whole)


def test_rows_may_lie_inside_a_matrix():
    numbers, near, out, base = written("segment")
    matrix = np.full((100, 3), np.nan)
    rows = np.random.default_rng(1).permutation(100)[:40]
    matrix[rows] = numbers
    again = np.empty_like(out)
    np.testing.assert_array_equal(write_between(matrix, rows[near], again, seed=3, rows=rows), base)
    np.testing.assert_array_equal(again, out)


@pytest.mark.parametrize("levels", [(), (4,)])
def test_smote_has_both_by_name(levels):
    part = table("any", (60, 12), levels=levels, seed=2)

    def rows(gap):
        drawn = Smote(gap=gap).resample(part.X, part.y, layout=part.layout, random_state=0)
        return drawn.X[drawn.source < 0]

    segment, box = rows("segment"), rows("box")
    assert (segment[:, :4] != box[:, :4]).any()
    own = part.X[part.y == 1, :4]
    assert ((box[:, :4] >= own.min(axis=0)) & (box[:, :4] <= own.max(axis=0))).all()
