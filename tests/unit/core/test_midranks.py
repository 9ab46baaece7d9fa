"""Ranks with ties."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from imbtool.core.midranks import midranks


@given(st.lists(st.sampled_from([-np.inf, -1.5, 0.0, -0.0, 2.0, 3.0, np.inf]), max_size=30))
def test_ranks_are_those_of_scipy_ties_and_infinities_included(values):
    assert midranks(np.array(values, dtype=float)).tolist() == rankdata(values).tolist()
