"""The rules of the verdict, each met with made-up fold values whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from imbtool.core.price import Price
from imbtool.evaluation.outlook import Part
from imbtool.evaluation.phrases import share
from imbtool.evaluation.result import Settings, Trial
from imbtool.evaluation.scale import scale_of
from imbtool.evaluation.table import Table, results
from imbtool.evaluation.verdict import Evidence, decide
from imbtool.evaluation.wording import put_into_words

COUNTS = (900, 100)
SHARES = (0.9, 0.1)
FLAT = {
    "roc_auc": 0.85,
    "brier": 0.08,
    "brier_skill": 0.1,
    "log_loss": 0.3,
    "calibration_error": 0.02,
    "calibration_slope": 1.0,
    "f1": 0.5,
    "f1_default": 0.5,
    "mcc": 0.4,
    "mcc_default": 0.4,
}


def trials(rows, n_folds=5, repeats=3, noise=0.01, seed=0):
    """Make trials whose metrics are the row's values plus fold noise that all rows share."""
    random = np.random.default_rng(seed)
    shared = random.normal(0, 0.03, (repeats, n_folds))
    made = []
    for (learner, recipe), values in rows.items():
        for repeat in range(repeats):
            for fold in range(n_folds):
                metrics = {
                    name: value + shared[repeat, fold] + random.normal(0, noise)
                    for name, value in {**FLAT, "pr_auc": 0.4, **values}.items()
                }
                made.append(
                    Trial(
                        learner=learner,
                        recipe=recipe,
                        repeat=repeat,
                        fold=fold,
                        metrics=metrics,
                        threshold=(0.3,),
                        n_train=800,
                        n_test=200,
                        seconds=1.0,
                    )
                )
    return made


def judge(
    rows,
    *,
    metric="pr_auc",
    counts=COUNTS,
    made=None,
    curve=(),
    price=None,
    enough=None,
    splitter="stratified by class",
    **options,
):
    table = Table(made or trials(rows, **options))
    settings = Settings(
        metric=metric,
        threshold_metric="f1" if price is None else price.unit,
        price=price,
        folds=5,
        repeats=3,
        inner_folds=3,
        rope=0.01,
        seed=0,
        learners=("lightgbm",),
        methods=tuple(r for _, r in rows),
        splitter=splitter,
    )
    found = results(table, metric, 0.01, SHARES)
    evidence = Evidence(
        table=table,
        rows={(r.learner, r.recipe): r for r in found},
        scale=scale_of(metric, 0.01, SHARES, table.test_ratio()),
        settings=settings,
        counts=counts,
        rare=1,
        no_skill=2 * 0.1 / 1.1,
        curve=curve,
        enough=enough,
    )
    verdict = put_into_words(decide(evidence), evidence, ("0", "1"))
    assert verdict.headline
    assert all(sentence.endswith((".", ")")) for sentence in verdict.sentences)
    assert not any("nan" in sentence.split() for sentence in verdict.sentences)
    return verdict


def rows(**recipes):
    named = {"none": {}, "threshold": {}, "sigmoid": {}, "class_weight": {}, **recipes}
    return {("lightgbm", name): values for name, values in named.items()}


def cut_off(rows, *names):
    """Make trials in which these recipes were cut off."""
    return [
        replace(t, status="cut-off", reason="late", metrics={}) if t.recipe in names else t
        for t in trials(rows)
    ]


def test_where_no_treatment_was_finished_the_verdict_is_inconclusive_and_names_a_budget_that_suffices():
    verdict = judge(rows(smote={}), made=cut_off(rows(smote={}), "smote"), enough=180.0)
    assert (verdict.kind, verdict.recipe, verdict.numbers["reason"]) == ("inconclusive", "none", "no-time")
    assert verdict.numbers["budget_to_settle"] == 180.0
    assert verdict.headline == (
        "Inconclusive: no treatment was finished in time; a budget of about 3 min would have sufficed for "
        "one repeat of all."
    )
    assert judge(rows(smote={})).kind == "do-nothing"


