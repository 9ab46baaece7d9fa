"""Which recipes are compared."""

import pytest

from imbtool import registry
from imbtool.core.errors import UsageError
from imbtool.evaluation.plan import read_methods


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
