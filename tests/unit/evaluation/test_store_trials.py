"""A trial that went through the store is the same to the last bit."""

from __future__ import annotations

import json
import struct
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbtool.evaluation.basis import differences, versions
from imbtool.evaluation.result import Trial
from imbtool.evaluation.trialtext import from_row, to_row
from imbtool.store import open_store

numbers = count()
floats = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
names = st.text(max_size=8)
counts = st.lists(st.integers(0, 2**40), max_size=3).map(tuple)
trials = st.builds(
    Trial,
    learner=st.just("forest"),
    recipe=st.just("smote"),
    repeat=st.integers(0, 99),
    fold=st.integers(0, 99),
    status=st.sampled_from(["ok", "not-applicable", "failed", "cut-off"]),
    reason=names,
    metrics=st.dictionaries(names, floats, max_size=4),
    per_class=st.dictionaries(names, st.dictionaries(names, floats, max_size=3), max_size=2),
    threshold=st.lists(floats, max_size=3).map(tuple),
    counts_before=counts,
    counts_after=counts,
    n_train=st.integers(0, 2**40),
    n_test=st.integers(0, 2**40),
    seconds=st.floats(0, 1e9),
    flattery=st.dictionaries(names, floats, max_size=2),
)


def bits(value: object) -> object:
    """Return a value in which equal means: the same bits, in the same order, all NaN alike."""
    if isinstance(value, float):
        return "nan" if value != value else struct.pack("<d", value)
    if isinstance(value, dict):
        return [(k, bits(v)) for k, v in value.items()]
    return [bits(v) for v in value] if isinstance(value, tuple) else value


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = open_store(tmp_path_factory.mktemp("s") / "s.db")
    yield opened
    opened.close()


@given(trial=trials)
def test_a_trial_survives_the_store_to_the_last_bit(trial, store) -> None:
    basis = str(next(numbers))
    store.record(basis, [to_row(trial)])
    (row,) = store.trials(basis)
    back = from_row(row)
    for field in Trial.__dataclass_fields__:
        assert bits(getattr(back, field)) == bits(getattr(trial, field)), field


def test_what_is_stored_is_json_that_every_reader_takes() -> None:
    metrics = {"a": float("nan"), "b": float("inf")}
    row = to_row(Trial(learner="x", recipe="y", repeat=0, fold=0, metrics=metrics))

    def refuse(word: str) -> None:
        raise AssertionError(word)

    assert json.loads(row.result, parse_constant=refuse)["metrics"] == {"a": None, "b": "inf"}


REST = '"per_class": {}, "threshold": [], "counts_after": [], "n_train": 1, "n_test": 1}'


@pytest.mark.parametrize(
    "result",
    [
        "",
        "[]",
        "{}",
        "1e5",
        f'{{"metrics": {{"a": "__import__"}}, "counts_before": [], {REST}',
        f'{{"metrics": {{}}, "counts_before": [true], {REST}',
    ],
)
def test_text_that_is_no_trial_is_refused(result) -> None:
    row = to_row(Trial(learner="x", recipe="y", repeat=0, fold=0))
    with pytest.raises(ValueError, match=r".+"):
        from_row(row._replace(result=result))
    with pytest.raises(ValueError, match="status"):
        from_row(row._replace(status="odd"))


def test_reasons_name_what_changed_and_nothing_else() -> None:
    one = {"data": "d", "versions": {"scipy": "1", "plug": "2"}}
    two = {"data": "e", "versions": {"scipy": "3"}}
    settings = {"seed": 0, "folds": 5, "max_rows": None, "metric": "f1"}
    assert differences(one, one, settings, settings | {"metric": "mcc"}) == []
    assert differences(one, two, settings, settings | {"folds": 3}) == [
        "--folds is 3, was 5",
        "the data or the roles of its columns changed",
        "plug is gone, was 2",
        "scipy is 3, was 1",
    ]
    assert differences(one, one | {"data": "e"}, settings, settings | {"max_rows": 99}) == [
        "--max-rows is 99, was all"
    ]


def test_our_own_code_is_part_of_the_version() -> None:
    assert versions()["imbtool"].count("+") == 1
    assert len(versions()["imbtool"].split("+")[1]) == 12
