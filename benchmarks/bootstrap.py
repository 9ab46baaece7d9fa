"""Bootstrap intervals: sort once against a loop over scikit-learn, and how often they hold the truth."""

from __future__ import annotations

import argparse
import os
import platform
import time
from statistics import median

import numpy as np
import sklearn
from scipy.special import expit
from sklearn.metrics import average_precision_score, roc_auc_score
from threadpoolctl import threadpool_limits

from benchmarks.shared import RESULTS
from imbtool.holdout.intervals import measured, point_values
from imbtool.holdout.measures import Measure, metric_named, take_measure
from imbtool.holdout.rows import Scored
from imbtool.metrics.bootstrap import Ladder, Resampler, area_under_roc, average_precision, bootstrap_areas

RESAMPLES = 2000
NAIVE = 30
ROUNDS = 5
TABLES = (
    (10_000, 0.02, None),
    (100_000, 0.01, None),
    (100_000, 0.1, None),
    (100_000, 0.1, 2),
    (100_000, 0.5, None),
)
HOLDOUTS = ((1000, 0.02), (1000, 0.05), (1000, 0.3), (4000, 0.05))
LEVELS = {0.02: -5.2, 0.05: -4.05, 0.3: -1.2}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks bootstrap", description=__doc__)
    parser.add_argument("--repeats", type=int, default=300, help="simulated hold-outs a line; 0 for none")
    asked = parser.parse_args(arguments)
    lines = [*_head(), *_speed()]
    if asked.repeats:
        lines += _coverage(asked.repeats)
    text = "\n".join(lines) + "\n"
    print(text)
    (RESULTS / "bootstrap.md").write_text(text, encoding="utf-8")
    return 0


def _head() -> list[str]:
    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, scikit-learn {sklearn.__version__}"
    )
    return [
        "# Bootstrap of PR-AUC and ROC-AUC",
        "",
        f"`python -m benchmarks bootstrap` on {os.cpu_count()} cores ({platform.machine()}); one",
        f"thread; {versions}.",
        "",
    ]


def _speed() -> list[str]:
    rows = []
    for n, share, decimals in TABLES:
        y, score = _scores(n, share, decimals)
        with threadpool_limits(limits=1):
            ours, naive = [], []
            for _ in range(ROUNDS):  # interleaved, so that what else runs slows both alike
                ours.append(_ours(y, score))
                naive.append(_naive(y, score))
        fast, slow = median(ours), median(naive)
        ties = "distinct" if decimals is None else f"{len(np.unique(score)):,} values"
        rows.append(
            f"| {n:,} | {share:.0%} | {ties} | {slow * RESAMPLES:.1f} s | {fast * RESAMPLES:.2f} s | "
            f"{slow / fast:.0f}x | {_gap(y, score):.0e} |"
        )
    return [
        f"Both metrics on {RESAMPLES:,} resamples. CPU time, median of {ROUNDS} interleaved rounds;",
        "the loop draws rows and calls scikit-learn, timed on",
        f"{NAIVE} resamples a round and scaled. The last column is the greatest difference from",
        "scikit-learn given the same counts as `sample_weight`.",
        "",
        "| rows | positive | scores | loop over scikit-learn | sort once | ratio | difference |",
        "|---:|---:|---|---:|---:|---:|---:|",
        *rows,
        "",
    ]


def _scores(n: int, share: float, decimals: int | None):
    rng = np.random.default_rng(0)
    y = (rng.random(n) < share).astype(np.int64)
    score = rng.normal(size=n) + y
    return y, score if decimals is None else np.round(score, decimals)


def _ours(y, score) -> float:
    begun = time.process_time()
    bootstrap_areas(y, np.column_stack([-score, score]), resamples=RESAMPLES // 10)
    return (time.process_time() - begun) / (RESAMPLES // 10)


def _naive(y, score) -> float:
    rng = np.random.default_rng(0)
    begun = time.process_time()
    for _ in range(NAIVE):
        rows = rng.integers(0, len(y), len(y))
        average_precision_score(y[rows], score[rows])
        roc_auc_score(y[rows], score[rows])
    return (time.process_time() - begun) / NAIVE


def _gap(y, score) -> float:
    counts = next(iter(Resampler(y, resamples=3)))
    climb = Ladder(score, y == 1).climb(counts)
    gaps = []
    for i, one in enumerate(counts):
        gaps.append(average_precision(climb)[i] - average_precision_score(y, score, sample_weight=one))
        gaps.append(area_under_roc(climb)[i] - roc_auc_score(y, score, sample_weight=one))
    return float(np.abs(gaps).max())


def _coverage(repeats: int) -> list[str]:
    names = ("pr_auc", "roc_auc", "brier", "log_loss", "calibration_error", "calibration_slope", "f1", "mcc")
    names += ("balanced_accuracy", "precision", "recall")
    measures = [*map(metric_named, names)]
    measures += [take_measure(text)[0] for text in ("precision@top5%", "recall@precision>=0.5")]
    columns = [_held(n, share, measures, repeats) for n, share in HOLDOUTS]
    header = " | ".join(f"{n:,} rows, {share:.0%}" for n, share in HOLDOUTS)
    return [
        "# How often a 95 % interval holds the truth",
        "",
        f"Of {repeats} simulated hold-outs (log-odds normal with standard deviation 1.7, predicted",
        "10 % too mild, threshold 0.25; 600 resamples), the share whose interval of `imbtool eval`",
        "holds the value on a million rows.",
        f"With {repeats} hold-outs such a share is known to about 2.5 points.",
        "",
        f"| measure | {header} |",
        f"|---|{'---:|' * len(HOLDOUTS)}",
        *(f"| {m.name} | {' | '.join(f'{column[m.name]:.1%}' for column in columns)} |" for m in measures),
        "",
        "A model that is nearly calibrated has a calibration error near 0, where its plug-in value is biased",
        "upwards; no resampling of the rows mends that.",
    ]


def _held(n: int, share: float, measures: list[Measure], repeats: int) -> dict[str, float]:
    rng = np.random.default_rng(1)
    truth = point_values(_drawn(rng, 1_000_000, share), measures)
    held = dict.fromkeys(truth, 0)
    for seed in range(repeats):
        found = measured(_drawn(rng, n, share), measures, resamples=600, seed=seed)
        for name, value in truth.items():
            held[name] += found[name].low <= value <= found[name].high
    return {name: count / repeats for name, count in held.items()}


def _drawn(rng, n: int, share: float) -> Scored:
    odds = LEVELS[share] + 1.7 * rng.normal(size=n)
    y = (rng.random(n) < expit(odds)).astype(np.int64)
    stated = expit(0.9 * odds)
    order = np.argsort(-stated)
    y, stated = y[order], stated[order]
    return Scored(
        y=y,
        proba=np.column_stack([1 - stated, stated]),
        classes=("0", "1"),
        decided=(stated >= 0.25).astype(np.int64),
        decided_default=(stated >= 0.5).astype(np.int64),
    )
