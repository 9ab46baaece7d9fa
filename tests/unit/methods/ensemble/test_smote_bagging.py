"""SMOTE-bagging against its definition."""

import numpy as np
import pytest
from tests.unit.methods.ensemble.conftest import trainer

from imbtool.core.errors import NotApplicableError
from imbtool.methods.ensemble.smote_bagging import SmoteBagging


@pytest.mark.parametrize("sizes", [(120, 20), (120, 40, 12)])
def test_rare_classes_are_drawn_to_a_growing_share_and_made_up_to_the_largest(sizes):
    part = trainer(sizes)
    SmoteBagging(n_bags=4).train(part, random_state=0)
    for asked, b in zip(part.asked, (0.25, 0.5, 0.75, 1.0), strict=True):
        drawn = np.bincount(part.y[asked.rows], minlength=len(sizes))
        np.testing.assert_array_equal(drawn, [120, *[round(b * 120)] * (len(sizes) - 1)])
        if b < 1:
            made = np.bincount(asked.made[1], minlength=len(sizes))
            np.testing.assert_array_equal(drawn + made, 120)
        else:
            assert asked.made is None


def test_synthetic_rows_lie_between_rows_of_their_class():
    part = trainer((80, 12))
    SmoteBagging(n_bags=2).train(part, random_state=0)
    rare = part.X[part.y == 1]
    made, labels = part.asked[0].made
    assert (labels == 1).all()
    assert (made >= rare.min(axis=0) - 1e-12).all()
    assert (made <= rare.max(axis=0) + 1e-12).all()


def test_a_class_of_one_row_is_only_repeated_when_another_can_be_interpolated():
    part = trainer((60, 12, 1))
    SmoteBagging(n_bags=2).train(part, random_state=0)
    np.testing.assert_array_equal(np.bincount(part.y[part.asked[0].rows]), [60, 30, 60])
    assert set(part.asked[0].made[1]) == {1}


def test_a_single_rare_row_is_not_applicable():
    with pytest.raises(NotApplicableError, match="at least 2 rows"):
        SmoteBagging(n_bags=2).train(trainer((60, 1)), random_state=0)
