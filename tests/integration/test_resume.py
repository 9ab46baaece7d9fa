"""What a stopped comparison leaves behind, and what the next one takes from it."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
from benchmarks.kill_test import timeless

from imbtool import compare
from imbtool.evaluation import basis, workshop
from imbtool.evaluation.work import run_task
from imbtool.store import open_store


class Heard:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.planned = 0

    def start(self, total: int, description: str) -> None:
        self.planned = total

    def advance(self, done: int, description: str) -> None:
        pass

    def note(self, text: str) -> None:
        self.notes.append(text)

    def finish(self) -> None:
        pass


def table(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    y = (draw.random(rows) < 0.2).astype(int)
    frame = pd.DataFrame({"a": draw.normal(y, 1), "b": draw.normal(0, 1, rows), "y": y})
    frame["c"] = draw.choice(["red", "green"], rows)
    return frame


OPTIONS = {
    "target": "y",
    "methods": "random_over",
    "learners": "logistic",
    "folds": 3,
    "repeats": 1,
    "jobs": 1,
}
TRIALS = 7 * 3


def again(store, frame=None, **changed):
    """Compare on a store; return the report, what was planned and what was said."""
    heard = Heard()
    given = OPTIONS | {"progress": heard, "store": store} | changed
    return compare(table() if frame is None else frame, **given), heard


@pytest.fixture
def store(tmp_path):
    return tmp_path / "s.db"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nobody disturbed: its store, its report and what was said."""
    path = tmp_path_factory.mktemp("whole") / "s.db"
    return path, *again(path)


@pytest.fixture
def filled(whole, store):
    """A store of one's own that holds that run."""
    with (
        contextlib.closing(sqlite3.connect(whole[0])) as theirs,
        contextlib.closing(sqlite3.connect(store)) as ours,
    ):
        theirs.backup(ours)
    return store


@pytest.fixture
def stop(monkeypatch):
    """Make the run break off after so many tasks."""

    def after(tasks: int, error: BaseException) -> None:
        left = iter(range(tasks))

        def breaking(shared, task):
            if next(left, None) is None:
                raise error
            return run_task(shared, task)

        monkeypatch.setattr(workshop, "run_task", breaking)

    yield after
    monkeypatch.undo()


def document(report) -> object:
    return timeless(json.loads(report.to_json()))


def test_nothing_is_kept_without_being_asked(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    compare(table(), **OPTIONS)
    assert list(tmp_path.rglob("*")) == []


def test_a_resumed_run_is_the_same_as_an_undisturbed_one(store, stop, monkeypatch) -> None:
    whole = compare(table(), **OPTIONS)
    stop(4, RuntimeError("the power went off"))
    with pytest.raises(RuntimeError):
        again(store)
    monkeypatch.undo()
    report, heard = again(store)
    assert 0 < heard.planned < TRIALS
    assert any("trials are in the store already" in note for note in heard.notes)
    assert document(report) == document(whole)


def test_the_same_call_again_runs_nothing(filled, whole) -> None:
    _, first, heard = whole
    assert heard.planned == TRIALS
    second, heard = again(filled)
    assert heard.planned == 0
    assert document(second) == document(first)
    with_seconds = [json.loads(r.to_json())["trials"] for r in (first, second)]
    assert with_seconds[0] == with_seconds[1]


def test_a_method_a_repeat_or_a_metric_more_reuses_the_rest(filled) -> None:
    assert again(filled, methods="random_over,random_under")[1].planned == 3
    report, heard = again(filled, repeats=2)
    assert heard.planned == TRIALS
    assert document(report) == document(compare(table(), **OPTIONS | {"repeats": 2}))
    assert again(filled, metric="roc_auc", rope=0.05)[1].planned == 0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"seed": 1}, "--seed is 1, was 0"),
        ({"folds": 2}, "--folds is 2, was 3"),
        ({"threshold_metric": "mcc"}, "--threshold-metric is mcc, was f1"),
        ({"frame": table(seed=1)}, "the data or the roles of its columns changed"),
        ({"drop": ["b"]}, "the data or the roles of its columns changed"),
        ({"max_rows": 120}, "--max-rows is 120, was all"),
    ],
)
def test_what_changes_numbers_starts_anew_and_says_why(filled, changed, why) -> None:
    heard = again(filled, **changed)[1]
    assert heard.planned > 0
    assert not any("already" in note for note in heard.notes)
    (note,) = heard.notes
    assert note.startswith("starting anew (")
    assert why in note
    assert note.count(" was ") + note.count("changed") == 1
    back = again(filled)[1]
    assert back.planned == 0


