"""Balanced bags."""

import numpy as np

from imbtool.methods.ensemble.easy import EasyEnsemble


def bags(counts, n_bags=10, seed=0):
    y = np.repeat(np.arange(len(counts)), counts)
    return y, EasyEnsemble(n_bags).bags(y, random_state=seed)


def test_each_bag_holds_the_smallest_class_and_as_many_of_each_other():
    y, drawn = bags([200, 60, 20])
    assert len(drawn) == 10
    for bag in drawn:
        np.testing.assert_array_equal(np.bincount(y[bag]), [20, 20, 20])
        np.testing.assert_array_equal(bag[y[bag] == 2], np.flatnonzero(y == 2))


def test_bags_differ_in_the_frequent_rows():
    y, drawn = bags([200, 20])
    seen = np.unique(np.concatenate(drawn))
    assert (y[seen] == 0).sum() > 100


def test_a_handful_of_rare_rows_is_met_by_ten_others():
    y, drawn = bags([200, 6, 3])
    for bag in drawn:
        np.testing.assert_array_equal(np.bincount(y[bag]), [10, 6, 3])


def test_another_seed_draws_other_bags():
    assert not np.array_equal(bags([200, 20], seed=0)[1][0], bags([200, 20], seed=1)[1][0])
