# ruff: noqa: E501, PERF401 - the texts are as long as real ones
"""Comparisons as a run would return them, built from a seeded generator."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import replace

from imbtool import registry
from imbtool.data.dataset import Finding
from imbtool.evaluation.result import (
    ColumnSummary,
    Comparison,
    DatasetSummary,
    Difference,
    Estimate,
    MethodResult,
    Settings,
    Trial,
    Verdict,
)

METRICS = (
    *("pr_auc", "roc_auc", "brier", "brier_skill", "log_loss", "calibration_error", "calibration_slope"),
    *(f"{m}{s}" for s in ("", "_default") for m in ("f1", "mcc", "balanced_accuracy", "g_mean")),
    *("precision", "recall", "precision_default", "recall_default"),
)
CONTROLS = ("none", "threshold", "sigmoid", "class_weight")
BASE = {
    "pr_auc": 0.412,
    "roc_auc": 0.861,
    "brier": 0.0291,
    "brier_skill": 0.191,
    "log_loss": 0.117,
    "calibration_error": 0.0062,
    "calibration_slope": 0.96,
    "f1": 0.447,
    "mcc": 0.43,
    "balanced_accuracy": 0.74,
    "g_mean": 0.7,
    "precision": 0.45,
    "recall": 0.44,
}


def binary(learners: tuple[str, ...] = ("lightgbm", "logistic", "forest"), seed: int = 0) -> Comparison:
    """A comparison on a two-class table that ends in moving the threshold."""
    rng = random.Random(seed)
    rows, trials = [], []
    shift = {"lightgbm": 0.0, "logistic": -0.055, "forest": -0.02}
    for learner in learners:
        for recipe in _recipes():
            row, own = _row(rng, learner, recipe, shift.get(learner, 0.0))
            rows.append(row)
            trials.extend(own)
    return Comparison(
        dataset=dataset(),
        settings=settings(learners),
        verdict=Verdict(
            kind="move-threshold",
            learner="lightgbm",
            recipe="threshold",
            headline="Leave the training data alone and move the decision threshold to 0.13.",
            sentences=(
                (
                    "At 0.13 instead of 0.5 the F1 of lightgbm rises by 0.214 (95 % interval 0.171 to 0.257); "
                    "the probability that this is a real gain is above 99 %."
                ),
                (
                    "No treatment ranks the cases better than doing nothing by more than 0.01 PR-AUC; the nearest, "
                    "smote, differs by +0.004 (-0.011 to +0.019)."
                ),
                (
                    "It costs no further training and leaves the probabilities as they are: their calibration slope is "
                    "0.96 (1 is right)."
                ),
                "Oversampling and class weights would push the probabilities up by a factor of about nine.",
            ),
            numbers={"threshold": 0.13, "gain": 0.214, "gain_low": 0.171, "gain_high": 0.257, "p": 0.997},
        ),
        methods=_in_order(rows),
        trials=tuple(trials),
        environment={
            "packages": {"imbtool": "0.1.0"},
            "python": "3.11.9",
            "platform": "Linux-x86_64",
            "jobs": 2,
        },
        notes=("adasyn was run with ratio 1.0 on 3 of 10 folds only.",),
        seconds=83.4,
        command="imbtool compare claims.csv --target fraud --learners lightgbm,logistic,forest",
        fit_command="imbtool fit claims.csv --target fraud --learner lightgbm --recipe threshold -o claims.imb",
    )


def inconclusive() -> Comparison:
    """The same with one learner, a warning-free table and no answer."""
    run = binary(("lightgbm",), seed=3)
    return replace(
        run,
        dataset=replace(run.dataset, findings=(), columns=run.dataset.columns[:9]),
        notes=(),
        verdict=Verdict(
            kind="inconclusive",
            learner="lightgbm",
            recipe="threshold",
            headline="Inconclusive: 47 positives are too few to tell the best four treatments apart.",
            sentences=("About 160 more positives, or 12 more repeats, would settle it.",),
            numbers={"positives": 47, "positives_needed": 160, "undefined": math.nan},
        ),
        complete=False,
    )


def multiclass() -> Comparison:
    """Three classes, per-class values, one learner."""
    rng = random.Random(5)
    classes = ("slight", "serious", "fatal")
    rows, trials = [], []
    for recipe in (
        "none",
        "threshold",
        "sigmoid",
        "class_weight",
        "smote+threshold",
        "easy_ensemble",
    ):
        row, own = _row(rng, "lightgbm", recipe, 0.1)
        per_class = {
            metric: {
                label: round(value * factor, 4)
                for label, factor in zip(classes, (1.8, 1.1, 0.6), strict=True)
            }
            for metric, value in (
                ("pr_auc", 0.5),
                ("f1", 0.48),
                ("precision", 0.51),
                ("recall", 0.46),
                *((m, 0.3) for m in METRICS if m not in ("pr_auc", "f1", "precision", "recall")),
            )
        }
        rows.append(replace(row, per_class=per_class, threshold=(0.0, 0.41, 1.22)))
        trials.extend(replace(t, per_class=per_class) for t in own)
    return Comparison(
        dataset=replace(
            dataset(),
            name="road_accidents",
            source="road_accidents.parquet",
            target="severity",
            task="multiclass",
            classes=classes,
            counts=(20411, 4102, 318),
            n_rows=24831,
            rare=2,
            findings=(),
        ),
        settings=replace(settings(("lightgbm",)), metric="pr_auc"),
        verdict=Verdict(
            kind="use",
            learner="lightgbm",
            recipe="smote+threshold",
            headline="Use smote with lightgbm and per-class thresholds.",
            sentences=("It raises the macro PR-AUC by 0.031 (0.012 to 0.050).",),
            numbers={"gain": 0.031},
        ),
        methods=_in_order(rows),
        trials=tuple(trials),
        environment={"packages": {"imbtool": "0.1.0"}, "python": "3.11.9", "jobs": 1},
        seconds=41.0,
    )


def dataset() -> DatasetSummary:
    """An insurance table with everything that can be said about a table."""
    columns = [ColumnSummary(name="fraud", role="target", kind="boolean", n_missing=0, n_unique=2)]
    for kind, many in (("numeric", 14), ("categorical", 7), ("boolean", 3), ("datetime", 1)):
        for i in range(many):
            columns.append(
                ColumnSummary(name=f"{kind}_{i}", role="feature", kind=kind, n_missing=3 * i, n_unique=20 + i)
            )
    columns += [
        ColumnSummary(name="policy_no", role="group", kind="categorical", n_missing=0, n_unique=9102),
        ColumnSummary(
            name="claim_id",
            role="left-out",
            kind="identifier",
            n_missing=0,
            n_unique=12345,
            reason="identifier-like: every value differs",
        ),
        ColumnSummary(
            name="currency",
            role="left-out",
            kind="constant",
            n_missing=0,
            n_unique=1,
            reason="constant: 'EUR'",
        ),
    ]
    return DatasetSummary(
        name="claims",
        source="claims.csv",
        fingerprint="3f1c9a0d2b7e4455",
        target="fraud",
        task="binary",
        n_rows=12345,
        n_features=25,
        n_missing=3021,
        classes=("no", "yes"),
        counts=(11913, 432),
        rare=1,
        columns=tuple(columns),
        findings=(
            Finding(
                level="warning",
                code="gives-target-away",
                column="payout_stopped",
                message="Column 'payout_stopped' alone predicts the target almost perfectly (ROC-AUC 0.998). If it is "
                "known only after the fact, drop it: --drop payout_stopped",
            ),
            Finding(
                level="note",
                code="duplicate-rows",
                message="37 rows are exact copies of others; copies are kept on the same side of every split.",
            ),
        ),
    )


def settings(learners: tuple[str, ...]) -> Settings:
    return Settings(
        metric="pr_auc",
        threshold_metric="f1",
        folds=5,
        repeats=2,
        inner_folds=3,
        rope=0.01,
        seed=0,
        learners=learners,
        methods=tuple(_recipes()),
        splitter="stratified by class",
    )


def _recipes() -> list[str]:
    names = [
        m.name
        for m in registry.methods().values()
        if m.default and m.kind in ("sampler", "reweighter", "schedule", "ensemble")
    ]
    return [
        *CONTROLS,
        *(f"{n}+threshold" for n in names if n != "class_weight"),
        "smote(k_neighbors=3)+isotonic+threshold",
    ]


def _row(rng: random.Random, learner: str, recipe: str, shift: float) -> tuple[MethodResult, list[Trial]]:
    main = recipe.split("+", maxsplit=1)[0].split("(", maxsplit=1)[0]
    info = registry.method(main)
    row = MethodResult(
        learner=learner, recipe=recipe, kind=info.kind, cost=info.cost, control=recipe in CONTROLS
    )
    if main == "cooldown" and learner != "lightgbm":
        reason = f"{learner} is not trained in stages"
        return replace(row, status="not-applicable", reason=reason), []
    if main in ("enn", "tomek") and learner == "logistic":
        return replace(row, status="cut-off", reason="the time limit of 60 s was reached"), []
    if main == "adasyn" and learner == "forest":
        reason = "no rare row has frequent neighbours, so ADASYN has nothing to generate"
        return replace(row, status="failed", reason=reason), []
    effect = rng.uniform(-0.05, 0.006) if recipe not in CONTROLS else rng.uniform(-0.004, 0.001)
    trials = [
        Trial(
            learner=learner,
            recipe=recipe,
            repeat=fold // 5,
            fold=fold % 5,
            metrics=_values(rng, shift + effect, recipe),
            threshold=(0.13 + rng.uniform(-0.03, 0.03),),
            counts_before=(9530, 346),
            counts_after=(9530, 9530) if info.kind == "sampler" else (9530, 346),
            n_train=9876,
            n_test=2469,
            seconds=(0.4, 1.1, 2.6, 6.3)[info.cost] * rng.uniform(0.8, 1.2),
        )
        for fold in range(10)
    ]
    values = tuple(t.metrics["pr_auc"] for t in trials)
    better = min(max(0.5 + effect * 25, 0.003), 0.997)
    return (
        replace(
            row,
            n_trials=10,
            estimates={m: _estimate([t.metrics[m] for t in trials]) for m in METRICS},
            versus_nothing={} if recipe == "none" else {m: _difference(effect, better) for m in METRICS},
            fold_values=values,
            threshold=(0.13,),
            seconds=statistics.median(t.seconds for t in trials),
        ),
        trials,
    )


def _values(rng: random.Random, shift: float, recipe: str) -> dict[str, float]:
    weighted = recipe not in ("none", "threshold", "sigmoid")
    values = {}
    for metric in METRICS:
        base = BASE[metric.removesuffix("_default")]
        values[metric] = base + shift + rng.gauss(0, 0.012)
    values["calibration_slope"] = 0.42 + rng.gauss(0, 0.02) if weighted else values["calibration_slope"]
    values["brier_skill"] -= 0.6 if weighted else 0.0
    return values


def _estimate(values: list[float]) -> Estimate:
    mean, half = statistics.fmean(values), 1.6 * statistics.stdev(values)
    return Estimate(mean=mean, low=mean - half, high=mean + half)


def _difference(effect: float, better: float) -> Difference:
    rest = 1 - better
    return Difference(
        mean=effect,
        low=effect - 0.017,
        high=effect + 0.017,
        p_value=0.2,
        p_holm=min(1.0, abs(0.6 + effect * 10)),
        worse=rest * 0.4,
        equivalent=rest * 0.6,
        better=better,
    )


def _in_order(rows: list[MethodResult]) -> tuple[MethodResult, ...]:
    done = sorted((r for r in rows if r.estimates), key=lambda r: -r.estimates["pr_auc"].mean)
    best = done[0].estimates["pr_auc"].mean
    ranked = [
        replace(
            row,
            rank=i + 1,
            tied_with_best=best - row.estimates["pr_auc"].mean < 0.013,
            versus_best=None if i == 0 else _difference(row.estimates["pr_auc"].mean - best, 0.1),
        )
        for i, row in enumerate(done)
    ]
    return (*ranked, *(r for r in rows if not r.estimates))
