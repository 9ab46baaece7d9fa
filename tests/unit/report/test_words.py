import math

import pytest

from imbtool.report import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.41234, "0.412"),
        (-0.0001, "-1.00e-04"),
        (0.0, "0.000"),
        (math.nan, "n/a"),
        (math.inf, "n/a"),
        (123456.0, "1.23e+05"),
    ],
)
def test_numbers_have_three_decimals_or_three_digits(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0104, "+0.010"), (-0.2, "-0.200"), (-0.00001, "+0.000"), (math.nan, "n/a")]
)
def test_differences_carry_their_sign_and_never_a_negative_zero(value: float, text: str) -> None:
    assert words.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.9999, ">99 %"), (0.0, "<1 %"), (0.431, "43 %"), (math.nan, "n/a")]
)
def test_a_probability_never_claims_certainty(value: float, text: str) -> None:
    assert words.probability(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.001, "<0.01 s"), (0.42, "0.42 s"), (59.6, "1 min 00 s"), (83.4, "1 min 23 s"), (3725, "1 h 02 min")],
)
def test_durations_use_the_unit_that_reads_best(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.965, "96.5 %"), (0.0032, "0.32 %"), (0.00001, "<0.01 %"), (0, "0.0 %")]
)
def test_shares_are_percentages(share: float, text: str) -> None:
    assert words.percent(share) == text


def test_long_listings_end_with_a_count() -> None:
    assert words.listing(list("abcdefgh"), most=3) == "a, b, c and 5 more"


def test_control_characters_are_escaped_and_letters_of_any_script_kept() -> None:
    assert words.safe("a\x1b[31m\nÄ猫") == "a\\x1b[31m\\nÄ猫"
