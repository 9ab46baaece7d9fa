"""Class weights."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from imbtool.core.errors import DataError
from imbtool.methods.reweight.balanced import BalancedWeights
from imbtool.methods.reweight.effective_number import EffectiveNumberWeights
from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.reweight.square_root import SquareRootWeights

Y = np.repeat([0, 1, 2], [80, 15, 5])
ALL = [BalancedWeights(), SquareRootWeights(), EffectiveNumberWeights(), Scalarization()]


def test_balanced_weights_are_scikit_learns():
    np.testing.assert_allclose(BalancedWeights().fit_weight(None, Y), compute_sample_weight("balanced", Y))


def test_square_root_weights_are_proportional_to_the_inverse_root():
    weight = SquareRootWeights().fit_weight(None, Y)
    assert weight[-1] / weight[0] == pytest.approx(np.sqrt(80 / 5))
    np.testing.assert_allclose(weight, Scalarization(tau=2).fit_weight(None, Y))


def test_effective_number_matches_the_golden_values():
    kernel = EffectiveNumberWeights(beta=0.9999).class_weights([5000, 500, 50])
    np.testing.assert_allclose(kernel, [0.03411, 0.27517, 2.69073], atol=5e-6)
    assert kernel.sum() == pytest.approx(3)


def test_effective_number_at_beta_0_weights_nothing():
    np.testing.assert_allclose(EffectiveNumberWeights(beta=0.0).fit_weight(None, Y), 1.0)


def test_effective_number_approaches_balance():
    nearly = EffectiveNumberWeights(beta=0.999999).fit_weight(None, Y)
    np.testing.assert_allclose(nearly, BalancedWeights().fit_weight(None, Y), rtol=1e-4)


def test_scalarization_follows_theorem_1():
    weight = Scalarization(tau=5).fit_weight(None, Y)
    assert weight[-1] / weight[0] == pytest.approx((80 / 5) ** 0.8)


@pytest.mark.parametrize("method", ALL, ids=lambda m: type(m).__name__)
def test_classes_of_one_size_weigh_one(method):
    np.testing.assert_allclose(method.fit_weight(None, np.array([0, 1, 2, 0, 1, 2])), 1.0)


@pytest.mark.parametrize("method", ALL, ids=lambda m: type(m).__name__)
def test_a_code_without_rows_changes_nothing(method):
    gap = np.where(Y == 2, 7, Y)
    np.testing.assert_allclose(method.fit_weight(None, gap), method.fit_weight(None, Y))


def test_no_rows_are_refused():
    with pytest.raises(DataError, match="at least one class code"):
        BalancedWeights().fit_weight(None, np.array([], dtype=np.int64))
