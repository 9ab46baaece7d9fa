"""Comparisons carry their proof; packages that cheat are caught, honest ones are not."""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas as pd
import pytest
from benchmarks import cheats
from rich.console import Console

from imbtool import compare, registry
from imbtool.recipe.trace import fitted_on
from imbtool.report.html import to_html
from imbtool.report.jsondoc import to_json
from imbtool.report.jsonread import from_json
from imbtool.report.markdown import to_markdown
from imbtool.report.terminal import render


def table(n=400, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 4)).round(3), columns=list("abcd"))
    return frame.assign(y=(frame["a"] + rng.normal(0, 1, n) > 1.4).astype(int))


def compared(frame, **options):
    settings = {"learners": "logistic", "methods": "none", "repeats": 1, "folds": 3, "jobs": 1} | options
    return compare(frame, target="y", **settings).comparison


@pytest.fixture(scope="module")
def plain():
    return compared(table())


def codes(comparison):
    return {f.code for f in comparison.proof.findings}


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    monkeypatch.setenv("IMBTOOL_CHEAT_FILE", "")
    cheats.install(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    registry.methods.cache_clear()
    registry.learners.cache_clear()
    cheats.tell(table(), "y")
    yield
    registry.methods.cache_clear()
    registry.learners.cache_clear()
    sys.modules.pop("cheats_of_others", None)


def test_a_clean_comparison_is_proven(plain):
    proof = plain.proof
    assert proof.holds
    assert not proof.findings
    assert [c.status for c in proof.controls] == ["chance"]
    assert proof.n_fitted_on_test_rows == 0
    assert len(proof.overlaps) == 3
    assert proof.summary.startswith("no leak found: 1 control on a permuted target at chance")


def test_every_trial_says_on_which_rows_it_was_fitted(plain):
    trial = next(t for t in plain.trials if t.recipe == "sigmoid")
    assert {"view", "learner", "inner view", "inner learner", "calibrator", "threshold"} == set(trial.fitted)
    assert trial.fitted["learner"].rows == trial.n_train
    assert trial.fitted["inner learner"].rows < trial.n_train
    # Three folds, three training parts, of which every trial of a fold has the same.
    assert len({t.fitted["learner"].digest for t in plain.trials}) == 3


def test_rows_that_are_then_scored_are_counted_in_a_trace():
    found = fitted_on(np.array([5, 1, 1, 9]), np.array([9, 2, 5]))
    assert (found.rows, found.test_rows) == (3, 2)
    assert found.digest == fitted_on(np.array([1, 5, 9]), np.array([0])).digest


def test_deep_proof_controls_every_training(plain):
    deep = compared(table(), prove=True, methods="smote")
    assert deep.proof.depth == "deep"
    assert {c.recipe for c in deep.proof.controls} == {"none", "class_weight", "smote"}
    assert all(c.folds == 3 for c in deep.proof.controls)
    assert deep.proof.holds
    assert any("sampler" in t.fitted for t in deep.trials if t.recipe == "smote")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"methods": "remembering_sampler"}, {"remembers-folds", "trains-on-test-rows"}),
        ({"methods": "everywhere_smote"}, {"remembers-folds"}),
        ({"methods": "file_sampler"}, {"trains-on-test-rows", "opens-files"}),
        ({"learners": "global_scaler"}, {"remembers-folds"}),
        ({"learners": "global_encoder"}, {"remembers-folds", "above-chance"}),
        ({"learners": "oracle"}, {"knows-rows"}),
    ],
)
def test_a_package_that_cheats_is_caught(strangers, options, expected):
    found = compared(table(), **options)
    assert expected <= codes(found)
    assert not found.proof.holds


@pytest.mark.parametrize("options", [{"methods": "honest_copies"}, {"learners": "honest_learner"}])
def test_an_honest_package_is_not_accused(strangers, options):
    assert not codes(compared(table(), **options))


def test_a_leak_stands_above_the_verdict_in_every_report_and_hides_nothing():
    frame = table()
    leaking = compared(frame.assign(copy=frame["y"] * 2.0))
    assert codes(leaking) == {"gives-target-away"}
    page = io.StringIO()
    render(leaking, Console(file=page, width=100))
    for text in (page.getvalue(), to_markdown(leaking), to_html(leaking)):
        assert text.index("The proof found") < text.rindex(leaking.verdict.headline[:40])
        assert "class_weight" in text.replace("<wbr>", "").replace("\\", "")
    assert from_json(to_json(leaking)).proof == leaking.proof


def test_the_proof_is_one_line_where_all_is_well(plain):
    page = io.StringIO()
    render(plain, Console(file=page, width=100))
    assert "WARNING" not in page.getvalue()
    assert page.getvalue().count("no leak found") == 1


def test_documents_without_a_proof_are_read(plain):
    import json

    document = json.loads(to_json(plain))
    del document["proof"]
    assert from_json(json.dumps(document)).proof is None


def test_the_same_seed_gives_the_same_proof(plain):
    assert compared(table()).proof == plain.proof


def test_rows_that_nearly_equal_a_training_row_are_counted_for_every_split():
    frame = table(300)
    twins = frame[:40].copy()
    twins[["a", "b", "c", "d"]] += 1e-5
    proof = compared(pd.concat([frame, twins, frame[40:50]], ignore_index=True)).proof
    assert sum(o.exact for o in proof.overlaps) > 0
    assert 40 < sum(o.near for o in proof.overlaps) <= 80  # twins and originals, where the fold parts them
    assert all(o.near_rare <= o.near <= o.test_rows - o.exact for o in proof.overlaps)
    assert sum(o.near for o in compared(frame).proof.overlaps) == 0


def test_class_counts_are_kept_after_every_sampler_of_a_recipe():
    comparison = compared(table(), methods="tomek+smote,class_weight")
    pairs = {t.recipe: t for t in comparison.trials if t.status == "ok"}
    trial = pairs["tomek+smote"]
    assert list(trial.counts_by_sampler) == ["tomek", "smote"]
    tomek, smote = trial.counts_by_sampler.values()
    assert tomek[1] == trial.counts_before[1]
    assert tomek[0] < trial.counts_before[0]
    assert smote == trial.counts_after == (tomek[0], tomek[0])
    assert pairs["class_weight"].counts_by_sampler == {}
    assert pairs["class_weight"].counts_after == trial.counts_before
    again = from_json(to_json(comparison)).trials
    assert [t.counts_by_sampler for t in again] == [t.counts_by_sampler for t in comparison.trials]