def test_until_treatments_are_finished_a_threshold_that_helps_is_named():
    moved = {"threshold": {"f1": 0.7}, "none": {"f1": 0.5}}
    made = cut_off(rows(smote={}, **moved), "smote")
    verdict = judge(rows(smote={}, **moved), made=made)
    assert (verdict.kind, verdict.recipe) == ("inconclusive", "threshold")
    assert verdict.headline == "Inconclusive: no treatment was finished in time."
    assert verdict.sentences[0].startswith("Until then: Do nothing but move the threshold to 0.3 (lightgbm):")


def test_of_a_single_fold_no_probability_is_told():
    moved = {"threshold": {"f1": 0.7}, "none": {"f1": 0.5}}
    made = [t for t in cut_off(rows(smote={}, **moved), "smote") if (t.repeat, t.fold) == (0, 0)]
    verdict = judge(rows(smote={}, **moved), made=made)
    assert any("too few folds to tell how probable it is" in sentence for sentence in verdict.sentences)


def test_where_some_treatments_were_finished_the_headline_counts_them():
    made = cut_off(rows(smote={}, tomek={}, enn={}), "smote")
    verdict = judge(rows(smote={}, tomek={}, enn={}), made=made)
    assert verdict.kind == "do-nothing"
    assert verdict.headline == (
        "Do nothing: none of the 2 treatments that were finished in time is shown to beat plain lightgbm."
    )
    alone = judge(rows(smote={}, enn={}), made=cut_off(rows(smote={}, enn={}), "smote"))
    assert alone.headline == (
        "Do nothing: the one treatment that was finished in time is not shown to beat plain lightgbm."
    )


def test_a_row_that_could_not_be_applied_is_not_told_as_cut_off_on_the_folds_it_was_not_tried_on():
    made = cut_off(rows(smote={}), "smote")
    first = next(k for k, t in enumerate(made) if t.recipe == "smote")
    made[first] = replace(made[first], status="not-applicable", reason="numbers only")
    found = next(r for r in results(Table(made), "pr_auc", 0.01, SHARES) if r.recipe == "smote")
    assert (found.status, found.reason) == ("not-applicable", "numbers only")


def test_equal_methods_mean_do_nothing():
    verdict = judge(rows(smote={}, tomek={}), noise=0.0)
    assert (verdict.kind, verdict.learner, verdict.recipe) == ("do-nothing", "lightgbm", "none")


def test_a_clear_gain_means_use_it():
    verdict = judge(rows(smote={"pr_auc": 0.5}, tomek={}))
    assert (verdict.kind, verdict.recipe) == ("use", "smote")
    assert verdict.numbers["gain_mean"] == pytest.approx(0.1, abs=0.02)
    assert verdict.numbers["gain_p_holm"] < 0.05


def test_among_tied_winners_the_cheapest_is_used():
    verdict = judge(rows(smote_enn={"pr_auc": 0.502}, class_weight={"pr_auc": 0.5}))
    assert (verdict.kind, verdict.recipe) == ("use", "class_weight")
    assert "lightgbm with smote_enn" in verdict.numbers["tied"]


def test_a_gain_inside_the_region_of_equivalence_is_no_gain():
    verdict = judge(rows(smote={"pr_auc": 0.405}), noise=0.0005)
    assert verdict.kind == "do-nothing"


def test_a_noisy_lead_is_inconclusive_and_says_what_would_settle_it():
    verdict = judge(
        rows(smote={"pr_auc": 0.44}, tomek={}, enn={}, adasyn={}, cooldown={}), noise=0.03, seed=4
    )
    assert verdict.kind == "inconclusive"
    assert verdict.recipe == "none"
    assert verdict.numbers["lead"] == "lightgbm with smote"
    assert any(s.startswith("To settle it") for s in verdict.sentences)
    low, most_likely, high = (verdict.numbers[f"positives_to_settle{end}"] for end in ("_low", "", "_high"))
    assert COUNTS[1] <= low <= most_likely
    assert high is None or high >= most_likely
    assert verdict.numbers["settled_from"] == "spread over the folds"


