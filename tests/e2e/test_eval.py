"""Judging as a process of its own: fit, predict, eval."""

from __future__ import annotations

import json

from tests.e2e.process import imbtool, table

import imbtool as library
from imbtool.report.jsondoc import plain

FIT = ("fit", "claims.csv", "-t", "fraud", "--recipe", "sigmoid+threshold", "--learner", "logistic", "-q")


def test_a_model_is_fitted_judged_and_guarded(claims, here):
    hold = claims.parent / "hold.csv"
    hold.write_text(table(400, seed=1), encoding="utf-8")
    assert here(*FIT, "-o", "model.imb").returncode == 0
    first = here(
        "eval", "model.imb", "hold.csv", "-q", "--json", "--slice", "branch", "-o", "old.json", "--no-count"
    )
    assert (first.returncode, first.stderr) == (0, "")
    model = library.load("model.imb")
    assert library.evaluate(model, "hold.csv", slices="branch").to_json() == first.stdout
    document = json.loads(first.stdout)
    assert document["data"]["n_rows"] == 400
    assert document["model"]["recipe"] == "sigmoid+threshold"

    gates = (
        "--gate",
        "pr_auc >= baseline",
        "--gate",
        "roc_auc >= 0.95",
        "--gate",
        "each branch: recall >= 0.6",
    )
    guarded = imbtool(
        *("eval", "model.imb", "-", "-q", "--json", "--baseline", "old.json", *gates),
        input=hold.read_text(encoding="utf-8"),
        env={"GITHUB_ACTIONS": "true"},
    )
    found = json.loads(guarded.stdout)
    assert guarded.returncode == 1
    assert found["metrics"] == document["metrics"]
    assert [(gate["outcome"], gate["paired"]) for gate in found["gates"][:2]] == [
        ("pass", True),
        ("fail", False),
    ]
    assert [gate["level"] for gate in found["gates"][2:]] == ["n", "s", "w"]
    assert "::error title=Gate failed%3A roc_auc >= 0.95::" in guarded.stderr


def test_what_predict_writes_is_judged_like_the_model_itself(claims):
    from imbtool.bundle.scoring import score_table

    model = library.fit("claims.csv", target="fraud", recipe="sigmoid+threshold", learner="logistic")
    with (claims.parent / "scored.csv").open("wb") as file:
        score_table(model, "claims.csv", file, keep=["fraud"])
    direct = library.evaluate(model, "claims.csv").evaluation
    scored = library.evaluate(scores="scored.csv", target="fraud").evaluation
    # Without the model the base rate of training is not known; everything else is.
    assert scored.metrics.keys() == direct.metrics.keys()
    for name in scored.metrics.keys() - {"brier_skill"}:
        assert plain(scored.metrics[name]) == plain(direct.metrics[name])
