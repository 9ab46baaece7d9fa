import pytest

from imbtool.cli.types import LearnersType, MetricType, RecipesType, split_list
from imbtool.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ("a", "b")),
        (
            "smote(k_neighbors=3,ratio=0.5)+threshold, none",
            ("smote(k_neighbors=3,ratio=0.5)+threshold", "none"),
        ),
        ("", ()),
        (" a ,, b,", ("a", "b")),
        ("a),b", ("a)", "b")),
    ],
)
def test_commas_separate_except_inside_parentheses(text: str, parts: tuple[str, ...]) -> None:
    assert split_list(text) == parts


def test_an_unknown_method_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'smote'"):
        RecipesType().convert("none,smoote", None, None)


def test_all_is_a_choice_of_methods_but_no_recipe() -> None:
    assert RecipesType().convert("all,smote", None, None) == ("all", "smote")
    with pytest.raises(UsageError, match="Unknown method 'all'"):
        RecipesType(single=True).convert("all", None, None)


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(UsageError, match="k_neighbours"):
        RecipesType().convert("smote(k_neighbours=3)", None, None)


def test_an_unknown_learner_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'lightgbm'"):
        LearnersType().convert("lightgmb", None, None)


def test_auto_is_a_choice_of_learners() -> None:
    assert LearnersType().convert("auto", None, None) == ("auto",)


def test_metrics_are_known_by_their_aliases() -> None:
    assert MetricType().convert("auc", None, None) == "roc_auc"


def test_a_threshold_cannot_be_chosen_by_a_ranking_metric() -> None:
    with pytest.raises(UsageError, match="must be a metric that depends on the threshold; got 'pr_auc'"):
        MetricType(decision=True).convert("pr_auc", None, None)


@pytest.mark.parametrize(
    ("kind", "begun", "word"),
    [
        (RecipesType(), "smo", "smote"),
        (RecipesType(), "al", "all"),
        (RecipesType(), "none,smote+thr", "none,smote+threshold"),
        (LearnersType(), "lightgbm,for", "lightgbm,forest"),
        (MetricType(), "roc", "roc_auc"),
    ],
)
def test_words_are_completed_where_they_stand(kind, begun: str, word: str) -> None:
    assert word in [item.value for item in kind.shell_complete(None, None, begun)]