def test_the_learning_curve_of_a_lead_is_said_to_be_what_the_number_comes_from():
    noisy = rows(smote={"pr_auc": 0.44}, tomek={}, enn={}, adasyn={}, cooldown={})
    rng = np.random.default_rng(0)
    curve = tuple(Part(share=s, d=rng.normal(0.05, 0.05, 5)) for s in (0.5, 0.5, 0.25, 0.25, 0.25, 0.25))
    verdict = judge(noisy, noise=0.03, seed=4, curve=curve)
    assert verdict.numbers["settled_from"] == "learning curve"
    assert list(verdict.numbers["lead_on_parts"]) == ["0.25", "0.5"]
    assert any("measured on halves and quarters" in s for s in verdict.sentences)


def test_a_moved_threshold_is_advised_when_it_alone_helps():
    verdict = judge(
        rows(none={"f1_default": 0.2}, threshold={"f1_default": 0.2}, sigmoid={"f1_default": 0.2}, smote={})
    )
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "threshold")
    assert "0.3" in verdict.headline


def test_a_threshold_no_better_than_calling_everything_positive_is_not_advised():
    poor = {"f1_default": 0.0, "f1": 0.18}
    verdict = judge(rows(none=poor, threshold=poor, sigmoid=poor))
    assert verdict.kind == "do-nothing"


ASKED = {"metric": "cost", "price": Price(cost_fn=10.0, cost_fp=1.0)}


def priced(moved, **recipes):
    plain = {"cost": moved, "cost_default": 0.5}
    named = dict.fromkeys(("none", "threshold", "sigmoid", "class_weight"), plain)
    return {("lightgbm", name): values for name, values in (named | recipes).items()}


def test_a_threshold_chosen_by_money_needs_no_proof_against_the_default_one():
    verdict = judge(priced(0.42), noise=0.2, seed=0, **ASKED)
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "threshold")
    assert verdict.numbers["gain_better"] < 0.95
    assert any("probability 0." in s and "larger than what matters" in s for s in verdict.sentences)


def test_a_threshold_chosen_by_money_that_did_worse_is_not_taken():
    verdict = judge(priced(0.52), noise=0.01, **ASKED)
    assert (verdict.kind, verdict.recipe) == ("do-nothing", "none")


def test_in_money_a_calibrator_that_helps_is_told_and_the_chosen_threshold_is_taken():
    helped = {"cost": 0.42, "cost_default": 0.5, "brier_skill": 0.4}
    made = priced(0.42, sigmoid=helped)
    verdict = judge(made, noise=0.06, seed=0, **ASKED)
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "threshold")
    assert verdict.numbers["gain_better"] < 0.95
    assert any("Calibrating the plain model with sigmoid gains 0.3" in s for s in verdict.sentences)
    worse = judge(priced(0.52, sigmoid={**helped, "cost": 0.52}), noise=0.01, **ASKED)
    assert (worse.kind, worse.recipe) == ("calibrate", "sigmoid")


def test_where_probabilities_were_asked_the_threshold_by_money_stands_beside_the_calibrator():
    made = priced(0.42, sigmoid={"cost": 0.42, "cost_default": 0.5, "brier": 0.05, "brier_skill": 0.4})
    verdict = judge(made, **ASKED | {"metric": "brier"})
    assert (verdict.kind, verdict.recipe) == ("calibrate", "sigmoid")
    told = [s for s in verdict.sentences if "sigmoid+threshold decides at 0.3: costs 41" in s]
    assert len(told) == 1


def test_a_lead_in_money_that_is_not_proven_leaves_the_threshold_that_costs_nothing():
    made = priced(0.4, smote={"cost": 0.33, "cost_default": 0.5})
    verdict = judge(made, noise=0.06, seed=4, **ASKED)
    assert (verdict.kind, verdict.recipe) == ("inconclusive", "threshold")
    assert verdict.numbers["reason"] == "unproven-lead"
    assert verdict.numbers["lead_against"] == ["lightgbm", "threshold"]
    assert any(s.startswith("Meanwhile move the threshold to 0.3") for s in verdict.sentences)


