"""Work that is put off is done once, together, in order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from imbtool.core.together import crowd, together


def recorder(calls: list[list[int]]):
    def double(pieces):
        calls.append(list(pieces))
        return [2 * piece for piece in pieces]

    return double


def test_outside_there_is_nobody_to_wait_for() -> None:
    assert crowd() is None


def test_all_that_was_put_off_is_done_at_once_at_the_end() -> None:
    calls: list[list[int]] = []
    double = recorder(calls)
    with together():
        promises = [crowd().add(double, piece) for piece in (1, 2, 3)]
        assert calls == []
    assert calls == [[1, 2, 3]]
    assert [promise.value for promise in promises] == [2, 4, 6]
    assert calls == [[1, 2, 3]]
    assert crowd() is None


def test_asking_early_does_what_waits_and_later_pieces_wait_again() -> None:
    calls: list[list[int]] = []
    double = recorder(calls)
    with together():
        first = crowd().add(double, 5)
        assert first.value == 10
        second = crowd().add(double, 6)
    assert second.value == 12
    assert calls == [[5], [6]]


def test_pieces_of_other_kinds_are_done_apart() -> None:
    calls: list[list[int]] = []
    one, other = recorder(calls), recorder(calls)
    with together():
        promises = [crowd().add(run, piece) for run, piece in ((one, 1), (other, 2), (one, 3))]
    assert calls == [[1, 3], [2]]
    assert [promise.value for promise in promises] == [2, 4, 6]


def test_a_block_inside_another_leaves_its_work_to_the_outer_one() -> None:
    calls: list[list[int]] = []
    double = recorder(calls)
    with together() as outer:
        with together() as inner:
            first = crowd().add(double, 1)
        second = crowd().add(double, 2)
        assert calls == []
        assert inner.crowd is outer.crowd
    assert calls == [[1, 2]]
    assert (first.value, second.value) == (2, 4)


@dataclass
class Result:
    effort: float


def test_the_time_of_a_run_is_shared_out_by_effort_and_its_clock_stands_still_meanwhile(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("imbtool.core.together.time.perf_counter", lambda: now[0])

    def slow(pieces):
        now[0] += 8.0
        return [Result(piece) for piece in pieces]

    with together() as outer:
        with together() as light:
            crowd().add(slow, 1.0)
        with together() as heavy:
            crowd().add(slow, 2.0)
            crowd().add(slow, 1.0)
        now[0] += 1.0
        before = outer.crowd.clock()
    assert (light.seconds, heavy.seconds, outer.crowd.worked) == (2.0, 6.0, 8.0)
    assert outer.crowd.clock() == before


def test_a_run_that_raises_leaves_a_broken_crowd() -> None:
    def failing(pieces):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), together() as block:
        crowd().add(failing, 1)
    assert block.crowd.broken
