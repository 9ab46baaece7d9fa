"""Running a suite: order, broken data sets, interruption, groups, progress."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.batches.made import comparison

from imbtool.batches.face import run
from imbtool.batches.groups import automatic, groups_of
from imbtool.batches.progress import SuiteProgress
from imbtool.batches.result import DataRun
from imbtool.batches.suite import Entry, Suite
from imbtool.core.errors import DataError

ROWS = {("logistic", "none"): [0.2, 0.4], ("logistic", "class_weight"): [0.3, 0.5]}


def suite(*names, seeds=(0,), **arguments):
    given = {"learners": ("logistic",), **arguments}
    entries = [Entry(name=n, data=f"{n}.csv", arguments=given, seeds=seeds, tags=("t",)) for n in names]
    return Suite(name="s", path=None, entries=tuple(entries))


class Fake:
    """Stands in for the comparison; `faults` by data set."""

    def __init__(self, **faults):
        self.faults, self.calls = faults, []

    def __call__(self, entry, seed, shown, **limits):
        self.calls.append((entry.name, seed, limits))
        fault = self.faults.get(entry.name)
        if isinstance(fault, BaseException):
            raise fault
        shown.start(2, "starting")
        shown.advance(2, "done")
        made = comparison(ROWS, name=entry.name)
        return fault(made) if fault else made


class Shown:
    """Keeps what it was told."""

    def __init__(self):
        self.said = []

    def start(self, total, description):
        self.said.append(("start", total, description))

    def advance(self, done, description):
        self.said.append(("advance", done, description))

    def note(self, text):
        self.said.append(("note", text))

    def finish(self):
        self.said.append(("finish",))


def test_every_data_set_runs_with_every_seed():
    fake = Fake()
    batch = run(suite("a", "b", seeds=(3, 5)), fake)
    assert [(n, s) for n, s, _ in fake.calls] == [("a", 3), ("a", 5), ("b", 3), ("b", 5)]
    assert [r.status for r in batch.data] == ["ok", "ok"]
    assert batch.data[0].verdicts == ("do-nothing", "do-nothing")
    assert batch.complete


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (DataError("The file is empty.", code="empty-file"), "empty-file", "The file is empty."),
        (ZeroDivisionError("oops"), "internal", "ZeroDivisionError: oops"),
    ],
)
def test_a_broken_data_set_is_reported_and_the_others_go_on(fault, code, reason):
    shown = Shown()
    batch = run(suite("a", "b", "c"), Fake(b=fault), progress=shown)
    assert [r.status for r in batch.data] == ["ok", "failed", "ok"]
    assert (batch.data[1].code, batch.data[1].reason) == (code, reason)
    assert batch.answer.data == ("a", "c")
    assert {c.data for c in batch.cells} == {"a", "c"}
    assert any(said[0] == "note" and reason in said[1] for said in shown.said)
    assert batch.complete


def test_when_every_data_set_is_broken_the_error_names_all():
    with pytest.raises(DataError, match="- a: Bad") as caught:
        run(suite("a", "b"), Fake(a=DataError("Bad."), b=DataError("Worse.")))
    assert caught.value.code == "nothing-compared"
    assert "- b: Worse." in caught.value.message


def test_an_interruption_keeps_what_is_done_and_starts_nothing_more():
    fake = Fake(b=KeyboardInterrupt())
    batch = run(suite("a", "b", "c"), fake)
    assert [n for n, *_ in fake.calls] == ["a", "b"]
    assert [r.status for r in batch.data] == ["ok", "interrupted", "not-run"]
    assert not batch.complete
    assert batch.answer.data == ("a",)


def test_a_comparison_cut_short_does_not_count_although_it_has_folds():
    batch = run(suite("a", "b"), Fake(b=lambda made: replace(made, complete=False)))
    assert [r.status for r in batch.data] == ["ok", "interrupted"]
    assert {c.data for c in batch.cells} == {"a"}


def test_an_interruption_before_anything_is_done_is_one():
    with pytest.raises(KeyboardInterrupt):
        run(suite("a", "b"), Fake(a=KeyboardInterrupt()))


def test_a_budget_is_shared_out_and_a_data_set_after_its_end_is_reported(monkeypatch):
    clock = iter([0.0, 0.0, 60.0, 101.0])
    for what in ("take_start", "monotonic"):
        monkeypatch.setattr(f"imbtool.batches.face.{what}", lambda: next(clock))
    fake = Fake()
    batch = run(suite("a", "b", "c"), fake, budget="90s")
    assert [limits["budget"] for *_, limits in fake.calls] == [30.0, 15.0]
    assert (batch.data[2].status, batch.data[2].code) == ("failed", "budget-spent")


def test_progress_counts_trials_over_the_suite_and_says_where_it_is():
    shown = Shown()
    run(suite("a", "b"), Fake(), progress=shown)
    assert ("start", 4, "[1/2] a: starting") in shown.said
    assert ("start", 4, "[2/2] b: starting") in shown.said
    assert shown.said[-1] == ("finish",)
    assert shown.said.count(("finish",)) == 1


def test_the_plan_of_one_comparison_may_grow():
    shown = Shown()
    progress = SuiteProgress(shown, 3)
    progress.next("a")
    progress.start(10, "x")
    progress.advance(10, "x")
    progress.start(16, "y")
    assert ("start", 48, "[1/3] a: y") in shown.said
    progress.next("b")
    progress.start(8, "z")
    assert shown.said[-1] == ("start", 18 + 9, "[2/3] b: z")


def test_groups_by_themselves_have_their_borders_above():
    assert automatic(rare_share=0.0199, n_rows=999, categorical=False) == (
        "rare class under 2 %",
        "under 1,000 rows",
        "numbers only",
    )
    assert automatic(rare_share=0.02, n_rows=1000, categorical=True) == (
        "rare class 2 to 10 %",
        "1,000 to 10,000 rows",
        "with categorical columns",
    )
    assert automatic(rare_share=0.5, n_rows=10**6, categorical=True)[:2] == (
        "rare class 10 % or more",
        "10,000 rows or more",
    )


def test_a_group_of_all_data_sets_is_left_out():
    runs = [
        DataRun(name="a", source="", target="", tags=("x",), groups=("numbers only", "x")),
        DataRun(name="b", source="", target="", groups=("numbers only",)),
    ]
    assert groups_of(runs) == {"x": ("a",)}


def test_the_same_data_twice_is_said():
    batch = run(suite("a", "b"), Fake(b=lambda m: replace(m, dataset=replace(m.dataset, fingerprint="a"))))
    assert "a, b hold the same data and count as often." in batch.notes


def test_a_learner_that_differs_between_data_sets_is_said():
    def other(made):
        return comparison({("lightgbm", r): v for (_, r), v in ROWS.items()}, name="b")

    batch = run(suite("a", "b"), Fake(b=other))
    assert [(r.name, r.learner) for r in batch.data] == [("a", "logistic"), ("b", "lightgbm")]
    assert any("logistic on 1, lightgbm on 1" in note for note in batch.notes)
    assert {c.learner for c in batch.cells} == {""}
