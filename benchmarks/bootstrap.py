"""Bootstrap of ranking metrics: sort once against a loop over scikit-learn."""

from __future__ import annotations

import argparse
import os
import platform
import time
from statistics import median

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, roc_auc_score
from threadpoolctl import threadpool_limits

from benchmarks.shared import RESULTS
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


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks bootstrap", description=__doc__)
    parser.parse_args(arguments)
    text = "\n".join([*_head(), *_speed()]).rstrip() + "\n"
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
