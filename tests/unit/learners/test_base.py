"""Class codes and row weights."""

from __future__ import annotations

import numpy as np

from imbtool.learners.base import ClassCodes, combine_weights


def test_class_codes_count_over_present_classes_and_find_their_way_back() -> None:
    y = np.array([4, 1, 4, 1, 1])
    codes = ClassCodes.of(y, 6)
    assert codes.n_present == 2
    assert codes.encode(y).tolist() == [1, 0, 1, 0, 0]
    full = codes.expand(np.array([[0.25, 0.75]]))
    assert full.tolist() == [[0, 0.25, 0, 0, 0.75, 0]]


def test_one_weight_vector_is_handed_on_and_two_are_multiplied_to_mean_one() -> None:
    a, b = np.array([1.0, 3.0]), np.array([2.0, 1.0])
    assert combine_weights(None, None) is None
    np.testing.assert_array_equal(combine_weights(a, None), a)
    np.testing.assert_allclose(combine_weights(a, b), [0.8, 1.2])
