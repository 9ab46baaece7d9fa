"""Which recipes are compared."""

import pytest

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.core.price import Price
from imbtool.evaluation.plan import BY_ROW, Candidate, not_applicable, read_methods
from imbtool.recipe.parser import parse_learner, parse_recipe


def test_all_is_every_method_by_itself():
    assert {str(recipe) for recipe in read_methods("all")} == set(registry.methods())


def test_other_recipes_may_stand_beside_all():
    recipes = [str(recipe) for recipe in read_methods("smote(k_neighbors=3)+threshold, ALL")]
    assert "smote(k_neighbors=3)+threshold" in recipes
    assert set(registry.methods()) <= set(recipes)
    assert len(recipes) == len(set(recipes))


def test_without_names_the_usual_methods_are_taken():
    usual = {name for name, info in registry.methods().items() if info.default}
    assert {str(recipe) for recipe in read_methods(None)} == usual


def test_all_is_no_step_of_a_recipe():
    with pytest.raises(UsageError, match="Unknown method 'all'"):
        read_methods("all+threshold")


def test_deciding_by_row_stands_in_every_comparison_whose_rows_have_money_of_their_own():
    own, same = Price(value_column="v", cost_fp=1.0), Price(cost_fn=9.0, cost_fp=1.0)
    assert set(BY_ROW) <= {str(recipe) for recipe in read_methods("smote", own)}
    assert not set(BY_ROW) & {str(recipe) for recipe in read_methods("smote", same)}
    row = Candidate(parse_learner("logistic"), parse_recipe("expected_gain"))
    assert not_applicable(row, 3, price=own) == ""
    for price in (None, same):
        assert "expected_gain needs money that differs from row to row" in not_applicable(row, 3, price=price)
