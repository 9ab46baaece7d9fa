"""Which rows members are trained on."""

import numpy as np
import pytest

from imbtool.core.errors import NotApplicableError
from imbtool.methods.ensemble.draws import quotas, two_classes
from imbtool.methods.ensemble.over_bagging import OverBagging
from imbtool.methods.ensemble.under_bagging import UnderBagging


def bags(method, counts, seed=0):
    y = np.repeat(np.arange(len(counts)), counts)
    return y, method.bags(y, random_state=seed)


def test_under_bagging_draws_every_class_as_often_as_the_smallest_has_rows():
    y, drawn = bags(UnderBagging(6), [200, 60, 20])
    assert len(drawn) == 6
    for bag in drawn:
        np.testing.assert_array_equal(np.bincount(y[bag]), [20, 20, 20])


def test_under_bagging_leaves_rare_rows_out_and_repeats_others():
    y, drawn = bags(UnderBagging(200), [200, 20])
    left_out = [20 - len(np.unique(bag[y[bag] == 1])) for bag in drawn]
    # Of 20 draws out of 20 rows, (1 - 1/20)^20 = 36 % of the rows are never drawn.
    assert np.mean(left_out) / 20 == pytest.approx((1 - 1 / 20) ** 20, abs=0.02)


def test_a_handful_of_rare_rows_is_drawn_ten_times():
    y, drawn = bags(UnderBagging(2), [200, 3])
    for bag in drawn:
        np.testing.assert_array_equal(np.bincount(y[bag]), [10, 10])


def test_over_bagging_draws_every_class_as_often_as_the_largest_has_rows():
    y, drawn = bags(OverBagging(4), [50, 20, 1])
    for bag in drawn:
        np.testing.assert_array_equal(np.bincount(y[bag]), [50, 50, 50])
        assert len(np.unique(bag[y[bag] == 0])) < 50


def test_quotas_that_do_not_fit_go_to_the_others():
    np.testing.assert_array_equal(quotas(10, np.array([8.0, 1.0, 1.0]), np.array([2, 50, 50])), [2, 4, 4])
    np.testing.assert_array_equal(quotas(10, np.array([1.0, 1.0, 1.0]), np.array([50, 50, 0])), [5, 5, 0])
    np.testing.assert_array_equal(quotas(9, np.array([5.0, 1.0]), np.array([3, 4])), [3, 4])


def test_the_largest_fraction_gets_what_is_left_over():
    np.testing.assert_array_equal(quotas(4, np.array([2.0, 1.0, 0.2]), np.array([9, 9, 9])), [3, 1, 0])


def test_one_class_is_not_applicable():
    with pytest.raises(NotApplicableError, match="self_paced needs rows of at least 2 classes"):
        two_classes(np.zeros(5, dtype=np.int64), "self_paced")