def test_what_beats_doing_nothing_but_no_blind_policy_is_no_open_lead(monkeypatch):
    monkeypatch.setattr("imbtool.evaluation.verdict.beats_trivial", lambda *_: False)
    verdict = judge(priced(0.42, smote={"cost": 0.2, "cost_default": 0.2}), **ASKED)
    assert (verdict.kind, verdict.recipe, verdict.numbers["reason"]) == ("inconclusive", "smote", "no-policy")
    assert "lead" not in verdict.numbers
    assert "positives_to_settle" not in verdict.numbers
    told = " ".join(verdict.sentences)
    assert "p < 0.001 after correction, and probability >0.99" in told
    assert "not proven" not in told


BY_ROW = {"metric": "profit", "price": Price(value_column="amount", cost_fp=1.0)}


def by_row(threshold, rule, *others, **options):
    plain = {"profit": threshold, "profit_default": 0.3}
    named = dict.fromkeys(("none", "threshold", "sigmoid", "class_weight"), plain)
    named |= {
        "expected_gain": {**plain, "profit": rule - 0.1},
        "sigmoid+expected_gain": {**plain, "profit": rule},
    }
    made = {("lightgbm", name): values for name, values in (named | dict(*others)).items()}
    return judge(made, **options, **BY_ROW)


def test_deciding_each_row_by_its_own_money_is_advised_where_it_is_shown_to_beat_one_threshold():
    verdict = by_row(0.5, 0.7)
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "sigmoid+expected_gain")
    assert verdict.headline.startswith(
        "Do nothing but decide each row by its own money (lightgbm, sigmoid+exp"
    )
    assert any(
        "with one threshold for all rows: +" in s and "need 'amount' too." in s for s in verdict.sentences
    )
    assert verdict.numbers["by_row_against"] == "threshold"
    assert verdict.numbers["by_row_gain"] == pytest.approx(0.2, abs=0.02)


def test_deciding_by_row_that_is_not_shown_to_be_better_leaves_one_threshold_and_is_told():
    verdict = by_row(0.5, 0.52, noise=0.1)
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "threshold")
    told = [s for s in verdict.sentences if s.startswith("Deciding each row by its own money (sigmoid+exp")]
    assert len(told) == 1
    assert told[0].endswith("not enough to advise it.")


def test_a_treatment_is_held_against_deciding_by_row_and_used_where_it_beats_it():
    better = {"smote+sigmoid+expected_gain": {"profit": 0.9, "profit_default": 0.3}}
    verdict = by_row(0.5, 0.7, better)
    assert (verdict.kind, verdict.recipe) == ("use", "smote+sigmoid+expected_gain")
    assert "than only sigmoid+expected_gain" in verdict.headline
    assert "by_row" not in verdict.numbers


def test_a_lead_that_is_not_proven_leaves_deciding_by_row():
    lead = {"smote": {"profit": 0.57, "profit_default": 0.3}}
    verdict = by_row(0.33, 0.5, lead, noise=0.06, seed=0)
    assert (verdict.kind, verdict.recipe) == ("inconclusive", "sigmoid+expected_gain")
    assert any(s.startswith("Acting on each row whose expected money is above 0") for s in verdict.sentences)


def test_calibration_is_advised_when_only_the_probabilities_are_wrong():
    verdict = judge(rows(sigmoid={"brier_skill": 0.3}, isotonic={"brier_skill": 0.25}), noise=0.005)
    assert (verdict.kind, verdict.recipe) == ("calibrate", "sigmoid")


def test_a_calibrator_that_costs_ranking_is_not_advised():
    spoilt = {"brier_skill": 0.3, "pr_auc": 0.35}
    assert judge(rows(sigmoid=spoilt), noise=0.005).kind == "do-nothing"
    verdict = judge(rows(sigmoid=spoilt, isotonic={"brier_skill": 0.2}), noise=0.005)
    assert (verdict.kind, verdict.recipe) == ("calibrate", "isotonic")


