"""Recipe notation."""

import pytest

from imbtool.core.errors import UsageError
from imbtool.recipe.parser import expanded, parse_learner, parse_recipe, split_list


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("none", "none"),
        (" smote( k_neighbors = 3 )+isotonic +threshold", "smote(k_neighbors=3)+isotonic+threshold"),
        ("threshold+isotonic+smote", "smote+isotonic+threshold"),
        ("SMOTE(k_neighbors=5)", "smote"),
        ("balanced", "class_weight"),
        ("temperature-sampling(tau=2.0)", "temperature_sampling(tau=2)"),
        ("cooldown(tau=0.1e+2)", "cooldown(tau=10)"),
        ("scalarization(tau=1.23456789)", "scalarization(tau=1.23456789)"),
        ("none+threshold", "threshold"),
        ("threshold+focal(gamma=1.0)+sqrt_weight+smote", "smote+sqrt_weight+focal(gamma=1)+threshold"),
        ("balanced_softmax+easy_ensemble+drw", "deferred_reweighting+logit_adjusted+easy_ensemble"),
        ("rs2+class_weight", "class_weight+rs2"),
        ("focal(alpha=none)", "focal"),
        ("smote(variant='nc')", "smote(variant=nc)"),
        ("tomek+random_under(ratio=0.5)", "tomek+random_under(ratio=0.5)"),
    ],
)
def test_a_recipe_has_one_canonical_spelling(text, canonical):
    assert str(parse_recipe(text)) == canonical
    assert str(parse_recipe(canonical)) == canonical


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("smoote", "unknown-method", "Did you mean 'smote'"),
        ("smote(k_neighbours=3)", "unknown-parameter", "Did you mean 'k_neighbors'?"),
        ("tomek(k=3)", "unknown-parameter", "tomek takes no parameters"),
        ("smote(k_neighbors=0)", "bad-parameter", "must be a whole number of at least 1; got 0"),
        ("smote(k_neighbors=2.5)", "bad-parameter", "got 2.5"),
        ("smote(ratio=1.5)", "bad-parameter", "at least 0 and at most 1; got 1.5"),
        ("smote(variant=x)", "bad-parameter", "one of auto, plain, nc, n; got 'x'"),
        ("cooldown(tau=nan)", "bad-parameter", "got 'nan'"),
        ("cooldown(tau=true)", "bad-parameter", "got True"),
        ("isotonic+sigmoid", "impossible-combination", "one calibrator"),
        ("class_weight+cooldown", "impossible-combination", "both decide the weights"),
        ("class_weight+drw", "impossible-combination", "both decide the weights"),
        ("focal+ldam", "impossible-combination", "one loss"),
        ("balanced_forest+focal", "impossible-combination", "brings its own learner"),
        ("balanced_forest+class_weight", "impossible-combination", "brings its own learner"),
        ("smote+smote", "impossible-combination", "stands twice"),
        ("smote(", "bad-recipe", "not closed"),
        ("smote(k_neighbors)", "bad-recipe", "key=value"),
        ("smote(k_neighbors=1, k_neighbors=2)", "bad-recipe", "given twice"),
        ("smote)x(", "bad-recipe", ""),
        ("", "bad-recipe", "where a name is needed"),
        ("none+", "bad-recipe", "where a name is needed"),
    ],
)
def test_a_bad_recipe_says_what_is_wrong_and_what_would_be_right(text, code, words):
    with pytest.raises(UsageError) as caught:
        parse_recipe(text)
    assert caught.value.code == code
    assert words in str(caught.value)
    assert caught.value.hint


def test_recipes_that_train_alike_share_their_training():
    assert parse_recipe("smote+isotonic+threshold").training == parse_recipe("smote").training
    assert parse_recipe("threshold").training == parse_recipe("none").training
    assert parse_recipe("smote(k_neighbors=3)").training != parse_recipe("smote").training


def test_the_main_method_is_the_first_that_changes_training():
    assert parse_recipe("smote+isotonic").main.name == "smote"
    assert parse_recipe("isotonic+threshold").main.name == "isotonic"
    assert parse_recipe("none").main.name == "none"


def test_learners_take_parameters_too():
    assert str(parse_learner("LightGBM( num_leaves = 7 )")) == "lightgbm(num_leaves=7)"
    with pytest.raises(UsageError, match="Did you mean 'logistic'"):
        parse_learner("logistik")


def test_lists_split_at_commas_outside_parentheses_only():
    assert split_list("smote(k_neighbors=3, ratio=0.5),tomek,,") == [
        "smote(k_neighbors=3, ratio=0.5)",
        "tomek",
    ]


@pytest.mark.parametrize(
    ("text", "recipes"),
    [
        ("smote", ["smote"]),
        ("smote(ratio=0.5|1)", ["smote(ratio=0.5)", "smote(ratio=1)"]),
        ("smote( ratio = 0.5 | 1 )", ["smote( ratio =0.5)", "smote( ratio =1)"]),
        (
            "smote(ratio=0.2|0.5)+random_under(ratio=0.5|1)",
            [f"smote(ratio={a})+random_under(ratio={b})" for a in ("0.2", "0.5") for b in ("0.5", "1")],
        ),
        (
            "smote(k_neighbors=3,ratio=0.5|1)",
            ["smote(k_neighbors=3,ratio=0.5)", "smote(k_neighbors=3,ratio=1)"],
        ),
        ("group(column='a|b')", ["group(column='a|b')"]),
    ],
)
def test_a_grid_stands_for_a_recipe_each(text, recipes):
    assert expanded(text) == recipes


def test_a_grid_with_a_gap_is_refused_like_any_bad_value():
    with pytest.raises(UsageError, match="must be a number"):
        [parse_recipe(text) for text in expanded("smote(ratio=0.5|x)")]
