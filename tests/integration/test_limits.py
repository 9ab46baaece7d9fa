"""Budget, inner folds and plans, on a clock of our own where time decides."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from benchmarks.kill_test import timeless

from imbtool import compare, plan
from imbtool.core.errors import DataError
from imbtool.engine import Limits, serial
from imbtool.evaluation import budget, run, workshop
from imbtool.evaluation.options import Options
from imbtool.evaluation.work import run_task
from imbtool.recipe.parser import parse_learner

OPTIONS = {"target": "y", "methods": "random_over", "learners": "logistic", "folds": 3, "repeats": 1}
CONTROLS = ("none", "threshold", "sigmoid", "isotonic", "temperature_scaling", "class_weight")


def table(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    y = (draw.random(rows) < 0.2).astype(int)
    return pd.DataFrame({"a": draw.normal(y, 1), "b": draw.normal(0, 1, rows), "y": y})


def timed_compare(monkeypatch, costs, **options):
    """Compare in this process on a clock that only training moves, by the seconds of its recipe."""
    now = [1000.0]
    clock = SimpleNamespace(monotonic=lambda: now[0])
    for module in (budget, serial, run, workshop):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr("imbtool.core.clock.time", clock)

    def within(seconds, work):
        begun, value = now[0], work()
        late = now[0] - begun > seconds
        now[0] = begun + seconds if late else now[0]
        return (False, None) if late else (True, value)

    monkeypatch.setattr(serial, "within", within)

    def timed(shared, task):
        seconds = costs.get(f"{task.learner} {task.training}", costs.get(str(task.training), 1.0))
        now[0] += seconds
        return tuple(
            replace(t, seconds=seconds if n == 0 else 0.0) for n, t in enumerate(run_task(shared, task))
        )

    monkeypatch.setattr(workshop, "run_task", timed)
    report = compare(table(), **(OPTIONS | {"engine": "serial", "jobs": 1} | options))
    monkeypatch.undo()
    return report, now[0] - 1000.0


def rows_of(report):
    return {m.recipe: m for m in report.comparison.methods}


def folds_of(report, recipe):
    return [(t.repeat, t.fold) for t in report.comparison.trials if (t.recipe, t.status) == (recipe, "ok")]


def test_the_dearest_treatment_goes_so_that_the_others_have_a_whole_repeat(monkeypatch) -> None:
    costs = {"random_over": 10.0, "smote": 2.0}
    report, took = timed_compare(monkeypatch, costs, methods="random_over,smote", budget=30)
    rows = rows_of(report)
    assert took <= 30
    assert rows["random_over"].status == "cut-off"
    assert rows["random_over"].reason == "fold 1 took longer than 8.3 s, too long for the budget of 30 s"
    assert rows["random_over"].estimates == {}
    assert {r.n_trials for name, r in rows.items() if name != "random_over"} == {3}
    assert rows["smote"].status == "ok"


AUTO = {"learners": "auto", "methods": "random_over,smote"}


def test_a_dear_learner_untreated_waits_for_the_treatments_of_the_best_one(monkeypatch) -> None:
    costs = {"forest none": 12.0}
    report, took = timed_compare(monkeypatch, costs, **AUTO, budget=40)
    assert took <= 40
    found = {(m.learner, m.recipe): m for m in report.comparison.methods}
    best = report.verdict.learner
    assert all(found[best, name].n_trials == 3 for name in ("none", "class_weight", "random_over", "smote"))
    assert found["forest", "none"].status == "cut-off"
    assert "too long for" in found["forest", "none"].reason
    (note,) = [n for n in report.comparison.notes if n.startswith("Rows were cut off")]
    enough = int(re.search(r"about (\d+) s", note).group(1))
    again, took = timed_compare(monkeypatch, costs, **AUTO, budget=enough + 5)
    assert took > 40
    assert {m.status for m in again.comparison.methods} == {"ok"}


def test_where_no_treatment_could_be_finished_the_budget_that_is_named_suffices(monkeypatch) -> None:
    costs = {"none": 6.0, "class_weight": 6.0, "random_over": 7.0}
    report, _ = timed_compare(monkeypatch, costs, budget=25)
    assert (report.verdict.kind, report.verdict.numbers.get("reason")) == ("inconclusive", "no-time")
    assert {m.n_trials for m in report.comparison.methods if m.status == "ok"} == {3}
    enough = report.verdict.numbers["budget_to_settle"]
    again, took = timed_compare(monkeypatch, costs, budget=1.1 * enough)
    assert took <= 1.1 * enough
    assert rows_of(again)["random_over"].status == "ok"


def test_controls_are_never_cut_for_a_treatment(monkeypatch) -> None:
    report, _ = timed_compare(monkeypatch, {"none": 6.0, "class_weight": 6.0, "random_over": 1.0}, budget=40)
    assert rows_of(report)["random_over"].status == "cut-off"
    assert {name for name, r in rows_of(report).items() if r.status == "ok"} >= set(CONTROLS)


def test_the_last_folds_are_cut_and_all_rows_have_the_same(monkeypatch) -> None:
    report, took = timed_compare(monkeypatch, {}, repeats=4, budget=19)  # 3 trainings a fold of 12
    assert took <= 19
    done = {name: folds_of(report, name) for name in rows_of(report)}
    assert {len(m.fold_values) for m in report.comparison.methods} == {5}
    assert all(folds[:5] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)] for folds in done.values())
    assert {m.status for m in report.comparison.methods} == {"ok"}
    (note,) = [n for n in report.comparison.notes if n.startswith("Cut off")]
    assert "the budget of 19 s was used up after 5 of 12 folds" in note
    assert not any("goes on from there" in n for n in report.comparison.notes)  # nothing is stored
    cut = [t for t in report.comparison.trials if t.status == "cut-off"]
    assert len(cut) + sum(map(len, done.values())) == 12 * len(done)
    assert {t.reason for t in cut} == {"the budget of 19 s was used up"}


def test_within_a_fold_controls_run_first(monkeypatch) -> None:
    report, _ = timed_compare(monkeypatch, {"random_over": 50.0}, methods="random_over,smote", budget=10)
    rows = rows_of(report)
    assert all(rows[name].status == "ok" for name in CONTROLS if name != "class_weight")
    assert rows["smote"].status == "cut-off"
    assert {len(m.fold_values) for m in report.comparison.methods} == {3}


def test_a_budget_in_which_nothing_can_be_finished_is_an_error_that_says_so() -> None:
    with pytest.raises(DataError, match="Not one fold was finished: the budget of 0 s") as caught:
        compare(table(), **OPTIONS, jobs=1, engine="serial", budget=1e-4)
    assert caught.value.code == "nothing-finished"


def test_the_same_call_without_a_budget_runs_what_was_cut_off(monkeypatch, tmp_path) -> None:
    store = tmp_path / "s.db"
    short, _ = timed_compare(monkeypatch, {"random_over": 10.0}, budget=25, store=store)
    assert sum(note.count("goes on from there") for note in short.comparison.notes) == 1
    planned = plan(table(), **OPTIONS, store=store)
    assert 0 < planned.stored < planned.trials
    whole = compare(table(), **OPTIONS, jobs=1, store=store)
    fresh = compare(table(), **OPTIONS, jobs=1)
    assert timeless(json.loads(whole.to_json())) == timeless(json.loads(fresh.to_json()))
    assert plan(table(), **OPTIONS, store=store).stored == planned.trials


@pytest.mark.parametrize(
    ("seconds", "started", "kept"),
    [(60, 0, 2), (10, 0, 1), (60, 20, 8), (60, 59, 10), (8, 1, 0.8), (3, 0.9, 0.36)],
)
def test_more_time_is_kept_for_the_report_where_starting_took_long(
    monkeypatch, seconds, started, kept
) -> None:
    monkeypatch.setattr(budget, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    began = 1000.0 - started
    found = budget.Budget(seconds, began=began, jobs=1)
    assert began + seconds - found.deadline == pytest.approx(kept)


def test_auto_finds_its_learner_within_its_share_of_the_budget(monkeypatch) -> None:
    costs = {"none": 2.0}
    report, took = timed_compare(monkeypatch, costs, learners="auto", budget=45)
    assert took <= 45
    assert any(m.recipe == "random_over" for m in report.comparison.methods)
    assert report.verdict.learner


def test_a_generous_budget_changes_nothing() -> None:
    plain = compare(table(), **OPTIONS, jobs=1)
    limited = compare(table(), **OPTIONS, jobs=1, budget="1h", method_timeout="10m", max_memory="64G")
    assert timeless(json.loads(limited.to_json())) == timeless(json.loads(plain.to_json()))


def test_without_inner_folds_nothing_is_chosen_and_the_report_says_so() -> None:
    report = compare(table(), **OPTIONS | {"methods": "random_over,smote+isotonic"}, jobs=1, inner_folds=0)
    rows = rows_of(report)
    for name in ("threshold", "sigmoid", "isotonic", "temperature_scaling", "smote+isotonic"):
        assert rows[name].status == "not-applicable"
        assert rows[name].reason.startswith("without inner folds nothing comes after training")
    for name in ("none", "class_weight", "random_over"):
        assert rows[name].status == "ok"
        assert rows[name].estimates["f1"] == rows[name].estimates["f1_default"]
    assert report.comparison.settings.inner_folds == 0


def test_training_does_not_depend_on_the_inner_folds() -> None:
    with_them, without = (compare(table(), **OPTIONS, jobs=1, inner_folds=n) for n in (3, 0))
    for name in ("none", "class_weight", "random_over"):
        assert rows_of(with_them)[name].estimates["pr_auc"] == rows_of(without)[name].estimates["pr_auc"]


def test_inner_folds_decide_whether_stored_trials_are_used(tmp_path) -> None:
    compare(table(), **OPTIONS, jobs=1, store=tmp_path / "s.db")
    assert plan(table(), **OPTIONS, store=tmp_path / "s.db", inner_folds=4).stored == 0


def test_a_plan_holds_every_row_of_the_run_and_predicts_its_time_and_memory() -> None:
    frame = table(900)
    planned = plan(frame, **OPTIONS | {"methods": "smote,cooldown,tomek"})
    report = compare(frame, **OPTIONS | {"methods": "smote,cooldown,tomek"}, jobs=1)
    assert [r.recipe for r in planned.rows] == list(dict.fromkeys(t.recipe for t in report.comparison.trials))
    assert planned.trials == sum(t.status == "ok" for t in report.comparison.trials)
    assert {r.recipe for r in planned.rows if r.reason} == {"cooldown"}
    assert all(r.seconds > 0 and r.memory > 50e6 for r in planned.rows if not r.reason)
    assert planned.wall > 0


def test_a_plan_makes_no_store(tmp_path) -> None:
    from imbtool.cli.storage import planning_store

    with planning_store(str(tmp_path / "s.db"), off=False) as store:
        assert store is None
    assert list(tmp_path.iterdir()) == []


def test_a_plan_knows_the_limits() -> None:
    planned = plan(table(), **OPTIONS, jobs=2)
    assert planned.jobs == 2
    most = max(r.memory for r in planned.rows)
    fewer = plan(table(), **OPTIONS, jobs=2, max_memory=int(2.2 * most), budget=planned.wall / 100)
    assert fewer.jobs == 1
    assert any("more than the budget" in note for note in fewer.notes)
    none = plan(table(), **OPTIONS, max_memory="1M")
    assert {r.reason for r in none.rows} == {"may be cut off: more memory than 1 MB"}


def test_less_memory_than_anything_needs_is_an_error_that_says_so() -> None:
    with pytest.raises(DataError, match="needed more memory than 1 MB") as caught:
        compare(table(), **OPTIONS, jobs=1, max_memory="1M")
    assert caught.value.code == "nothing-finished"
    named = re.search(r"at least --max-memory (\d+)M", caught.value.hint)
    assert "goes on" not in caught.value.hint  # nothing is kept
    assert int(named[1]) > 50  # Python with numpy and pandas holds more by itself


def test_a_system_that_does_not_tell_memory_is_reported(monkeypatch) -> None:
    monkeypatch.setattr(budget, "held", lambda: 0)
    report = compare(table(), **OPTIONS | {"methods": "none"}, jobs=1, max_memory="64G")
    assert any("--max-memory was not kept" in note for note in report.comparison.notes)


def test_the_workers_of_a_scheduler_are_asked_for_what_the_learners_need(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(workshop, "make_engine", lambda *_, packages, **__: asked.append(packages))
    for names in ("torch", "logistic"), ("logistic",):
        one = object.__new__(workshop.Workshop)
        one.design = SimpleNamespace(learners=tuple(map(parse_learner, names)))
        one.options, one.limits, one._engine = Options(jobs=2), Limits(), None
        one.crew(3)
    assert asked == [("torch",), ()]
