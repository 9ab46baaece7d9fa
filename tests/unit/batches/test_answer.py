"""What data sets say together."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from tests.unit.batches.made import cells, names

from imbtool.batches.answer import answer_of
from imbtool.batches.paired import wilcoxon
from imbtool.evaluation.statistics import holm

RNG = np.random.default_rng(5)
NOTHING = RNG.uniform(0.2, 0.8, 12)
TABLE = {
    "none": NOTHING,
    "class_weight": NOTHING + RNG.uniform(0.02, 0.08, 12),
    "smote": NOTHING - RNG.uniform(0.02, 0.08, 12),
    "random_over": NOTHING + RNG.normal(0, 0.01, 12),
}


def ask(table, *, n=12, rope=0.01, group=""):
    return answer_of(cells(table), names(n), rope=rope, metric="pr_auc", group=group)


def row(answer, recipe):
    return next(r for r in answer.rows if r.recipe == recipe)


def test_rows_are_ranked_and_compared_with_doing_nothing():
    answer = ask(TABLE)
    assert answer.rows[0].recipe == "class_weight"
    best, worst = row(answer, "class_weight"), row(answer, "smote")
    assert (best.mean_rank, best.best_on) == (pytest.approx(1.0), 12)
    assert (best.versus_nothing.wins, best.versus_nothing.ties, best.versus_nothing.losses) == (12, 0, 0)
    assert worst.versus_nothing.losses == 12
    assert best.versus_nothing.better > 0.99
    assert row(answer, "none").versus_nothing is None
    assert answer.headline == "Better than doing nothing over 12 data sets: class_weight."
    assert "Worse than doing nothing: smote." in answer.sentences


def test_p_values_against_nothing_are_corrected_over_all_such_rows():
    answer = ask(TABLE)
    order = ["class_weight", "smote", "random_over"]
    raw = [wilcoxon(TABLE[r] - NOTHING) for r in order]
    assert [row(answer, r).versus_nothing.p_value for r in order] == pytest.approx(raw)
    assert [row(answer, r).versus_nothing.p_holm for r in order] == pytest.approx(holm(raw).tolist())


def test_pairs_hold_every_two_rows_once_corrected_over_all():
    answer = ask(TABLE)
    assert len(answer.pairs) == 6
    raw = [p.versus.p_value for p in answer.pairs]
    assert [p.versus.p_holm for p in answer.pairs] == pytest.approx(holm(raw).tolist())


@pytest.mark.parametrize("n", [1, 2, 4])
def test_with_few_data_sets_nothing_is_tested_and_that_is_said(n):
    answer = ask({k: v[:n] for k, v in TABLE.items()}, n=n)
    assert not answer.tested
    assert answer.headline.startswith(f"No test is made over {n} data set")
    assert (answer.friedman, answer.pairs, answer.cliques) == (None, (), ())
    gain = row(answer, "class_weight").versus_nothing
    assert gain.wins == n
    assert np.isnan([gain.p_value, gain.p_holm, gain.p_nemenyi, gain.better]).all()


def test_a_row_with_a_gap_is_not_ranked_and_the_gap_is_told_with_its_reason():
    table = TABLE | {"adasyn": np.r_[TABLE["smote"][:-2], nan, nan]}
    answer = ask(table)
    assert "adasyn" not in [r.recipe for r in answer.rows]
    (gaps,) = answer.gaps
    assert (gaps.recipe, gaps.n_data) == ("adasyn", 10)
    assert gaps.missing == {"it needs numbers": ("d10", "d11")}
    counted = gaps.versus_nothing
    assert (counted.wins + counted.ties + counted.losses, counted.losses) == (10, 10)
    assert np.isnan(counted.p_value)


def test_a_gap_changes_nothing_for_the_rows_that_are_ranked():
    table = TABLE | {"adasyn": np.r_[TABLE["smote"][:-2], nan, nan]}
    assert ask(table).rows == ask(TABLE).rows


def test_a_row_that_was_not_asked_for_somewhere_is_a_gap():
    some = cells(TABLE) + [c for c in cells({"tomek": NOTHING}) if c.data != "d3"]
    (gaps,) = answer_of(some, names(12), rope=0.01, metric="pr_auc").gaps
    assert gaps.missing == {"not asked for": ("d3",)}


def test_rows_whose_scores_agree_everywhere_are_ranked_as_one():
    answer = ask(TABLE | {"threshold": NOTHING})
    assert len(answer.rows) == 4
    assert row(answer, "none").same == ("threshold",)
    assert any(s.startswith("none stands for threshold too") for s in answer.sentences)
    assert [r.mean_rank for r in answer.rows] == [r.mean_rank for r in ask(TABLE).rows]


def test_doing_nothing_may_be_the_best():
    answer = ask({"none": NOTHING, "smote": TABLE["smote"], "random_under": TABLE["smote"] - 0.1})
    assert answer.rows[0].recipe == "none"
    assert answer.headline == "Nothing is shown to be better than doing nothing over 12 data sets."
    assert answer.sentences[0].startswith(
        "none has the best mean rank by PR-AUC over 12 data sets: 1.00 of 3"
    )


def test_two_rows_get_no_friedman_test():
    answer = ask({"none": NOTHING, "smote": TABLE["smote"]})
    assert answer.tested
    assert answer.friedman is None
    assert row(answer, "smote").versus_nothing.p_value == pytest.approx(2 / 2**12)


def test_when_no_outcome_could_be_significant_that_is_said():
    answer = ask({k: v[:5] for k, v in TABLE.items()}, n=5)
    assert any("no outcome reaches 0.05" in s for s in answer.sentences)
    assert not any("no outcome reaches 0.05" in s for s in ask(TABLE).sentences)


def test_nothing_to_rank_is_an_answer_too():
    assert "no data set could be compared" in ask({}, n=0).headline
    alone = ask({"none": np.full(6, nan)}, n=6)
    assert "no row has a value on every data set" in alone.headline


def test_the_order_of_the_data_sets_changes_nothing_but_their_order():
    turned = answer_of(cells(TABLE), names(12)[::-1], rope=0.01, metric="pr_auc")
    straight = ask(TABLE)
    assert [r.mean_rank for r in turned.rows] == pytest.approx([r.mean_rank for r in straight.rows])
    assert turned.friedman.chi2 == pytest.approx(straight.friedman.chi2)
    # the posterior is drawn: weights fall on other data sets
    assert row(turned, "random_over").versus_nothing.better == pytest.approx(
        row(straight, "random_over").versus_nothing.better, abs=0.01
    )
