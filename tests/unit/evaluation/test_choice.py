"""Which test and correction are offered, and what goes with what."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from imbtool import compare
from imbtool.core.errors import DataError, UsageError
from imbtool.evaluation.choice import (
    check_positives,
    correction_for,
    folds_for,
    in_words,
    named_test,
    notes_on,
)
from imbtool.evaluation.options import Options


def test_the_default_is_the_corrected_t_test_with_holm() -> None:
    options = Options().checked()
    assert (options.test, options.correction, options.folds, options.repeats) == (
        *("corrected-t", "holm"),
        *(None, None),
    )
    assert in_words("corrected-t", "holm") == "corrected resampled t-test, Holm's correction over the methods"


def test_the_combined_f_test_brings_its_own_folds() -> None:
    options = Options(test="5x2cv-f").checked()
    assert (options.folds, options.repeats) == (2, 5)
    assert folds_for(named_test("5x2cv-f"), 2, 5) == (2, 5)


@pytest.mark.parametrize("asked", [{"folds": 5}, {"repeats": 3}])
def test_other_folds_beside_the_combined_f_test_are_refused(asked: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"--test 5x2cv-f needs \d (folds|repeats); got \d"):
        Options(test="5x2cv-f", **asked).checked()


def test_probabilities_are_not_corrected_for_their_number() -> None:
    assert correction_for(named_test("bayes"), None) == "none"
    with pytest.raises(UsageError, match="nothing to correct"):
        Options(test="bayes", correction="holm").checked()


@pytest.mark.parametrize("asked", [{"test": "corrected_t"}, {"correction": "holms"}])
def test_unknown_names_are_refused_with_a_suggestion(asked: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="There is no") as error:
        Options(**asked).checked()  # type: ignore[arg-type]
    assert "Did you mean" in error.value.hint


def test_the_combined_f_test_is_refused_where_it_would_claim_more_than_it_promises() -> None:
    table = pd.DataFrame({"x": np.arange(900.0) % 7, "y": np.arange(900) % 10 == 0})
    with pytest.raises(
        DataError, match=r"fewer than 100 positives the combined 5x2cv F test .* there are 90"
    ):
        compare(table, target="y", test="5x2cv-f", methods="none", learners="logistic")
    check_positives(named_test("5x2cv-f"), 100)
    check_positives(named_test(None), 12)


def test_too_few_folds_to_claim_anything_are_said() -> None:
    assert "raise --repeats" in notes_on(named_test("permutation"), 5)[0]
    assert notes_on(named_test("permutation"), 6) == ()


def test_there_is_one_way_to_split_in_time_so_the_combined_f_test_is_refused() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=90), "t": np.arange(90), "y": [0, 0, 1] * 30})
    with pytest.raises(DataError, match="there is one way to split"):
        compare(table, target="y", time="t", test="5x2cv-f", methods="none", learners="logistic")


@pytest.mark.parametrize("test", ["5x2cv-f", "permutation", "bayes"])
def test_the_test_that_was_chosen_is_used_and_said(test: str) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"]).assign(y=[0, 0, 1] * 133 + [0])
    report = compare(table, target="y", test=test, learners="logistic", methods="random_under", jobs=1)
    found = report.comparison
    assert found.settings.test == test
    assert (found.settings.folds, found.settings.repeats) == ((2, 5) if test == "5x2cv-f" else (5, 3))
    assert in_words(test, found.settings.correction) in report.to_markdown()
    assert in_words(test, found.settings.correction) in report.to_html().replace("&#39;", "'")
