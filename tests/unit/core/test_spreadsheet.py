"""What a spreadsheet would run is disarmed, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.spreadsheet import harmless


@pytest.mark.parametrize("text", ["=1+1", "@A1", "+cmd", "-A1", "-2+3", "\t=1", "\r=1", "-e5", "--1"])
def test_what_may_be_a_formula_has_an_apostrophe_in_front(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "a=1", "-", "+", "-1", "+2.5", "-1,234.50", "-1e-7", "+44 20 7946", "-3 %", "1-2"]
)
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert harmless(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_touched(value: float) -> None:
    assert harmless(repr(value)) == repr(value)


@given(st.text())
def test_nothing_that_begins_like_a_formula_is_left_but_digits_and_signs(text: str) -> None:
    found = harmless(text)
    assert found.lstrip("'").startswith(text.lstrip("'"))
    if found[:1] in {"=", "@", "\t", "\r"}:
        raise AssertionError(found)
    if found[:1] in {"+", "-"}:
        assert set(found[1:].lower()) <= set("0123456789.,e+-% ")
