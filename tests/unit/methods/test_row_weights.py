"""Weights by power, cost, commonness, moments and importance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.core.protocols import Reweighter
from imbtool.core.types import Layout
from imbtool.methods.reweight.balanced import BalancedWeights
from imbtool.methods.reweight.commonness import CommonnessWeights
from imbtool.methods.reweight.costs import CostProportionalWeights
from imbtool.methods.reweight.importance import ImportanceWeights, buckets, gumbel_top_k
from imbtool.methods.reweight.moments import MomentMatchingWeights, gap, pooled, rake
from imbtool.methods.reweight.power import InversePowerWeights
from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.reweight.square_root import SquareRootWeights
from imbtool.methods.reweight.tokens import Bins, as_tables

SIZES = (9_000, 900, 90, 10)


def numbers(n_columns):
    return Layout(names=tuple(f"x{j}" for j in range(n_columns)), levels=(0,) * n_columns)


class TestInversePower:
    @pytest.mark.parametrize(
        ("power", "other"),
        [(1.0, BalancedWeights()), (0.5, SquareRootWeights()), (0.8, Scalarization(tau=5.0)), (0.0, None)],
    )
    def test_it_runs_through_the_known_weights(self, power, other):
        y = np.repeat(np.arange(4), SIZES)
        expected = np.ones(len(y)) if other is None else other.fit_weight(None, y)
        assert InversePowerWeights(power=power).fit_weight(None, y) == pytest.approx(expected)

    def test_golden_weights_at_tau_five(self):
        weights = InversePowerWeights(power=0.8).class_weights(SIZES)
        assert weights == pytest.approx([0.4861, 3.067, 19.35, 112.2], rel=1e-3)

    def test_beyond_one_the_rare_class_weighs_most(self):
        totals = InversePowerWeights(power=1.5).class_weights(SIZES) * SIZES
        assert (np.diff(totals) > 0).all()

    def test_an_empty_class_has_no_weight(self):
        assert InversePowerWeights().class_weights([5, 0, 5]) == pytest.approx([1.0, 0.0, 1.0])


class TestCosts:
    def test_classes_weigh_what_they_cost(self):
        y = np.array([0] * 8 + [1] * 2)
        weight = CostProportionalWeights(fp=2.0, fn=10.0).fit_weight(None, y)
        assert weight[-1] / weight[0] == pytest.approx(5.0)
        assert weight.mean() == pytest.approx(1.0)

    def test_only_the_ratio_of_the_costs_matters(self):
        y = np.array([0] * 8 + [1] * 2)
        one, other = (CostProportionalWeights(fp=u, fn=3 * u).fit_weight(None, y) for u in (1.0, 7e5))
        assert one == pytest.approx(other)

    def test_rows_may_have_costs_of_their_own(self):
        costs = np.array([1.0, 2.0, 3.0, 10.0])
        weight = CostProportionalWeights().fit_weight(None, np.array([0, 1, 2, 2]), costs=costs)
        assert weight == pytest.approx(costs / costs.mean())

    @pytest.mark.parametrize("costs", [[1.0, 0.0, 1.0], [1.0, np.nan, 1.0], [1.0, 2.0], [-1.0, 1.0, 1.0]])
    def test_costs_that_cannot_be_weights_are_refused(self, costs):
        with pytest.raises(DataError, match="one positive number a row"):
            CostProportionalWeights().fit_weight(None, np.array([0, 1, 1]), costs=costs)

    def test_two_costs_are_for_two_classes(self):
        with pytest.raises(NotApplicableError, match="for two classes; there are 3"):
            CostProportionalWeights(fn=3.0).fit_weight(None, np.array([0, 1, 2]))

    def test_equal_costs_change_nothing(self):
        weight = CostProportionalWeights(fp=3.0, fn=3.0).fit_weight(None, np.array([0, 0, 1]))
        assert weight == pytest.approx(np.ones(3))


class TestBins:
    def test_bins_hold_about_equally_many_rows(self):
        X = np.random.default_rng(0).normal(size=(1_000, 1))
        counts = np.bincount(Bins.fit(X, numbers(1), 10).codes(X)[:, 0])
        assert counts == pytest.approx([100] * 10, abs=2)

    def test_a_value_that_fills_bins_is_told_from_larger_and_smaller_ones(self):
        X = np.array([[-1.0]] * 5 + [[0.0]] * 90 + [[2.0]] * 5)
        codes = Bins.fit(X, numbers(1), 10).codes(X)[:, 0]
        assert len({codes[0], codes[50], codes[-1]}) == 3

    def test_bins_of_equal_width_tell_dense_places_from_thin_ones(self):
        X = np.random.default_rng(0).normal(size=(5_000, 1))
        counts = np.bincount(Bins.fit(X, numbers(1), 10, widths=True).codes(X)[:, 0], minlength=11)
        assert counts[:10].argmax() in (4, 5)
        assert counts[0] < 0.3 * counts.max()
        same = Bins.fit(np.zeros((5, 1)), numbers(1), 10, widths=True).codes(np.array([[-1.0], [0.0], [1.0]]))
        assert len(set(same[:, 0])) == 3

    def test_missing_cells_and_levels_have_codes_of_their_own(self):
        layout = Layout(names=("a", "b"), levels=(0, 3))
        X = np.array([[1.0, 2.0], [np.nan, 0.0], [1.0, np.nan]])
        bins = Bins.fit(X, layout, 4)
        codes = bins.codes(X)
        assert codes[:, 1].tolist() == [2, 0, 3]
        assert codes[1, 0] == bins.sizes[0] - 1 != codes[0, 0] == codes[2, 0]

    def test_frames_are_coded_alike(self):
        one = pd.DataFrame({"c": ["x", None, "y"], "n": [1, 2, 3], "d": pd.to_datetime(["2020-01-01"] * 3)})
        other = pd.DataFrame({"c": ["z", "y"], "n": [5.0, np.nan], "d": pd.to_datetime(["2020-01-03"] * 2)})
        (a, b), layout = as_tables(one, other)
        assert layout.levels == (3, 0, 0)
        assert a[2, 0] == b[1, 0] != b[0, 0]
        assert np.isnan(a[1, 0])
        assert np.isnan(b[1, 1])
        assert b[0, 2] - a[0, 2] == 2.0

    def test_other_columns_are_refused(self):
        with pytest.raises(DataError, match="same columns"):
            as_tables(pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}))
        with pytest.raises(DataError, match="same columns"):
            as_tables(np.zeros((2, 2)), np.zeros((2, 3)))


class TestCommonness:
    def test_copies_together_weigh_as_much_as_one_row_without_like(self):
        copies, single = [[0.0, 0.0]] * 6, [[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]]
        X = np.array(copies + single)
        weight = CommonnessWeights(power=1.0, density="rows").fit_weight(X, np.zeros(9, int))
        assert weight[:6].sum() == pytest.approx(weight[6])
        assert weight[6:] == pytest.approx([weight[6]] * 3)

    @pytest.mark.parametrize("density", ["rows", "columns"])
    def test_power_zero_is_uniform(self, density):
        X = np.random.default_rng(0).normal(size=(60, 3))
        weight = CommonnessWeights(power=0.0, density=density).fit_weight(X, np.zeros(60, int))
        assert weight == pytest.approx(np.ones(60))

    @pytest.mark.parametrize("power", [0.3, 1.0])
    def test_the_order_of_the_weights_is_the_reverse_of_the_density(self, power):
        rng = np.random.default_rng(1)
        X = np.column_stack((rng.geometric(0.5, 500), rng.geometric(0.3, 500))).astype(float)
        shares = [pd.Series(column).map(pd.Series(column).value_counts(normalize=True)) for column in X.T]
        density = np.sqrt(shares[0] * shares[1]).to_numpy()
        layout = Layout(names=("a", "b"), levels=(int(X[:, 0].max()) + 1, int(X[:, 1].max()) + 1))
        weight = CommonnessWeights(power=power, cap=1e9).fit_weight(X, np.zeros(500, int), layout=layout)
        assert weight == pytest.approx(density**-power / (density**-power).mean())
        assert weight.mean() == pytest.approx(1.0)

    def test_no_row_weighs_more_than_the_cap_times_the_commonest(self):
        X = np.array([[0.0]] * 999 + [[5.0]])
        layout = Layout(names=("a",), levels=(6,))
        weight = CommonnessWeights(power=1.0, cap=4.0).fit_weight(X, np.zeros(1_000, int), layout=layout)
        assert weight.max() / weight.min() == pytest.approx(4.0)

    def test_within_classes_the_class_shares_stay(self):
        rng = np.random.default_rng(2)
        y = np.array([0] * 180 + [1] * 20)
        X = rng.normal(size=(200, 3)) + 2.0 * y[:, None]
        free, bound = (CommonnessWeights(within_class=w).fit_weight(X, y) for w in (False, True))
        assert bound[y == 1].mean() == pytest.approx(1.0)
        assert free[y == 1].mean() > 1.05
        assert isinstance(CommonnessWeights(), Reweighter)


class TestMoments:
    def drawn(self, n=4_000, seed=0):
        rng = np.random.default_rng(seed)
        group, region = rng.integers(0, 3, n), rng.integers(0, 4, n)
        y = (rng.random(n) < 0.05 + 0.1 * group + 0.05 * region).astype(np.int64)
        layout = Layout(names=("group", "region", "z"), levels=(3, 4, 0))
        return np.column_stack((group, region, rng.normal(size=n) + y)).astype(float), y, layout

    def test_one_column_is_kamiran_and_calders(self):
        X, y, layout = self.drawn()
        weight = MomentMatchingWeights(columns="group").fit_weight(X, y, layout=layout)
        for g in range(3):
            for k in (0, 1):
                here = (X[:, 0] == g) & (y == k)
                expected = (X[:, 0] == g).mean() * (y == k).mean() / here.mean()
                assert weight[here] == pytest.approx(expected)

    @pytest.mark.parametrize("shares", ["natural", "balanced"])
    def test_every_named_column_is_independent_of_the_class_and_keeps_its_margin(self, shares):
        X, y, layout = self.drawn()
        method = MomentMatchingWeights(columns="group, region", shares=shares)
        weight = method.fit_weight(X, y, layout=layout)
        for j in (0, 1):
            level = X[:, j].astype(int)
            assert gap(level, y, np.ones(len(y))) > 0.005
            assert gap(level, y, weight) < 1e-8
            assert np.bincount(level, weights=weight) / len(y) == pytest.approx(np.bincount(level) / len(y))
        assert weight[y == 1].sum() / len(y) == pytest.approx(0.5 if shares == "balanced" else y.mean())
        assert weight.min() > 0.0
        assert weight.mean() == pytest.approx(1.0)

    def test_without_names_the_categorical_columns_are_taken(self):
        X, y, layout = self.drawn()
        named = MomentMatchingWeights(columns="group,region").fit_weight(X, y, layout=layout)
        assert MomentMatchingWeights().fit_weight(X, y, layout=layout) == pytest.approx(named)

    def test_a_number_is_cut_at_its_quartiles(self):
        X, y, layout = self.drawn()
        weight = MomentMatchingWeights(columns="z").fit_weight(X, y, layout=layout)
        quarter = np.searchsorted(
            np.quantile(X[:, 2], [0.25, 0.5, 0.75], method="inverted_cdf"), X[:, 2], "right"
        )
        assert gap(quarter, y, weight) < 1e-8 < 0.01 < gap(quarter, y, np.ones(len(y)))

    def test_frames_work_by_name(self):
        X, y, layout = self.drawn()
        frame = pd.DataFrame({"group": X[:, 0].astype(int).astype(str), "z": X[:, 2]})
        expected = MomentMatchingWeights(columns="group").fit_weight(X, y, layout=layout)
        assert MomentMatchingWeights(columns="group").fit_weight(frame, y) == pytest.approx(expected)

    def test_columns_that_are_independent_already_change_nothing(self):
        y = np.array([0, 0, 0, 1] * 60)
        level = np.repeat([0, 1, 2], 80)
        assert rake([level], y, balanced=False) == pytest.approx(np.ones(240))

    def test_levels_without_enough_rows_of_a_class_are_pooled(self):
        y = np.array([0] * 100 + [1] * 20)
        column = np.concatenate((np.arange(100) % 10, np.repeat([0, 1], 10)))
        levels = pooled(column, y)
        counts = [np.bincount(levels[y == k]).min() for k in (0, 1)]
        assert len(np.unique(levels)) >= 2
        assert min(counts) >= 5

    def test_one_rare_row_still_gives_weights(self):
        X, _, layout = self.drawn(200)
        y = np.zeros(200, int)
        y[7] = 1
        weight = MomentMatchingWeights().fit_weight(X, y, layout=layout)
        assert np.isfinite(weight).all()
        assert weight.min() > 0

    def test_what_cannot_be_named_is_not_applicable(self):
        X, y, layout = self.drawn(200)
        with pytest.raises(NotApplicableError, match="no feature 'grup'") as caught:
            MomentMatchingWeights(columns="grup").fit_weight(X, y, layout=layout)
        assert "group" in caught.value.hint
        with pytest.raises(NotApplicableError, match="takes the categorical ones; there are none"):
            MomentMatchingWeights().fit_weight(X[:, 2:], y)


class TestImportance:
    def shifted(self, n=6_000, seed=0):
        rng = np.random.default_rng(seed)
        kind = rng.choice(["a", "b", "c"], n, p=[0.8, 0.15, 0.05])
        return pd.DataFrame({"x": rng.normal(size=n), "kind": kind, "noise": rng.normal(size=n)})

    def target(self, n=3_000, seed=1):
        rng = np.random.default_rng(seed)
        kind = rng.choice(["a", "b", "c"], n, p=[0.4, 0.3, 0.3])
        return pd.DataFrame({"x": rng.normal(size=n) + 1.0, "kind": kind, "noise": rng.normal(size=n)})

    def test_a_reference_like_the_training_rows_weights_nothing(self):
        rows = self.shifted()
        assert ImportanceWeights(table=rows).fit_weight(rows) == pytest.approx(np.ones(len(rows)))

    def test_weighted_rows_look_like_the_reference(self):
        rows, reference = self.shifted(), self.target()
        weight = ImportanceWeights(table=reference).fit_weight(rows)
        assert weight.mean() == pytest.approx(1.0)
        assert weight.min() > 0.0
        assert np.average(rows.x, weights=weight) == pytest.approx(0.9, abs=0.15)
        assert np.average(rows.noise, weights=weight) == pytest.approx(0.0, abs=0.1)
        share = np.average(rows.kind == "c", weights=weight)
        assert share == pytest.approx(0.3, abs=0.03)

    def test_power_zero_is_uniform_and_the_cap_holds(self):
        rows, reference = self.shifted(), self.target()
        assert ImportanceWeights(reference, power=0.0).fit_weight(rows) == pytest.approx(np.ones(len(rows)))
        weight = ImportanceWeights(reference, power=1.0, cap=3.0).fit_weight(rows)
        assert weight.max() / weight.min() > 3.0
        assert (weight == weight.max()).sum() > 1

    def test_selection_gives_k_different_rows_that_lean_to_the_reference(self):
        rows, reference = self.shifted(), self.target()
        method = ImportanceWeights(reference)
        chosen = method.select(rows, 600, random_state=0)
        assert len(set(chosen)) == 600
        assert chosen.tolist() == method.select(rows, 600, random_state=0).tolist()
        assert rows.x.iloc[chosen].mean() > 0.5

    def test_gumbel_top_k_draws_in_proportion_and_ignores_a_constant(self):
        logs = np.log([0.1, 0.2, 0.7])
        drawn = [int(gumbel_top_k(logs, 1, random_state=s)[0]) for s in range(3_000)]
        assert np.bincount(drawn) / 3_000 == pytest.approx([0.1, 0.2, 0.7], abs=0.03)
        for s in range(20):
            one, other = (gumbel_top_k(logs + c, 2, random_state=s) for c in (0.0, 55.0))
            assert one.tolist() == other.tolist()

    def test_more_rows_than_there_are_cannot_be_drawn(self):
        with pytest.raises(DataError, match="from 0 to the number of rows, 3"):
            gumbel_top_k(np.zeros(3), 4, random_state=0)

    def test_buckets_are_the_same_everywhere_and_tell_columns_apart(self):
        cells = np.array([[0, 0], [1, 0], [0, 1]])
        assert buckets(cells, 10_000).tolist() == [[4158, 1636], [915, 1636], [4158, 9605]]
        found = buckets(cells, 10_000, pairs=True)
        assert found.tolist() == [[4158, 1636, 3120], [915, 1636, 8656], [4158, 9605, 6843]]

    def test_tables_without_rows_are_refused(self):
        with pytest.raises(DataError, match="Both tables need rows"):
            ImportanceWeights(self.target().iloc[:0]).fit_weight(self.shifted(10))
