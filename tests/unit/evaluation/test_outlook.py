"""What would settle a lead: laws of the curves, and the parts of the table that they are fitted to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.data.load import load_dataset
from imbtool.engine import Limits, make_engine
from imbtool.evaluation.conclude import scale_for
from imbtool.evaluation.curve import _parts, measure
from imbtool.evaluation.design import Design
from imbtool.evaluation.options import Options
from imbtool.evaluation.outlook import Bar, Part, _lead, outlook, settled
from imbtool.evaluation.table import Table

BAR = Bar(level=0.05, rope=0.01, folds=15, test_ratio=0.25)
NOISE = np.random.default_rng(1).normal(0.0, 0.05, 15)
D = NOISE - NOISE.mean() + 0.025
SIZES = np.geomspace(1.0, 1000.0, 30)


def parts(half: float, quarter: float, spread: float = 0.05) -> list[Part]:
    rng = np.random.default_rng(2)
    made = []
    for share, mean in ((0.5, half),) * 2 + ((0.25, quarter),) * 4:
        noise = rng.normal(0.0, spread / np.sqrt(share), 5)
        made.append(Part(share=share, d=noise - noise.mean() + mean))
    return made


def test_an_open_lead_is_not_settled_by_the_rows_that_are_there() -> None:
    found = settled(np.ones(1), D, (), BAR)
    assert found is not None
    assert found[0] < 1e-6


@given(st.floats(-0.05, 0.08), st.floats(0.01, 0.2), st.booleans())
def test_chances_are_probabilities_and_endless_rows_settle_nearly_all(mean, spread, curve) -> None:
    d = (D - D.mean()) * spread / D.std() + mean
    found = settled(np.array([2.0, 8.0, 1e12]), d, parts(0.02, 0.02) if curve else (), BAR)
    assert found is not None
    assert ((found >= 0.0) & (found <= 1.0 + 1e-9)).all()
    assert found[-1] > 0.99


def test_a_harder_test_and_a_noisier_lead_need_more_rows() -> None:
    usual = outlook(D, (), BAR)
    assert usual is not None
    assert 1.0 <= usual.low <= usual.factor <= usual.high
    assert outlook(D, (), BAR._replace(level=0.05 / 20)).factor > usual.factor
    noisy = outlook((D - D.mean()) * 2 + D.mean(), (), BAR)
    assert noisy.factor > usual.factor


def test_a_lead_that_was_larger_on_parts_is_expected_to_fade() -> None:
    far = np.array([1000.0])
    fading, growing = (_lead(far, D, found, BAR)[0][0] for found in (parts(0.05, 0.09), parts(0.0, -0.03)))
    assert fading < growing


@given(st.floats(0.01, 100.0))
def test_the_unit_of_the_metric_makes_no_difference(unit) -> None:
    one = settled(SIZES, D, parts(0.02, 0.01), BAR)
    two = settled(
        SIZES,
        D * unit,
        [Part(share=p.share, d=p.d * unit) for p in parts(0.02, 0.01)],
        BAR._replace(rope=BAR.rope * unit),
    )
    np.testing.assert_allclose(one, two, atol=1e-8)


@pytest.mark.parametrize("d", [np.array([0.1]), np.array([]), np.full(5, 0.1), np.full(5, np.nan)])
def test_without_a_spread_nothing_is_foretold(d) -> None:
    assert outlook(d, (), BAR) is None


def test_a_table_of_normal_differences_is_settled_about_as_often_as_foretold() -> None:
    """Leads drawn around a known truth, looked at again with eight times the rows."""
    rng = np.random.default_rng(3)
    n, ratio, k = 400, 0.25, 8
    level_bar = BAR._replace(level=0.05)
    foretold, came = [], []
    se = 0.02
    for _ in range(n):
        truth = rng.normal(0.02, se)
        seen = rng.normal(truth, se)
        later = seen / k + rng.normal(truth, se / np.sqrt(k - 1)) * (1 - 1 / k)
        spread = se / np.sqrt(1 / 15 + ratio)
        noise = rng.normal(0.0, 1.0, 15)
        noise = (noise - noise.mean()) / noise.std(ddof=1)
        chance = settled(np.array([float(k)]), seen + spread * noise, (), level_bar)
        foretold.append(float(chance[0]))
        margin = 2.145 * se / np.sqrt(k)
        came.append(later > max(margin, 0.01) or later < 0.01 - 1.761 * se / np.sqrt(k))
    assert np.mean(foretold) == pytest.approx(np.mean(came), abs=0.1)


def test_the_lead_is_measured_on_both_halves_and_all_four_quarters() -> None:
    options = Options(methods="random_under", learners="logistic", folds=3, repeats=1, inner_folds=0)
    data = load_dataset("digits8", target="is_eight")
    design = Design.of(data, options.checked())
    scale = scale_for(design, Table([]))
    lead, rival = ("logistic", "random_under"), ("logistic", "none")
    engine = make_engine(1, 1)
    found = measure(design, lead, rival, scale, engine, Limits())
    assert [p.share for p in found] == [0.5, 0.5, 0.25, 0.25, 0.25, 0.25]
    assert all(p.d.shape == (3,) and np.isfinite(p.d).all() for p in found)
    again = measure(design, rival, lead, scale, engine, Limits())
    np.testing.assert_array_equal([p.d for p in found], [-p.d for p in again])


@given(st.integers(0, 5), st.sampled_from([2, 4]))
def test_parts_share_out_the_rows_and_keep_groups_together(seed, cut) -> None:
    import pandas as pd

    table = pd.DataFrame({"x": np.arange(120.0), "g": np.arange(120) // 5, "y": [0, 0, 0, 1] * 30})
    data = load_dataset(table, target="y", group="g")
    part = _parts(data, cut, seed)
    assert set(part) == set(range(cut))
    assert all(len(set(part[data.group == g])) == 1 for g in set(data.group))
