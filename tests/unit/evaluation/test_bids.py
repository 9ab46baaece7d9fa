"""What fits into a given time, with seconds that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.evaluation.bids import SLOW, Bid, affordable, hopeful, ordered, predicted, worths
from imbtool.recipe.parser import parse_learner, parse_recipe

PLAIN, OTHER = parse_learner("lightgbm"), parse_learner("forest")


def group(recipe: str, learner=PLAIN):
    return learner, parse_recipe(recipe)


def bid(name: str, seconds: float, *, tier: int = 1, worth: float = 1.0, folds: int = 5, begun: bool = False):
    return Bid(group=group(name), tier=tier, worth=worth, seconds=seconds, folds=folds, begun=begun)


def names(bids) -> list[str]:
    return [str(b.group[1]) for b in bids]


def test_a_tier_comes_first_and_within_it_what_is_worth_most_a_second() -> None:
    asked = [bid("smote", 2), bid("tomek", 1, worth=0.4), bid("enn", 9, tier=0), bid("focal", 1)]
    assert names(ordered(asked)) == ["enn", "focal", "smote", "tomek"]


def test_what_fits_on_all_its_folds_is_taken_and_what_does_not_leaves_its_time_to_others() -> None:
    asked = [bid("none", 12, tier=2), bid("smote", 3), bid("class_weight", 1), bid("tomek", 0.5, tier=3)]
    assert names(affordable(asked, 25)) == ["class_weight", "smote", "tomek"]
    assert names(affordable(asked, 80)) == ["class_weight", "smote", "none"]
    assert names(affordable(asked, 82.5)) == ["class_weight", "smote", "none", "tomek"]
    assert affordable(asked, 2.4) == []


def test_folds_that_have_run_are_not_paid_for_again() -> None:
    assert names(affordable([bid("smote", 3, folds=1), bid("tomek", 3)], 4)) == ["smote"]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 9), st.floats(0.1, 1), st.integers(1, 5))),
    st.floats(0, 100),
)
def test_what_is_taken_fits_and_nothing_that_is_left_would(found, seconds) -> None:
    asked = [
        bid(f"smote(k_neighbors={n + 1})", s, tier=t, worth=w, folds=f)
        for n, (t, s, w, f) in enumerate(found)
    ]
    taken = affordable(asked, seconds)
    spent = sum(b.whole for b in taken)
    assert spent <= seconds * (1 + 1e-9)
    assert all(b in taken or b.whole > seconds - spent - 1e-9 for b in asked)


def test_time_that_nothing_fits_into_is_spent_on_the_one_thing_that_nearly_does() -> None:
    asked = [bid("smote", 3), bid("tomek", 2.5), bid("enn", 1, begun=True)]
    assert affordable(asked, 4) == []
    assert hopeful(asked, 6) == []
    assert names(hopeful(asked, 7)) == ["tomek"]
    assert names(hopeful([*asked, bid("class_weight", 2.8, tier=0)], 7)) == ["class_weight"]


def test_the_first_treatment_of_a_kind_is_worth_most() -> None:
    asked = [group(name) for name in ("class_weight", "smote", "sqrt_weight", "tomek", "focal")]
    assert list(worths(asked).values()) == [1.0, 1.0, 0.5, 0.5, 1.0]


def test_what_has_run_takes_what_it_took() -> None:
    assert predicted(group("smote"), {group("none"): 1.0, group("smote"): 7.0}) == 7.0


def test_a_treatment_is_predicted_from_the_untreated_learner() -> None:
    known = {group("none"): 2.0}
    assert predicted(group("class_weight"), known) == 2.0
    assert predicted(group("smote"), known) == 3.0
    assert predicted(group("tomek+smote+focal"), known) == pytest.approx(2.0 * (1 + 1.0 + 0.5 + 0.3))
    assert predicted(group("smote"), {}) is None


def test_a_learner_that_has_not_run_is_predicted_from_quick_ones() -> None:
    known = {group("none"): 2.0, group("none", parse_learner("logistic")): 0.5}
    assert predicted(group("none", OTHER), known) == 2.0 * SLOW
    assert predicted(group("balanced_forest", OTHER), known) == 2.0 * 3.5
    assert predicted(group("none", OTHER), {**known, group("none", OTHER): 3.0}) == 3.0


def test_predictions_follow_what_other_treatments_took_but_not_one_outlier() -> None:
    known = {group("none"): 1.0, group("tomek"): 20.0}
    assert predicted(group("smote"), known) == 1.5
    known |= {group("enn"): 6.0, group("adasyn"): 4.5}
    assert predicted(group("smote"), known) == pytest.approx(1.5 * 3.0)
    assert predicted(group("focal"), {**known, group("ldam"): 9.0}) == pytest.approx(1.3)
