"""Durations and sizes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.core.errors import UsageError
from imbtool.core.quantities import bytes_of, seconds_of, spell_bytes, spell_number, spell_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400), ("1 h 30 min", 5400), ("2d", 172800)],
        *[("45", 45), (45, 45), (0.5, 0.5), ("250ms", 0.25), (" 10M ", 600)],
    ],
)
def test_durations_are_read(text, seconds) -> None:
    assert seconds_of(text, "budget") == pytest.approx(seconds)


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers()))
def test_a_number_in_a_command_is_read_as_the_same_number(value) -> None:
    assert float(spell_number(value)) == float(value)
    assert spell_number(10.0) == spell_number(10) == "10"


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "-3m", "ten", "10x", "10m 5", "5m5m", "nan", "inf", "m", None]
)
def test_what_is_no_duration_is_refused_with_an_example(text) -> None:
    with pytest.raises(UsageError, match="`method_timeout` must be a duration above 0; got") as caught:
        seconds_of(text, "method_timeout")
    assert caught.value.code == "bad-duration"
    assert "--method-timeout 90s" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "size"),
    [("8G", 8 << 30), ("512M", 512 << 20), ("1.5GB", 3 << 29), ("8GiB", 8 << 30), ("2k", 2048), (1e9, 10**9)],
)
def test_sizes_are_read_in_powers_of_1024(text, size) -> None:
    assert bytes_of(text, "max_memory") == size


@pytest.mark.parametrize("text", ["", "0", "G", "8X", "-1G", "much", "nan"])
def test_what_is_no_size_is_refused(text) -> None:
    with pytest.raises(UsageError, match="`max_memory` must be a size; got"):
        bytes_of(text, "max_memory")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0 s"), (1.26, "1.3 s"), (9.96, "10 s"), (90, "90 s"), (600, "10 min"), (5400, "90 min"),
     (9000, "2 h 30 min"), (7200, "2 h")],
)  # fmt: skip
def test_durations_are_written_as_they_are_read(seconds, text) -> None:
    assert spell_seconds(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(512, "512 bytes"), (8 << 30, "8 GB"), (300 << 20, "300 MB")])
def test_sizes_are_written_as_they_are_read(size, text) -> None:
    assert spell_bytes(size) == text


@given(st.floats(60, 1e7))
def test_a_duration_that_was_written_is_read_as_about_the_same(seconds: float) -> None:
    assert seconds_of(spell_seconds(seconds), "budget") == pytest.approx(seconds, rel=0.01, abs=31)
