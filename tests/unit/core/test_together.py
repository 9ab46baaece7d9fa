"""Work that is put off is done once, together, in order."""

from __future__ import annotations

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
