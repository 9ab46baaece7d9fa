from dataclasses import replace
from io import StringIO

from rich.console import Console
from tests.unit.report import fixtures

from imbtool.evaluation.result import Comparison, Estimate
from imbtool.report import view
from imbtool.report.html import to_html
from imbtool.report.markdown import to_markdown
from imbtool.report.terminal import render


def test_shortening_keeps_the_verdict_its_controls_and_the_order() -> None:
    run = fixtures.binary()
    rows = view.shortened(run, 15)
    assert len(rows) == 15
    assert [r.rank for r in rows] == sorted(r.rank for r in rows)
    assert view.recommended(run) in rows
    controls = {r.recipe for r in rows if r.control and r.learner == "lightgbm"}
    assert controls == set(fixtures.CONTROLS)
    assert {r.learner for r in rows if r.recipe == "none"} == {"lightgbm", "logistic", "forest"}


def test_a_table_that_fits_is_not_shortened() -> None:
    run = fixtures.multiclass()
    assert view.shortened(run) == view.ranked(run)


def test_problems_are_grouped_by_reason_and_name_the_learner_when_there_are_several() -> None:
    run = fixtures.binary()
    late = "the time limit of 60 s was reached"
    found = {(p.status, p.reason): p.who() for p in view.problems(run)}
    assert found[("cut-off", late)] == "tomek+threshold, enn+threshold (logistic)"
    one = replace(run, methods=tuple(r for r in run.methods if r.learner == "logistic"))
    assert {p.reason: p.who() for p in view.problems(one)}[late] == "tomek+threshold, enn+threshold"


def test_problems_name_learners_but_the_one_that_all_rows_of_the_table_have() -> None:
    run = fixtures.binary()
    late = tuple(
        replace(r, status="cut-off", reason="late", rank=None, learner=learner)
        for learner in ("logistic", "lightgbm")
        for r in run.methods[:2]
    )
    ranked = tuple(r for r in run.methods if r.learner == "logistic" and r.rank)
    found = [p.who() for p in view.problems(replace(run, methods=(*ranked, *late))) if p.reason == "late"]
    names = ", ".join(dict.fromkeys(r.recipe for r in run.methods[:2]))
    assert found == [f"{names} (lightgbm, logistic)"]
    found = [p.who() for p in view.problems(replace(run, methods=(*ranked, *late[2:]))) if p.reason == "late"]
    assert found == [f"{names} (lightgbm)"]


def test_a_row_with_some_failed_folds_is_told_as_partly_failed() -> None:
    run = fixtures.multiclass()
    broken = replace(run.methods[0], n_trials=7, n_failed=3, reason="no neighbours")
    found = view.problems(replace(run, methods=(broken, *run.methods[1:])))
    assert [(p.status, p.reason) for p in found] == [("partly failed", "3 of 10 folds: no neighbours")]


def test_the_scale_spans_all_intervals() -> None:
    rows = view.ranked(fixtures.binary())
    scale = view.scale(rows, "pr_auc")
    assert scale.low == min(r.estimates["pr_auc"].low for r in rows)
    assert scale.place(scale.low, 10) == 0
    assert scale.place(scale.high, 10) == 10


def test_roles_kinds_and_columns_left_out_are_read_off_the_columns() -> None:
    columns = fixtures.dataset().columns
    assert view.kinds(columns)[0] == ("numeric", 14)
    assert view.roles(columns) == (("group", "policy_no"),)
    assert dict(view.left_out(columns))["constant: 'EUR'"] == "currency"


def with_best(**estimate: float) -> Comparison:
    run = fixtures.binary()
    best = view.ranked(run)[0]
    moved = replace(best, estimates={**best.estimates, "pr_auc": Estimate(**estimate)})
    return replace(run, methods=tuple(moved if row is best else row for row in run.methods))


def test_a_footnote_says_where_few_positives_make_the_intervals_lopsided_and_only_there() -> None:
    lopsided = with_best(mean=0.9, low=0.5, high=0.95)
    assert view.footnotes(lopsided) == (view.FLATTERED,)
    assert view.FLATTERED in to_markdown(lopsided)
    assert view.FLATTERED in to_html(lopsided)
    console = Console(file=StringIO(), width=100)
    render(lopsided, console)
    assert view.FLATTERED in console.file.getvalue()
    assert view.footnotes(with_best(mean=0.9, low=0.84, high=0.955)) == ()
    assert view.footnotes(with_best(mean=0.99, low=0.9, high=1.0)) == ()
    by_area = replace(lopsided, settings=replace(lopsided.settings, metric="roc_auc"))
    assert view.footnotes(by_area) == ()
    assert view.FLATTERED not in to_markdown(fixtures.binary())
