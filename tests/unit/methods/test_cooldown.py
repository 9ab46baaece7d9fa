"""Cooldown: two levels and one step."""

import numpy as np
import pytest

from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.schedule.cooldown import Cooldown

Y = np.repeat([0, 1], [90, 10])


def test_the_step_is_exactly_at_the_switch():
    cooldown = Cooldown(tau=5, switch=0.5)
    assert cooldown.tau_at(49, 100) == 5
    assert cooldown.tau_at(50, 100) == 1


@pytest.mark.parametrize(("switch", "n_stages", "turn"), [(0.5, 7, 4), (0.0, 9, 0), (1.0, 9, 9), (0.5, 1, 1)])
def test_there_is_nothing_between_the_two_levels(switch, n_stages, turn):
    cooldown = Cooldown(tau=3, switch=switch)
    taus = [cooldown.tau_at(stage, n_stages) for stage in range(n_stages)]
    assert taus == [3.0] * turn + [1.0] * (n_stages - turn)


def test_phases_hold_temperature_weights_and_then_ones():
    hot, natural = Cooldown(tau=5, switch=0.5).phases(Y, 100)
    assert (hot.start, hot.stop, natural.start, natural.stop) == (0, 50, 50, 100)
    np.testing.assert_array_equal(hot.weight, Scalarization(tau=5).fit_weight(None, Y))
    np.testing.assert_array_equal(natural.weight, np.ones(100))


@pytest.mark.parametrize("switch", [0.0, 1.0])
def test_an_empty_phase_is_left_out(switch):
    (only,) = Cooldown(switch=switch).phases(Y, 10)
    assert (only.start, only.stop) == (0, 10)
    assert (only.weight == 1).all() == (switch == 0.0)