def test_another_version_starts_anew_and_says_which(filled, monkeypatch) -> None:
    later = dict(basis.versions()) | {"scikit-learn": "99.0"}
    monkeypatch.setattr(basis, "versions", lambda: later)
    heard = again(filled)[1]
    assert heard.planned == TRIALS
    assert "scikit-learn is 99.0, was " in heard.notes[0]


def test_failed_trials_are_run_again_and_those_that_cannot_apply_are_not(store, monkeypatch) -> None:
    options = {"methods": "adasyn,random_over"}  # adasyn takes no categories
    from imbtool.methods.resample.random_over import RandomOver

    def fail(*_, **__):
        raise RuntimeError("bang")

    monkeypatch.setattr(RandomOver, "resample", fail)
    broken, _ = again(store, **options)
    assert {t.status for t in broken.comparison.trials} == {"ok", "failed", "not-applicable"}
    monkeypatch.undo()
    mended, heard = again(store, **options)
    assert heard.planned == 3
    assert {t.status for t in mended.comparison.trials} == {"ok", "not-applicable"}
    opened = open_store(store)
    assert (opened.runs()[0].failed, opened.runs()[0].state) == (0, "complete")
    opened.close()


def test_auto_resumes_in_both_of_its_stages(store, stop, monkeypatch) -> None:
    options = {"learners": "auto", "folds": 2}
    whole = compare(table(), **OPTIONS | options)
    for tasks in (2, 3, 2):
        stop(tasks, RuntimeError("off"))
        with pytest.raises(RuntimeError):
            again(store, **options)
        monkeypatch.undo()
    assert document(again(store, **options)[0]) == document(whole)


def test_an_interrupted_run_tells_how_to_go_on_and_keeps_its_report(store, stop, monkeypatch) -> None:
    stop(5, KeyboardInterrupt())
    report, heard = again(store)
    assert not report.comparison.complete
    assert any("the same command resumes" in note for note in heard.notes)
    opened = open_store(store)
    (found,) = opened.runs()
    assert found.state == "interrupted"
    assert json.loads(opened.document(found.key) or "")["complete"] is False
    opened.close()
    monkeypatch.undo()
    assert again(store)[0].comparison.complete


@pytest.mark.parametrize("when", [0, 2])
def test_a_disk_that_fills_up_costs_one_line_and_not_the_run(store, when, monkeypatch) -> None:
    from imbtool.store import Store

    calls = iter(range(10_000))
    write = Store.record

    def full(self, key, rows):
        if next(calls) == when:
            pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
            self._connection.execute(f"PRAGMA max_page_count = {pages}")
        write(self, key, rows)

    monkeypatch.setattr(Store, "record", full)
    report, heard = again(store, repeats=3)
    assert report.comparison.complete
    assert [n for n in heard.notes if "disk is full" in n] == heard.notes
    assert len(heard.notes) == 1
    monkeypatch.undo()
    second, heard = again(store, repeats=3)
    assert heard.planned > 0
    assert document(second) == document(report)


def test_what_could_not_be_written_is_written_once_there_is_room(store, monkeypatch) -> None:
    from imbtool.store import Store, faults

    write, calls = Store.record, iter(range(10_000))

    def busy(self, key, rows):
        if next(calls) in (1, 2):
            raise faults.fault(self.path, _busy())
        write(self, key, rows)

    def _busy() -> sqlite3.OperationalError:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        return error

    monkeypatch.setattr(Store, "record", busy)
    _, heard = again(store)
    assert len(heard.notes) == 1
    monkeypatch.undo()
    assert again(store)[1].planned == 0


def test_a_store_damaged_under_the_run_costs_one_line_and_not_the_run(filled, whole) -> None:
    with sqlite3.connect(filled) as db:
        db.execute("UPDATE trial SET result = '{}' WHERE recipe = 'sigmoid'")
    db.close()
    report, heard = again(filled)
    assert report.comparison.complete
    assert "is damaged" in heard.notes[0]
    assert document(report) == document(whole[1])