def test_a_decision_metric_holds_treatments_against_the_moved_threshold():
    moved = {"f1": 0.5, "f1_default": 0.2}
    verdict = judge(rows(none=moved, threshold=moved, sigmoid=moved, smote=moved), metric="f1")
    assert (verdict.kind, verdict.recipe) == ("move-threshold", "threshold")
    better = {"f1": 0.6, "f1_default": 0.6}
    verdict = judge(rows(none=moved, threshold=moved, sigmoid=moved, smote=better), metric="f1")
    assert (verdict.kind, verdict.recipe) == ("use", "smote")


def test_a_loss_counts_downwards():
    verdict = judge(rows(smote={"log_loss": 0.2}), metric="log_loss")
    assert (verdict.kind, verdict.recipe) == ("use", "smote")
    verdict = judge(rows(smote={"log_loss": 0.4}), metric="log_loss")
    assert verdict.kind == "do-nothing"


def test_where_time_gives_one_way_to_split_no_repeats_are_advised():
    made = rows(smote={"pr_auc": 0.44})
    options = {"noise": 0.03, "repeats": 1, "seed": 1}
    assert judge(made, **options).numbers["repeats_to_settle"] == 4
    in_time = judge(made, **options, splitter="forward chaining in time, groups apart")
    assert in_time.numbers["repeats_to_settle"] is None
    assert not any("--repeats" in s for s in in_time.sentences)


def test_a_probability_just_below_what_suffices_is_not_written_as_if_it_sufficed():
    assert [share(p) for p in (0.9496, 0.94999, 0.95, 0.944, 0.991)] == [
        "0.949",
        "0.949",
        "0.95",
        "0.94",
        ">0.99",
    ]


def test_without_signal_nothing_is_claimed_however_large_the_gain():
    rows_ = rows(smote={"pr_auc": 0.6})
    for values in rows_.values():
        values["roc_auc"] = 0.5
    verdict = judge(rows_, seed=3)
    assert verdict.kind == "inconclusive"
    assert verdict.numbers["reason"] == "no-signal"
    assert verdict.numbers["positives_to_settle"] > COUNTS[1]
    assert any(s.startswith("To settle it") and "spread over the folds" in s for s in verdict.sentences)


def test_data_that_separate_perfectly_have_signal():
    perfect = {"roc_auc": 1.0, "pr_auc": 1.0, "f1": 1.0, "f1_default": 1.0}
    rows_ = rows(smote=perfect)
    for values in rows_.values():
        values.update(perfect)
    table_trials = trials(rows_, noise=0.0)
    exact = [replace(t, metrics={**t.metrics, "roc_auc": 1.0, "pr_auc": 1.0}) for t in table_trials]
    verdict = judge(rows_, made=exact)
    assert verdict.kind == "do-nothing"
    assert verdict.numbers["chance_p_value"] < 1e-6


def test_nine_positives_are_too_few_to_say():
    verdict = judge(rows(smote={"pr_auc": 0.6}), counts=(900, 9))
    assert verdict.kind == "too-few-positives"
    assert "9 rows" in verdict.headline


def test_the_better_learner_is_named_with_the_treatment():
    both = {**rows(), **{("logistic", recipe): {"pr_auc": 0.55} for _, recipe in rows()}}
    verdict = judge(both)
    assert (verdict.kind, verdict.learner, verdict.recipe) == ("do-nothing", "logistic", "none")


def test_a_treatment_must_beat_the_best_untreated_learner_not_only_its_own():
    both = {**rows(smote={"pr_auc": 0.5}), **{("logistic", r): {"pr_auc": 0.6} for _, r in rows()}}
    verdict = judge(both)
    assert (verdict.kind, verdict.learner, verdict.recipe) == ("do-nothing", "logistic", "none")


def test_a_method_that_failed_on_a_fold_cannot_win():
    made = rows(smote={"pr_auc": 0.9})
    table_trials = [t for t in trials(made) if not (t.recipe == "smote" and t.fold == 0)]
    table = Table(table_trials)
    verdict_rows = results(table, "pr_auc", 0.01, SHARES)
    smote = next(r for r in verdict_rows if r.recipe == "smote")
    assert smote.n_trials == 12
    assert np.isnan(smote.fold_values[0])
