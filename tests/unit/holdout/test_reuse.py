"""The reusable hold-out: trying many things on noise fools an analyst without it and not with it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.bundle.conftest import table

import imbtool
from imbtool.core.errors import DataError, UsageError
from imbtool.holdout.reuse import ask
from imbtool.holdout.thresholdout import NOISE, THRESHOLD, answer, fresh_noise
from imbtool.report.holdout.lines import looks_words
from imbtool.store import open_store

ROWS, RATE, LOOKS = 400, 0.25, 150


def roc_auc(y, scores) -> float:
    ranks = np.argsort(np.argsort(scores))[y == 1]  # no two scores are equal here
    n = len(ranks)
    return float((ranks.sum() - n * (n - 1) / 2) / (n * (len(y) - n)))


def hill_climb(seed: int, *, guarded: bool) -> tuple[float, float, list[bool]]:
    """Keep what the hold-out praises, change it, look again: the truth of every score is 0.5.

    Returns the best figure that was reported, what the hold-out says of the winner, and whether each
    answer's interval held the truth.
    """
    rng = np.random.default_rng(seed)
    y = (np.arange(ROWS) < RATE * ROWS).astype(np.int64)
    error = np.sqrt((ROWS + 1) / (12 * y.sum() * (ROWS - y.sum())))
    kept, kept_in_training, best, state = np.zeros(ROWS), np.zeros(ROWS), -1.0, None
    sure: list[bool] = []
    for number in range(LOOKS):
        there, here = kept + rng.normal(size=ROWS), kept_in_training + rng.normal(size=ROWS)
        found = roc_auc(y, there)
        if guarded:
            question = {"roc_auc": (roc_auc(y, here), found, error)}
            try:
                state, (answers, _) = ask(state, question, scores=str(number), budget=None)
            except DataError:  # the budget is spent
                break
            found, low, high = answers["roc_auc"].value, answers["roc_auc"].low, answers["roc_auc"].high
            sure.append(low <= 0.5 <= high)
        if found > best:
            best, kept, kept_in_training = found, there, here
    return best, roc_auc(y, kept), sure


def test_an_analyst_who_climbs_on_noise_overfits_a_plain_hold_out_and_not_a_reusable_one(monkeypatch):
    secrets = iter(range(1000))
    monkeypatch.setattr("imbtool.holdout.reuse.secrets.randbits", lambda bits: next(secrets))
    plain = [hill_climb(seed, guarded=False) for seed in range(10)]
    guarded = [hill_climb(seed, guarded=True) for seed in range(10)]
    assert np.mean([reported for reported, _, _ in plain]) > 0.68  # five standard errors above the truth
    assert np.mean([held for _, held, _ in guarded]) < 0.55
    assert np.mean([reported for reported, _, _ in guarded]) < np.mean([r for r, _, _ in plain]) - 0.05
    assert np.mean([np.mean(each) for _, _, each in guarded]) >= 0.95


@pytest.mark.parametrize("bias", [0.0, 3.0, 4.5, 6.0])
def test_the_interval_holds_the_truth_of_honest_and_of_overfitted_training(bias):
    rng = np.random.default_rng(4)
    truth, error, noise = 0.4, 0.03, 0.0
    inside, spent = [], []
    for _ in range(4000):
        training = truth + error * (bias + 0.7 * rng.normal())
        said, cost = answer(training, truth + error * rng.normal(), error, noise, rng)
        noise = fresh_noise(rng) if cost else noise
        inside.append(said.low <= truth <= said.high)
        spent.append(cost)
    assert np.mean(inside) >= 0.95
    assert (np.mean(spent) < 0.25) if bias == 0.0 else (np.mean(spent) > 0.5)


def test_what_agrees_is_answered_by_training_and_what_does_not_by_the_noisy_hold_out():
    rng = np.random.default_rng(0)
    said, spent = answer(0.5, 0.5001, 0.01, 0.0, np.random.default_rng(1))
    assert (said.value, said.source, spent) == (0.5, "training", False)
    said, spent = answer(0.9, 0.5, 0.01, 0.0, rng)
    assert (said.source, spent) == ("holdout", True)
    assert said.value != 0.5
    assert abs(said.value - 0.5) < 0.1
    assert pytest.approx(THRESHOLD / 8) == NOISE
    with pytest.raises(ValueError, match="undefined"):
        answer(float("nan"), 0.5, 0.01, 0.0, rng)


def test_the_same_question_costs_nothing_and_a_spent_budget_answers_nothing_new():
    far = {"pr_auc": (0.9, 0.1, 0.001)}
    state, (first, _) = ask(None, far, scores="a", budget=2)
    assert (state["spent"], state["asked"]) == (1, 1)
    state, (again, _) = ask(state, far, scores="a", budget=None)
    assert again == first
    assert state["asked"] == 1
    state, _ = ask(state, far, scores="b", budget=2)
    with pytest.raises(DataError, match="budget of 2 disagreements is spent after 2 questions") as caught:
        ask(state, far, scores="c", budget=None)
    assert caught.value.code == "holdout-spent"
    _, (again, _) = ask(state, far, scores="a", budget=None)
    assert again == first
    with pytest.raises(UsageError, match="has a budget of 2, set by its first use; 2 are spent"):
        ask(state, far, scores="a", budget=3)


@pytest.fixture(scope="module")
def model():
    return imbtool.fit(table(400), target="fraud", recipe="threshold", learner="logistic", seed=0)


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "s.db")
    yield opened
    opened.close()


def test_an_evaluation_shows_answers_and_nothing_else_of_the_hold_out(model, store):
    arguments = {"store": store, "reusable": True, "resamples": 200}
    report = imbtool.evaluate(
        model, table(300, seed=5), gates=["pr_auc >= 0.2", "recall >= 0.999"], **arguments
    )
    found = report.evaluation
    assert set(found.metrics) == {"pr_auc", "recall"}
    assert all(value.how.startswith("reusable: ") for value in found.metrics.values())
    assert found.gates[0].outcome == "pass"
    shown = (found.confusion, found.row_scores, found.shift, found.money, found.baseline)
    assert shown == (None,) * 5
    assert (found.reliability, found.top, found.slices, found.per_class, found.points) == ((), (), (), {}, {})
    assert (found.looks.number, found.looks.plain, found.looks.budget) == (1, 0, 20)
    assert "reusable" in looks_words(found)[0]
    again = imbtool.evaluate(
        model, table(300, seed=5), gates=["pr_auc >= 0.2", "recall >= 0.999"], **arguments
    )
    assert again.to_json() == report.to_json()
    imbtool.evaluate(model, table(300, seed=5), store=store, resamples=200)
    after = imbtool.evaluate(model, table(300, seed=5), **arguments).evaluation
    assert (
        looks_words(after)[1] == "1 look at its plain numbers: what was chosen by them is not guarded against"
    )


def test_a_model_that_flatters_itself_is_found_out(store):
    """Rows that repeat stand on both sides of the inner folds, so that cross-validation flatters."""
    noise = table(60, seed=1).assign(fraud=np.random.default_rng(0).permutation(np.arange(60) % 4 == 0))
    copied = noise.loc[np.tile(np.arange(60), 6)].reset_index(drop=True)
    fitted = imbtool.fit(copied, target="fraud", recipe="none", learner="forest(n_estimators=30)")
    assert fitted.manifest.metrics.cross_validated["roc_auc"] > 0.95
    new = table(500, seed=2).assign(fraud=np.random.default_rng(3).permutation(np.arange(500) % 4 == 0))
    found = imbtool.evaluate(
        fitted, new, gates="roc_auc >= 0.8", store=store, reusable=True, resamples=200
    ).evaluation
    assert found.metrics["roc_auc"].how == "reusable: holdout"
    assert found.gates[0].outcome == "fail"
    assert found.looks.spent == 1


@pytest.mark.parametrize(
    "more",
    [
        {"slices": "branch"},
        {"gates": "each branch: recall >= 0.5"},
        {"gates": "recall@precision>=0.9 >= 0.1"},
        {"threshold": 0.2},
        {"cost_fn": 10.0, "cost_fp": 1.0},
        {"top": "5%"},
    ],
)
def test_what_would_show_more_is_refused_and_costs_no_look(model, store, more):
    with pytest.raises(UsageError) as caught:
        imbtool.evaluate(model, table(300, seed=5), store=store, reusable=True, **more)
    assert caught.value.code == "reusable-holdout"
    assert store.read("SELECT count(*) FROM look") == [(0,)]


def test_a_reusable_hold_out_needs_a_store_and_a_budget_needs_it(model, store):
    with pytest.raises(UsageError, match="must remember what it has answered"):
        imbtool.evaluate(model, table(300, seed=5), reusable=True)
    with pytest.raises(UsageError, match="A budget is a number") as caught:
        imbtool.evaluate(model, table(300, seed=5), store=store, budget=3)
    assert caught.value.code == "holdout-budget"
